using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Attribute values as the ledger keeps them, made from either wire form.</summary>
internal static class WireValue
{
    public static readonly object True = true, False = false;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly JsonSerializerOptions Deep = new() { MaxDepth = 2 * SpanLimits.Depth, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    /// <summary>Text of UTF-8 bytes, cut at a whole character.</summary>
    /// <exception cref="OtlpFormatException">Not UTF-8.</exception>
    public static string Text(ReadOnlySpan<byte> utf8, int limitBytes)
    {
        if (utf8.IsEmpty) return "";
        if (TextPool.TryGet(utf8, out var pooled)) return pooled;
        if (!System.Text.Unicode.Utf8.IsValid(utf8)) throw new OtlpFormatException("A text field is not valid UTF-8.");
        if (utf8.Length > limitBytes)
        {
            var end = limitBytes;
            while (end > 0 && (utf8[end] & 0xC0) == 0x80) end--;
            utf8 = utf8[..end];
        }
        return StrictUtf8.GetString(utf8);
    }

    /// <summary>Cuts at about as many bytes, never inside a surrogate pair.</summary>
    public static string Cut(string text, int limitBytes)
    {
        if (text.Length <= limitBytes / 3 || Encoding.UTF8.GetByteCount(text) <= limitBytes) return text;
        return Text(Encoding.UTF8.GetBytes(text), limitBytes);
    }

    /// <summary>A value of scalars and lists as text: what is hashed, and how nested values are kept.</summary>
    public static string Text(object value) => value switch
    {
        string s => s,
        bool b => b ? "true" : "false",
        object[] or JsonNode => Node(value)!.ToJsonString(Deep),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>Objects become JSON text; long texts and lists that hold more than the limit are cut.</summary>
    public static object Flat(object value, int limitBytes) => value switch
    {
        string s => Cut(s, limitBytes),
        JsonNode node => Cut(Text(node), limitBytes),
        object[] list when Length(list) > limitBytes => Cut(Text(list), limitBytes),
        _ => value,
    };

    /// <summary>
    /// A list keeps scalars as they are and nested values as JSON text. Inside another value it stays a node: text within text would
    /// double its quotes at every level.
    /// </summary>
    public static object List(List<object?> items, int depth)
    {
        if (depth > 0) return new JsonArray([.. items.Select(Node)]);
        var kept = new List<object>(items.Count);
        foreach (var item in items)
            if (item is not null) kept.Add(item is JsonNode ? Text(item) : item);
        return kept.ToArray();
    }

    public static JsonNode? Node(object? value) => value switch
    {
        null => null,
        JsonNode node => node.Parent is null ? node : node.DeepClone(),
        string s => JsonValue.Create(s),
        bool b => JsonValue.Create(b),
        long n => JsonValue.Create(n),
        double d when double.IsFinite(d) => JsonValue.Create(d),
        object[] list => new JsonArray([.. list.Select(Node)]),
        _ => JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };

    private static long Length(object[] list)
    {
        long length = 0;
        foreach (var item in list) length += item is string s ? s.Length : 8;
        return length;
    }

    public static double? ParseDouble(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number) return value.GetDouble();
        if (value.ValueKind != JsonValueKind.String) return null;
        return value.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var s => double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) ? d : null,
        };
    }
}
