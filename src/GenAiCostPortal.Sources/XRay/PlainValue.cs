using System.Globalization;
using System.Text.Json;
using GenAiCostPortal.Sources.Otlp;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>Plain JSON as attribute values: numbers are numbers, lists hold scalars, objects become JSON text.</summary>
internal static class PlainValue
{
    /// <summary>The value; null for JSON null, and for texts that are no text (half a surrogate pair).</summary>
    public static object? Of(JsonElement json, int limitBytes = SpanLimits.ValueBytes) => json.ValueKind switch
    {
        JsonValueKind.String => WireValue.Cut(json.GetString()!, limitBytes),
        JsonValueKind.True => WireValue.True,
        JsonValueKind.False => WireValue.False,
        JsonValueKind.Number => Number(json),
        JsonValueKind.Array => WireValue.Flat(json.EnumerateArray().Select(i => Of(i, limitBytes)).OfType<object>().Select(Scalar).ToArray(), limitBytes),
        JsonValueKind.Object => WireValue.Cut(json.GetRawText(), limitBytes),
        _ => null,
    };

    /// <summary>The text of a property; empty when it is none.</summary>
    public static string Text(JsonElement owner, string name) => Member(owner, name) is { ValueKind: JsonValueKind.String } text ? WireValue.Cut(text.GetString()!, SpanLimits.NameBytes) : "";

    /// <summary>A property of an object; null when absent or null.</summary>
    public static JsonElement? Member(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A flag; anything but true is false.</summary>
    public static bool Flag(JsonElement owner, string name) => Member(owner, name) is { ValueKind: JsonValueKind.True };

    /// <summary>Nanoseconds of a time in seconds. Read as decimal: a double has no room for today's nanoseconds.</summary>
    public static ulong Nanoseconds(JsonElement owner, string name)
    {
        if (Member(owner, name) is not { } json) return 0;
        var text = json.ValueKind switch { JsonValueKind.Number => json.GetRawText(), JsonValueKind.String => json.GetString()!, _ => "" };
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 18_000_000_000m
            ? (ulong)decimal.Round(seconds * 1_000_000_000m) : 0;
    }

    /// <summary>A whole number, as a number or a text; 0 when it is none.</summary>
    public static ulong Whole(JsonElement owner, string name)
    {
        if (Member(owner, name) is not { } json) return 0;
        var text = json.ValueKind switch { JsonValueKind.Number => json.GetRawText(), JsonValueKind.String => json.GetString()!, _ => "" };
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= ulong.MaxValue ? (ulong)number : 0;
    }

    private static object Number(JsonElement json) => json.TryGetInt64(out var whole) ? whole : json.TryGetDouble(out var number) && double.IsFinite(number) ? number : json.GetRawText();

    // A list within a list has no place in an attribute: it stays readable as text.
    private static object Scalar(object value) => value is object[] ? WireValue.Text(value) : value;
}
