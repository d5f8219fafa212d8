using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Every tag kept of a billed line as one name (<see cref="Store.DimensionKind.TagSet"/>): a JSON object, keys ascending.</summary>
public static class TagSet
{
    /// <summary>Characters that a tag set may have; tags that no longer fit are left out, the last keys first.</summary>
    public const int LengthAtMost = 2_000;

    private static readonly JsonWriterOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly IReadOnlyDictionary<string, string> Empty = new Dictionary<string, string>();

    /// <summary>The set as a name; empty when there is no tag.</summary>
    public static string Write(IReadOnlyDictionary<string, string> tags)
    {
        if (tags.Count == 0) return "";
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer, AsWritten))
        {
            var length = 2;
            json.WriteStartObject();
            foreach (var (key, value) in tags.OrderBy(t => t.Key, StringComparer.Ordinal))
            {
                // An escaped character may take six.
                if ((length += 6 + key.Length + value.Length + 5 * (key.Concat(value).Count(c => c is '"' or '\\' || char.IsControl(c)))) > LengthAtMost) break;
                json.WriteString(key, value);
            }
            json.WriteEndObject();
        }
        return buffer.WrittenCount <= 2 ? "" : Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The tags of a name; none for an empty name and for the one that stands for all beyond the cap.</summary>
    public static IReadOnlyDictionary<string, string> Read(string name)
    {
        if (name.Length == 0 || name[0] != '{') return Empty;
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(name) ?? Empty;
        }
        catch (JsonException)
        {
            return Empty;
        }
    }

    /// <summary>Value of a tag by its key in any spelling; null when the set has none.</summary>
    public static string? Find(IReadOnlyDictionary<string, string> tags, string key)
    {
        if (tags.TryGetValue(key, out var value)) return value;
        foreach (var tag in tags)
            if (TagNames.AreSame(tag.Key, key)) return tag.Value;
        return null;
    }
}
