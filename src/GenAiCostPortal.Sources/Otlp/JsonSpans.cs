using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>
/// Reads an ExportTraceServiceRequest from OTLP's JSON: hex ids, 64-bit integers as text or numbers, enums as integers, bytes as
/// base64, unknown fields ignored (facts/otlp-genai.md §2).
/// </summary>
internal sealed class JsonSpans(SpanSheet sheet)
{
    public void ReadRequest(JsonElement request)
    {
        if (request.ValueKind != JsonValueKind.Object) throw new OtlpFormatException("The JSON body is not an object.");
        foreach (var resourceSpans in Items(request, "resourceSpans"))
        {
            sheet.Resource = SpanResource.None;
            if (Object(resourceSpans, "resource") is { } resource)
            {
                sheet.BeginAttributes();
                ReadAttributes(resource);
                sheet.Resource = new SpanResource(sheet.EndAttributes());
            }
            foreach (var scopeSpans in Items(resourceSpans, "scopeSpans"))
            {
                var scope = Object(scopeSpans, "scope");
                sheet.Scope = scope is null ? SpanScope.None : new SpanScope(Name(scope.Value, "name"), Name(scope.Value, "version"));
                foreach (var span in Items(scopeSpans, "spans")) ReadSpan(span);
            }
        }
    }

    private void ReadSpan(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new OtlpFormatException("A span is not an object.");
        var parent = Text(json, "parentSpanId");
        var span = new WireSpanFields
        {
            Name = Name(json, "name"), TraceState = Name(json, "traceState"), Kind = Enumerated(json, "kind"),
            StartUnixNs = Unsigned(json, "startTimeUnixNano"), EndUnixNs = Unsigned(json, "endTimeUnixNano"),
        };
        span.HasTraceId = TraceId.TryParse(Text(json, "traceId"), out span.TraceId);
        span.HasSpanId = SpanId.TryParse(Text(json, "spanId"), out span.SpanId);
        span.HasBadParent = parent.Length > 0 && !SpanId.TryParse(parent, out span.ParentSpanId) && parent != "0000000000000000";
        if (Object(json, "status") is { } status)
        {
            span.StatusMessage = Name(status, "message");
            span.StatusCode = Enumerated(status, "code");
        }
        sheet.BeginAttributes();
        ReadAttributes(json);
        foreach (var happening in Items(json, "events"))
        {
            var name = Name(happening, "name");
            foreach (var attribute in Items(happening, "attributes"))
                if (Object(attribute, "value") is { } value && ReadValue(value, int.MaxValue) is { } kept)
                    sheet.AddFromEvent(name, Name(attribute, "key"), WireValue.Flat(kept, int.MaxValue));
        }
        sheet.EndSpan(ref span);
    }

    private void ReadAttributes(JsonElement owner)
    {
        foreach (var attribute in Items(owner, "attributes"))
        {
            var key = Name(attribute, "key");
            if (SpanSheet.IsReserved(key) || Object(attribute, "value") is not { } value) continue;
            var isContent = ContentAttributes.IsContent(key);
            var isPrompt = isContent && ContentAttributes.IsPrompt(key);
            if (isContent && !isPrompt && !sheet.CaptureContent) continue;
            var limitBytes = isContent ? int.MaxValue : SpanLimits.ValueBytes;
            if (ReadValue(value, limitBytes) is not { } kept) continue;
            if (isPrompt) sheet.HashPrompt(kept);
            if (!isContent || sheet.CaptureContent) sheet.Add(key, WireValue.Flat(kept, limitBytes));
        }
    }

    private static object? ReadValue(JsonElement any, int limitBytes, int depth = 0)
    {
        if (any.ValueKind != JsonValueKind.Object) return null;
        foreach (var property in any.EnumerateObject())
        {
            var value = property.Value;
            if (value.ValueKind == JsonValueKind.Null) continue;
            switch (property.Name)
            {
                case "stringValue": return Pooled(value, limitBytes);
                case "boolValue": return value.GetBoolean() ? WireValue.True : WireValue.False;
                case "intValue": return Signed(value);
                case "doubleValue": return WireValue.ParseDouble(value) ?? throw new OtlpFormatException("A doubleValue is not a number.");
                case "bytesValue": return value.GetString();
                case "arrayValue":
                    var items = new List<object?>();
                    foreach (var item in Items(value, "values")) items.Add(ReadValue(item, limitBytes, depth + 1));
                    return WireValue.List(items, depth);
                case "kvlistValue":
                    var node = new JsonObject();
                    foreach (var item in Items(value, "values"))
                        node[Name(item, "key")] = Object(item, "value") is { } inner ? WireValue.Node(ReadValue(inner, limitBytes, depth + 1)) : null;
                    return node;
            }
        }
        return null;
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement owner, string name)
    {
        if (owner.ValueKind != JsonValueKind.Object) throw new OtlpFormatException($"The owner of {name} is not an object.");
        if (!owner.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null) return default;
        return list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw new OtlpFormatException($"{name} is not a list.");
    }

    private static JsonElement? Object(JsonElement owner, string name)
    {
        if (owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Object ? value : throw new OtlpFormatException($"{name} is not an object.");
    }

    private static string Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value.GetString() ?? "" : "";

    private static string Name(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? Pooled(value, SpanLimits.NameBytes) : "";

    private static string Pooled(JsonElement value, int limitBytes)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            var raw = JsonMarshal.GetRawUtf8Value(value)[1..^1];
            if (!raw.Contains((byte)'\\')) return WireValue.Text(raw, limitBytes);
        }
        return WireValue.Cut(value.GetString() ?? "", limitBytes);
    }

    private static long Enumerated(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : 0;

    private static ulong Unsigned(JsonElement owner, string name)
    {
        if (!owner.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return 0;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out var number)) return number;
        return value.ValueKind == JsonValueKind.String && ulong.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            ? number : throw new OtlpFormatException($"{name} is not a whole number.");
    }

    private static object Signed(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)) return number;
        return value.ValueKind == JsonValueKind.String
            && long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
            ? number : throw new OtlpFormatException("An intValue is not a 64-bit integer.");
    }
}
