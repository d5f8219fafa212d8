using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Fields of one log record before it is checked, in wire types.</summary>
internal ref struct WireRecordFields
{
    public TraceId TraceId;
    public SpanId SpanId;
    public bool HasTraceId, HasSpanId, HasBadTraceId, HasBadSpanId;
    /// <summary>Field or, with older senders, attribute <c>event.name</c>.</summary>
    public string EventName;
    public ulong TimeUnixNs, ObservedUnixNs;
}

/// <summary>
/// Collects the GenAI events of one body of log records. An event that names its span becomes a span without name and length,
/// which joins the rest of its span wherever that comes from. All other records are none of the portal's business.
/// </summary>
internal sealed class RecordSheet(bool captureContent, PromptHashKey key, DateTimeOffset now) : AttributeSheet(captureContent, key, now)
{
    /// <summary>Attribute that names the event where the field is not used yet.</summary>
    public const string EventNameKey = "event.name";

    // What else an event may carry is its message: content under names of the sender's choice.
    private static readonly string[] Kept = ["gen_ai.", "aws.", "cloud.", "server.", "error.", "openai.", "http.", "rpc.", "session.", "user.id", "enduser."];

    private readonly List<Span> _spans = [];

    public DecodedSpans ToDecoded() => new(_spans, Rejected, RejectReason, Ignored);

    public static bool IsGenAi(string eventName) => eventName.StartsWith("gen_ai.", StringComparison.Ordinal);

    /// <summary>Whether an attribute of an event is kept (or, being content, hashed or captured).</summary>
    public static bool IsOfInterest(string attributeKey)
    {
        if (ContentAttributes.IsContent(attributeKey)) return true;
        foreach (var prefix in Kept)
            if (attributeKey.StartsWith(prefix, StringComparison.Ordinal)) return true;
        return false;
    }

    /// <summary>Ends a record. Its attributes were added before, if <see cref="IsGenAi"/>.</summary>
    public void EndRecord(ref WireRecordFields fields)
    {
        if (fields.HasBadTraceId) Reject("A trace id must be 16 bytes, not all zero, or empty.");
        else if (fields.HasBadSpanId) Reject("A span id must be 8 bytes, not all zero, or empty.");
        else if (!IsGenAi(fields.EventName ?? "") || !fields.HasTraceId || !fields.HasSpanId) Ignored++;
        else if ((fields.TimeUnixNs != 0 ? fields.TimeUnixNs : fields.ObservedUnixNs) is var time && (time < Year2000 || time > LatestUnixNs))
            Reject(time == 0 ? "An event has no time." : "The time of an event is before the year 2000 or more than a day in the future.");
        else
            _spans.Add(new Span
            {
                TraceId = fields.TraceId, SpanId = fields.SpanId, Name = "", StartUnixNs = (long)time, EndUnixNs = (long)time,
                Attributes = EndAttributes(), Resource = Resource, Scope = Scope, Doors = Doors.OtlpLogs,
            });
    }
}
