using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>
/// Attributes of a span or resource, in the order received. Values are <see cref="string"/>, <see cref="long"/>,
/// <see cref="double"/>, <see cref="bool"/> or <c>object[]</c> of those. A span has about a dozen, so look-ups are linear.
/// </summary>
public sealed class SpanAttributes
{
    private readonly KeyValuePair<string, object>[] _items;

    public SpanAttributes(KeyValuePair<string, object>[] items) => _items = items;

    public static readonly SpanAttributes Empty = new([]);

    public IReadOnlyList<KeyValuePair<string, object>> Items => _items;

    internal ReadOnlySpan<KeyValuePair<string, object>> Span => _items;

    /// <summary>The value of a key, or null.</summary>
    public object? this[string key]
    {
        get
        {
            foreach (var item in _items)
                if (string.Equals(item.Key, key, StringComparison.Ordinal)) return item.Value;
            return null;
        }
    }

    /// <summary>The value as text; null when absent or empty. Numbers and booleans are written invariantly.</summary>
    public string? Text(string key) => TextOf(this[key]);

    internal static string? TextOf(object? value) => value switch
    {
        null => null,
        string s => s.Length == 0 ? null : s,
        bool b => b ? "true" : "false",
        object[] list => list.Length == 0 ? null : Convert.ToString(list[0], CultureInfo.InvariantCulture),
        var v => Convert.ToString(v, CultureInfo.InvariantCulture),
    };

    /// <summary>The value as a whole number (integers, integral doubles, digit strings); null when absent or not a number.</summary>
    public long? Count(string key) => this[key] switch
    {
        long n => n,
        double d when d >= long.MinValue && d < 9.2233720368547758e18 && Math.Floor(d) == d => (long)d,
        string s when long.TryParse(s, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) => n,
        _ => null,
    };

    /// <summary>The value as a number; null when absent, not a number or not finite.</summary>
    public double? Number(string key) => this[key] switch
    {
        long n => n,
        double d when double.IsFinite(d) => d,
        string s when double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && double.IsFinite(d) => d,
        _ => null,
    };

    /// <summary>One compact JSON object.</summary>
    public string ToJson() => _items.Length == 0 ? "{}" : Encoding.UTF8.GetString(ToUtf8());

    /// <summary>The same as UTF-8, as the store keeps it.</summary>
    public byte[] ToUtf8()
    {
        if (_items.Length == 0) return "{}"u8.ToArray();
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            foreach (var (key, value) in _items)
            {
                json.WritePropertyName(key);
                Write(json, value);
            }
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static SpanAttributes FromJson(string? json)
    {
        if (string.IsNullOrEmpty(json) || json == "{}") return Empty;
        using var document = JsonDocument.Parse(json);
        var items = new List<KeyValuePair<string, object>>();
        foreach (var property in document.RootElement.EnumerateObject())
            items.Add(new(property.Name, Read(property.Value)));
        return new([.. items]);
    }

    private static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case string s: json.WriteStringValue(s); break;
            case long n: json.WriteNumberValue(n); break;
            case bool b: json.WriteBooleanValue(b); break;
            // Kept apart from integers: 3.0 must come back as a double.
            case double d when double.IsFinite(d): json.WriteRawValue(Round(d), skipInputValidation: true); break;
            case double d: json.WriteStringValue(d.ToString(CultureInfo.InvariantCulture)); break;
            case object[] list:
                json.WriteStartArray();
                foreach (var item in list) Write(json, item);
                json.WriteEndArray();
                break;
            default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    private static string Round(double d)
    {
        var text = d.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }

    private static object Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetRawText().AsSpan().IndexOfAny(".eE") < 0 && value.TryGetInt64(out var n) ? n : value.GetDouble(),
        JsonValueKind.Array => value.EnumerateArray().Select(Read).ToArray(),
        _ => value.GetRawText(),
    };
}
