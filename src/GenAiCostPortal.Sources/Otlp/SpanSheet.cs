using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Fields of one span before it is checked, in wire types.</summary>
internal ref struct WireSpanFields
{
    public TraceId TraceId;
    public SpanId SpanId;
    public SpanId ParentSpanId;
    public bool HasTraceId, HasSpanId, HasBadParent;
    public string Name, TraceState, StatusMessage;
    public long Kind, StatusCode;
    public ulong StartUnixNs, EndUnixNs;
}

/// <summary>Collects the spans of one body and checks them.</summary>
internal sealed class SpanSheet(bool captureContent, PromptHashKey key, DateTimeOffset now) : AttributeSheet(captureContent, key, now)
{
    private readonly List<Span> _spans = [];

    public DecodedSpans ToDecoded() => new(_spans, Rejected, RejectReason);

    public void EndSpan(ref WireSpanFields fields)
    {
        if (Refusal(ref fields) is { } reason)
        {
            Reject(reason);
            return;
        }
        _spans.Add(new Span
        {
            TraceId = fields.TraceId, SpanId = fields.SpanId, ParentSpanId = fields.ParentSpanId, Name = fields.Name ?? "",
            Kind = fields.Kind is > 0 and <= 5 ? (SpanKind)fields.Kind : SpanKind.Unspecified,
            Status = fields.StatusCode is > 0 and <= 2 ? (SpanStatus)fields.StatusCode : SpanStatus.Unset,
            StatusMessage = fields.StatusMessage ?? "", TraceState = fields.TraceState ?? "",
            // An end before the start (or none) is a clock's fault: the span is kept with no length.
            StartUnixNs = (long)fields.StartUnixNs, EndUnixNs = (long)Math.Max(fields.StartUnixNs, fields.EndUnixNs),
            Attributes = EndAttributes(), Resource = Resource, Scope = Scope,
        });
    }

    private string? Refusal(ref WireSpanFields fields) =>
        !fields.HasTraceId ? "A trace id must be 16 bytes, not all zero."
        : !fields.HasSpanId ? "A span id must be 8 bytes, not all zero."
        : fields.HasBadParent ? "A parent span id must be 8 bytes or empty."
        : fields.StartUnixNs == 0 ? "A span has no start time."
        : fields.StartUnixNs < Year2000 ? "A span starts before the year 2000."
        : fields.StartUnixNs > LatestUnixNs ? "A span starts more than a day in the future."
        : fields.EndUnixNs > LatestUnixNs ? "A span ends more than a day in the future."
        : null;
}
