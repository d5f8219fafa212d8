using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>
/// Collects the attributes of one item of a body at a time: applies the limits, leaves content out and hashes prompts. What a
/// signal makes of its items is in the classes that derive from it. One per body, not shared.
/// </summary>
internal abstract class AttributeSheet(bool captureContent, PromptHashKey key, DateTimeOffset now) : IDisposable
{
    protected const ulong Year2000 = 946_684_800_000_000_000;
    private static readonly HashSet<string> PromptEvents = new(StringComparer.Ordinal)
    {
        "gen_ai.system.message", "gen_ai.user.message", "gen_ai.assistant.message", "gen_ai.tool.message", "gen_ai.content.prompt",
        "gen_ai.client.inference.operation.details",
    };

    private readonly List<KeyValuePair<string, object>> _attributes = new(24);
    private readonly List<KeyValuePair<string, object>> _fromEvents = [];
    private readonly PromptHash _hash = new(key);
    private long _dropped;

    public bool CaptureContent => captureContent;
    public SpanResource Resource { get; set; } = SpanResource.None;
    public SpanScope Scope { get; set; } = SpanScope.None;

    protected int Rejected { get; private set; }
    protected string RejectReason { get; private set; } = "";
    /// <summary>Items that are no business of the portal: accepted, counted, not kept.</summary>
    protected int Ignored { get; set; }
    /// <summary>Nanoseconds since 1970; later times are a clock's fault.</summary>
    protected ulong LatestUnixNs { get; } = (ulong)now.ToUnixTimeMilliseconds() * 1_000_000 + 86_400_000_000_000;

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

    public void Dispose() => _hash.Dispose();

    protected void Reject(string reason)
    {
        if (Rejected++ == 0) RejectReason = reason;
    }

    private bool Has(string attributeKey)
    {
        foreach (var item in _attributes)
            if (string.Equals(item.Key, attributeKey, StringComparison.Ordinal)) return true;
        return false;
    }
}
