using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Tag keys are spelt differently by every source; here they are one (algorithms §4, step 1).</summary>
internal static class TagKeys
{
    private static readonly string[] Prefixes = ["resourceTags/", "iamPrincipal/", "user_", "user:"];
    private static readonly FrozenDictionary<string, string> None = FrozenDictionary<string, string>.Empty;

    /// <summary>The key without what sources put before it, without case and punctuation.</summary>
    public static string Canonical(string key)
    {
        var text = key.AsSpan().Trim();
        for (var i = 0; i < Prefixes.Length; i++)
        {
            if (!text.StartsWith(Prefixes[i], StringComparison.OrdinalIgnoreCase)) continue;
            text = text[Prefixes[i].Length..];
            i = -1;
        }
        var letters = new StringBuilder(text.Length);
        foreach (var c in text)
            if (char.IsLetterOrDigit(c)) letters.Append(char.ToLowerInvariant(c));
        return letters.ToString();
    }

    /// <summary>Tags of a stored tag set (a JSON object) by canonical key; of two spellings of one key the first that says something holds.</summary>
    public static IReadOnlyDictionary<string, string> Read(string tagSet)
    {
        if (tagSet.Length < 2) return None;
        try
        {
            var tags = new Dictionary<string, string>(StringComparer.Ordinal);
            using var json = JsonDocument.Parse(tagSet);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return None;
            foreach (var tag in json.RootElement.EnumerateObject())
                if (tag.Value.ValueKind == JsonValueKind.String && tag.Value.GetString() is { Length: > 0 } value) tags.TryAdd(Canonical(tag.Name), value);
            return tags;
        }
        catch (JsonException)
        {
            return None;
        }
    }
}
