using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>One call: the innermost span that tells of it and the wrappers around, from the inside out.</summary>
internal sealed class MergedCall(CallCandidate innermost)
{
    private List<SpanId>? _others;

    public CallCandidate Innermost { get; } = innermost;
    public CallCandidate Outermost { get; private set; } = innermost;
    public TokenReading Reading { get; private set; } = innermost.Reading;
    public SpanFacts Facts { get; private set; } = innermost.Facts;
    public Doors Doors { get; private set; } = innermost.Node.Span.Doors;
    public CallStatus Status { get; } = CallOutcome.Of(innermost.Node.Span, innermost.Facts);
    /// <summary>Tool that the call ran in or led to; null when none is seen.</summary>
    public string? Tool { get; set; } = innermost.Node.Tool;

    public Span Span => Innermost.Node.Span;

    /// <summary>The invocation log's record of this call, once it is known.</summary>
    public CallCandidate? Record { get; private set; }
    public bool HasRecord => Record is not null || Doors == Doors.InvocationLog;

    /// <summary>Whether a span is part of this call.</summary>
    public bool Holds(SpanId id) => Span.SpanId == id || _others?.Contains(id) == true;

    public bool SharesModelWith(CallCandidate wrapper) => Innermost.SharesModelWith(wrapper) && Outermost.SharesModelWith(wrapper);

    /// <summary>Adds a wrapper: every field is taken from the span that has it, the inner one first.</summary>
    public void Absorb(CallCandidate wrapper)
    {
        Outermost = wrapper;
        (_others ??= []).Add(wrapper.Node.Span.SpanId);
        Doors |= wrapper.Node.Span.Doors;
        Facts = Facts.FilledFrom(wrapper.Facts);
        Reading = Merge(Reading, wrapper.Reading);
    }

    /// <summary>Adds the log's record: its counts are AWS's own and hold; what the span does not say, the record may.</summary>
    public void TakeRecord(CallCandidate record)
    {
        Record = record;
        Doors |= record.Node.Span.Doors;
        Facts = Facts.FilledFrom(record.Facts);
        if (!record.Reading.IsUnknown) Reading = record.Reading with { Text = "Counts of the invocation log. " + record.Reading.Text };
    }

    /// <summary>
    /// Whether two readings can be of one call: what both know agrees, and an excess of one side is the cache that the other left out.
    /// </summary>
    public static bool Agree(TokenReading a, TokenReading b)
    {
        if (Differ(a.Output, b.Output) || Differ(a.CacheRead, b.CacheRead) || Differ(a.CacheWrite, b.CacheWrite)) return false;
        if (a.Input is null && !a.HasCaches || b.Input is null && !b.HasCaches) return true;
        if (a.Input == b.Input) return true;
        var leavesOut = (a.CacheRead is null) != (b.CacheRead is null) || (a.CacheWrite is null) != (b.CacheWrite is null);
        return leavesOut && a.Prompt == b.Prompt;
    }

    private static TokenReading Merge(TokenReading inner, TokenReading outer)
    {
        if (outer.IsUnknown) return inner;
        if (inner.IsUnknown) return outer with { Text = outer.Text + " Taken from the span around the call." };
        var fromOuter = Known(outer) > Known(inner);
        var prompt = fromOuter ? outer : inner;
        return prompt with
        {
            Input = prompt.Input ?? (fromOuter ? inner : outer).Input,
            Output = inner.Output ?? outer.Output,
            Reasoning = inner.Reasoning ?? outer.Reasoning,
            Text = fromOuter ? prompt.Text + " Prompt counts taken from the span around the call." : prompt.Text,
        };
    }

    private static int Known(TokenReading reading) =>
        (reading.CacheRead is null ? 0 : 2) + (reading.CacheWrite is null ? 0 : 2) + (reading.Input is null ? 0 : 1);

    private static bool Differ(long? a, long? b) => a is { } left && b is { } right && left != right;
}
