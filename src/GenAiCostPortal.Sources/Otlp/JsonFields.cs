using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>
/// What all signals have in common in OTLP's JSON: 64-bit integers as text or numbers, enums as integers, bytes as base64, unknown
/// fields ignored (facts/otlp-genai.md §2).
/// </summary>
internal static class JsonFields
{
    /// <summary>Reads every resource of a request: its attributes, then scope by scope the items.</summary>
    public static void ReadRequest(AttributeSheet sheet, JsonElement request, string resources, string scopes, string items, Action<JsonElement> item)
    {
        if (request.ValueKind != JsonValueKind.Object) throw new OtlpFormatException("The JSON body is not an object.");
        foreach (var under in Items(request, resources))
        {
            sheet.Resource = SpanResource.None;
            if (Object(under, "resource") is { } resource)
            {
                sheet.BeginAttributes();
                ReadAttributes(sheet, resource);
                sheet.Resource = new SpanResource(sheet.EndAttributes());
            }
            foreach (var scoped in Items(under, scopes))
            {
                var scope = Object(scoped, "scope");
                sheet.Scope = scope is null ? SpanScope.None : new SpanScope(Name(scope.Value, "name"), Name(scope.Value, "version"));
                foreach (var one in Items(scoped, items))
                {
                    if (one.ValueKind != JsonValueKind.Object) throw new OtlpFormatException($"An item of {items} is not an object.");
                    item(one);
                }
            }
        }
    }

    /// <summary>Adds the attributes of an object to the sheet; content is hashed, and kept only when captured.</summary>
    public static void ReadAttributes(AttributeSheet sheet, JsonElement owner, Func<string, bool>? isOfInterest = null)
    {
        foreach (var attribute in Items(owner, "attributes"))
        {
            var key = Name(attribute, "key");
            if (AttributeSheet.IsReserved(key) || Object(attribute, "value") is not { } value || isOfInterest?.Invoke(key) == false) continue;
            var isContent = ContentAttributes.IsContent(key);
            var isPrompt = isContent && ContentAttributes.IsPrompt(key);
            if (isContent && !isPrompt && !sheet.CaptureContent) continue;
            var limitBytes = isContent ? int.MaxValue : SpanLimits.ValueBytes;
            if (ReadValue(value, limitBytes) is not { } kept) continue;
            if (isPrompt) sheet.HashPrompt(kept);
            if (!isContent || sheet.CaptureContent) sheet.Add(key, WireValue.Flat(kept, limitBytes));
        }
    }

    /// <summary>The value of an AnyValue, or null.</summary>
    public static object? ReadValue(JsonElement any, int limitBytes, int depth = 0)
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

    public static JsonElement.ArrayEnumerator Items(JsonElement owner, string name)
    {
        if (owner.ValueKind != JsonValueKind.Object) throw new OtlpFormatException($"The owner of {name} is not an object.");
        if (!owner.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null) return default;
        return list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw new OtlpFormatException($"{name} is not a list.");
    }

    public static JsonElement? Object(JsonElement owner, string name)
    {
        if (owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Object ? value : throw new OtlpFormatException($"{name} is not an object.");
    }

    public static string Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value.GetString() ?? "" : "";

    public static string Name(JsonElement owner, string name) =>
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

    public static long Enumerated(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : 0;

    public static ulong Unsigned(JsonElement owner, string name)
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
