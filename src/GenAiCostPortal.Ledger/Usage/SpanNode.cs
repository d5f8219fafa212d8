using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>What a span is, as far as counting goes.</summary>
internal enum SpanRole : byte
{
    Plain,
    /// <summary>May be a model call, or the wrapper of one.</summary>
    Call,
    Agent,
    Tool,
    /// <summary>Workflow, chain, task, retrieval …: named by its operation as no inference of its own.</summary>
    Step,
}

/// <summary>A span in its place in the trace, with what it inherits from above.</summary>
internal sealed class SpanNode(Span span, int order)
{
    public Span Span { get; } = span;
    /// <summary>Position by start, then id: the order in which everything is decided.</summary>
    public int Order { get; } = order;
    public SpanFacts? Facts { get; } = SpanFacts.Of(span.Attributes);
    public SpanNode? Parent { get; set; }
    public SpanRole Role { get; set; }
    /// <summary>Owners named by this span or the nearest ancestor that does.</summary>
    public NamedOwners? Owners { get; set; }
    public string? Agent { get; set; }
    public string? Workflow { get; set; }
    /// <summary>Who asked, by this span or the nearest ancestor that says.</summary>
    public string? User { get; set; }
    /// <summary>Tool that this span runs in.</summary>
    public string? Tool { get; set; }
    /// <summary>Nearest agent span at or above, else the topmost span.</summary>
    public SpanNode? Scene { get; set; }
    /// <summary>Nearest call span above.</summary>
    public SpanNode? CallAbove { get; set; }
    /// <summary>A tool or an agent lies between this span and <see cref="CallAbove"/>.</summary>
    public bool IsApart { get; set; }
    public CallCandidate? Candidate { get; set; }
    public bool HasCallBelow { get; set; }
}
