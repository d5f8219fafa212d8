using System.Text.Json;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Sources.Otlp;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>Reads spans as Transaction Search keeps them in <c>aws/spans</c>: OpenTelemetry's fields, attributes as flat maps with dotted keys.</summary>
internal sealed class SpanEvents
{
    private static readonly string[] Kinds = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
    private readonly SpanSheet _sheet;
    private readonly AttributeSieve _sieve;
    private readonly SegmentResource _resource;
    private readonly Dictionary<string, SpanResource> _resources = new(StringComparer.Ordinal);

    public SpanEvents(SpanSheet sheet, OwnerSpelling spelling, XRayHome home)
    {
        _sieve = new AttributeSieve(sheet, spelling);
        (_sheet, _resource) = (sheet, new SegmentResource(sheet, _sieve, home));
    }

    /// <summary>Adds one span.</summary>
    /// <param name="timeUnixMs">When the event was logged; used where the span tells no start.</param>
    public void Read(JsonElement json, long timeUnixMs)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new SegmentFormatException("A span event is not an object.");
        _sheet.Resource = Resource(json);
        _sheet.Scope = PlainValue.Member(json, "scope") is { } scope && PlainValue.Text(scope, "name") is { Length: > 0 } by
            ? new SpanScope(by, PlainValue.Text(scope, "version")) : new SpanScope(XRayLimits.Scope, "");
        var parent = PlainValue.Text(json, "parentSpanId");
        var fields = new WireSpanFields { Name = PlainValue.Text(json, "name"), TraceState = PlainValue.Text(json, "traceState"), Kind = Kind(json) };
        (fields.StartUnixNs, fields.EndUnixNs) = Times(json, timeUnixMs);
        fields.HasTraceId = XRayTraceId.TryParse(PlainValue.Text(json, "traceId"), out fields.TraceId);
        fields.HasSpanId = SpanId.TryParse(PlainValue.Text(json, "spanId"), out fields.SpanId);
        fields.HasBadParent = parent.Length > 0 && !SpanId.TryParse(parent, out fields.ParentSpanId) && parent != "0000000000000000";
        if (PlainValue.Member(json, "status") is { } status) (fields.StatusCode, fields.StatusMessage) = (Status(status), PlainValue.Text(status, "message"));

        _sieve.Begin();
        if (PlainValue.Member(json, "attributes") is { ValueKind: JsonValueKind.Object } attributes)
            foreach (var attribute in attributes.EnumerateObject()) _sieve.Add(attribute.Name, attribute.Value);
        if (PlainValue.Member(json, "events") is { ValueKind: JsonValueKind.Array } events)
            foreach (var happening in events.EnumerateArray()) AddEvent(happening);
        _sheet.EndSpan(ref fields);
    }

    private SpanResource Resource(JsonElement json)
    {
        JsonElement? attributes = PlainValue.Member(json, "resource") is { } resource ? PlainValue.Member(resource, "attributes") : null;
        var text = attributes?.GetRawText() ?? "";
        if (!_resources.TryGetValue(text, out var read)) _resources[text] = read = _resource.Of(attributes);
        return read;
    }

    private void AddEvent(JsonElement happening)
    {
        if (PlainValue.Member(happening, "attributes") is not { ValueKind: JsonValueKind.Object } attributes) return;
        var name = PlainValue.Text(happening, "name");
        foreach (var attribute in attributes.EnumerateObject())
            if (PlainValue.Of(attribute.Value, int.MaxValue) is { } value) _sheet.AddFromEvent(name, attribute.Name, value);
    }

    private static (ulong StartNs, ulong EndNs) Times(JsonElement json, long timeUnixMs)
    {
        var (start, end, length) = (PlainValue.Whole(json, "startTimeUnixNano"), PlainValue.Whole(json, "endTimeUnixNano"), PlainValue.Whole(json, "durationNano"));
        if (start == 0) start = end > length ? end - length : (ulong)Math.Clamp(timeUnixMs, 0, long.MaxValue / 1_000_000) * 1_000_000;
        return (start, end > 0 ? end : start > ulong.MaxValue - length ? start : start + length);
    }

    private static long Kind(JsonElement json)
    {
        if (PlainValue.Member(json, "kind") is not { } kind) return 0;
        if (kind.ValueKind == JsonValueKind.Number) return kind.TryGetInt64(out var number) ? number : 0;
        if (kind.ValueKind != JsonValueKind.String) return 0;
        var text = kind.GetString()!;
        return Math.Max(0, Array.FindIndex(Kinds, k => text.EndsWith(k, StringComparison.OrdinalIgnoreCase)));
    }

    private static long Status(JsonElement status)
    {
        if (PlainValue.Member(status, "code") is not { } code) return 0;
        if (code.ValueKind == JsonValueKind.Number) return code.TryGetInt64(out var number) ? number : 0;
        if (code.ValueKind != JsonValueKind.String) return 0;
        var text = code.GetString()!;
        return text.EndsWith("ERROR", StringComparison.OrdinalIgnoreCase) ? 2 : text.EndsWith("OK", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
    }
}
