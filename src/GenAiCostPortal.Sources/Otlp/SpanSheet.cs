using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

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

/// <summary>Collects the spans of one body: checks them, applies the limits and leaves content out. One per body, not shared.</summary>
internal sealed class SpanSheet(bool captureContent, PromptHashKey key, DateTimeOffset now) : IDisposable
{
    private const ulong Year2000 = 946_684_800_000_000_000;
    private static readonly HashSet<string> PromptEvents = new(StringComparer.Ordinal)
    {
        "gen_ai.system.message", "gen_ai.user.message", "gen_ai.assistant.message", "gen_ai.tool.message", "gen_ai.content.prompt",
        "gen_ai.client.inference.operation.details",
    };

    private readonly ulong _latest = (ulong)now.ToUnixTimeMilliseconds() * 1_000_000 + 86_400_000_000_000;
    private readonly List<Span> _spans = [];
    private readonly List<KeyValuePair<string, object>> _attributes = new(24);
    private readonly List<KeyValuePair<string, object>> _fromEvents = [];
    private readonly PromptHash _hash = new(key);
    private long _dropped;
    private int _rejected;
    private string _rejectReason = "";

    public bool CaptureContent => captureContent;
    public SpanResource Resource { get; set; } = SpanResource.None;
    public SpanScope Scope { get; set; } = SpanScope.None;

    public DecodedSpans ToDecoded() => new(_spans, _rejected, _rejectReason);

    public void BeginAttributes()
    {
        _attributes.Clear();
        _fromEvents.Clear();
        _hash.Clear();
        _dropped = 0;
    }

    // Names of the portal's own attributes are not for senders: they carry the ingest key's binding.
    public static bool IsReserved(string attributeKey) => attributeKey.Length == 0 || attributeKey.StartsWith("portal.", StringComparison.Ordinal);

    public void HashPrompt(ReadOnlySpan<byte> text) => _hash.Add(text);
    public void HashPrompt(object value) => _hash.Add(WireValue.Text(value));

    public void Add(string attributeKey, object value)
    {
        if (_attributes.Count < SpanLimits.Attributes) _attributes.Add(new(attributeKey, value));
        else _dropped++;
    }

    /// <summary>Of an event only what the reading needs stays: the error's type and the numbers of a GenAI event.</summary>
    public void AddFromEvent(string eventName, string attributeKey, object value)
    {
        if (IsReserved(attributeKey)) return;
        if (attributeKey == "exception.type")
        {
            _fromEvents.Add(new("error.type", value));
            return;
        }
        if (!eventName.StartsWith("gen_ai.", StringComparison.Ordinal)) return;
        var isContent = ContentAttributes.IsContent(attributeKey) || !attributeKey.StartsWith("gen_ai.", StringComparison.Ordinal)
            || ContentAttributes.IsContent(eventName);
        if (!isContent) _fromEvents.Add(new(attributeKey, value));
        else
        {
            if (PromptEvents.Contains(eventName) && (ContentAttributes.IsPrompt(attributeKey) || ContentAttributes.IsContent(eventName)))
                HashPrompt(value);
            if (captureContent) _fromEvents.Add(new(eventName + "." + attributeKey, value));
        }
    }

    public SpanAttributes EndAttributes()
    {
        foreach (var item in _fromEvents)
            if (!Has(item.Key)) Add(item.Key, item.Value);
        if (_hash.Take() is { } hash) _attributes.Add(new(TraceReader.PromptHash, hash));
        if (_dropped > 0) _attributes.Add(new(OtlpDecoder.DroppedAttributes, _dropped));
        return _attributes.Count == 0 ? SpanAttributes.Empty : new([.. _attributes]);
    }

    public void EndSpan(ref WireSpanFields fields)
    {
        var reason = Refusal(ref fields);
        if (reason is not null)
        {
            if (_rejected++ == 0) _rejectReason = reason;
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

    public void Dispose() => _hash.Dispose();

    private string? Refusal(ref WireSpanFields fields) =>
        !fields.HasTraceId ? "A trace id must be 16 bytes, not all zero."
        : !fields.HasSpanId ? "A span id must be 8 bytes, not all zero."
        : fields.HasBadParent ? "A parent span id must be 8 bytes or empty."
        : fields.StartUnixNs == 0 ? "A span has no start time."
        : fields.StartUnixNs < Year2000 ? "A span starts before the year 2000."
        : fields.StartUnixNs > _latest ? "A span starts more than a day in the future."
        : fields.EndUnixNs > _latest ? "A span ends more than a day in the future."
        : null;

    private bool Has(string attributeKey)
    {
        foreach (var item in _attributes)
            if (string.Equals(item.Key, attributeKey, StringComparison.Ordinal)) return true;
        return false;
    }
}
