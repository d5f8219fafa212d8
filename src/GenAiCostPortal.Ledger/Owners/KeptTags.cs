using System.Text.Json;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>
/// Which tags of a billed line are kept: those that can say an owner, now or by a rule, and cost categories. All others would
/// multiply the lines of the bill without ever deciding anything. Kept tags carry the spelling of whoever asks for them.
/// </summary>
public sealed class KeptTags
{
    private const int ValueLength = 256;
    private readonly SortedDictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly string _feature;

    public KeptTags(OwnerTagKeys keys, IEnumerable<string> more)
    {
        _feature = keys.Feature;
        foreach (var key in (string[])[keys.Feature, keys.Team, keys.Application, keys.Environment, keys.Model, .. more])
            if (TagNames.Canonical(key) is { Length: > 0 } canonical) _names.TryAdd(canonical, key);
    }

    /// <summary>The keys in their own spelling.</summary>
    public IReadOnlyCollection<string> Names => _names.Values;

    /// <summary>The keys in their one spelling: letters and digits only.</summary>
    public IReadOnlyCollection<string> Keys => _names.Keys;

    /// <summary>The feature's key in its one spelling.</summary>
    public string FeatureKey => TagNames.Canonical(_feature);

    /// <summary>Which keys, in one word: changes when another set of tags is kept or another names the feature, so that what was read otherwise is read again.</summary>
    public string Fingerprint => $"{FeatureKey}={string.Join('|', _names.Keys)}";

    /// <summary>The keys in force: owner tags, and every tag that an owner or split rule names.</summary>
    public static async Task<KeptTags> ReadAsync(LedgerDb db, OwnerKeys keys, CancellationToken cancel = default)
    {
        var conditions = await db.OwnerRules.AsNoTracking().Select(r => r.Conditions).ToListAsync(cancel);
        conditions.AddRange(await db.SplitRules.AsNoTracking().Select(r => r.Conditions).ToListAsync(cancel));
        return new KeptTags(keys.TagKeys, conditions.SelectMany(KeysOf).Order(StringComparer.Ordinal));
    }

    /// <summary>The name under which a tag is kept; null when it is not.</summary>
    public string? NameOf(string key) => _names.GetValueOrDefault(TagNames.Canonical(key));

    /// <summary>What is kept of a line's tags and cost categories. A tag of the resource goes before the same tag of its caller.</summary>
    /// <param name="tags">As the source writes them.</param>
    /// <param name="categories">Cost categories by name; all are kept.</param>
    public SortedDictionary<string, string> Of(IEnumerable<KeyValuePair<string, string>> tags, IEnumerable<KeyValuePair<string, string>>? categories = null)
    {
        var kept = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var ofPrincipal = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            if (value.Trim() is not { Length: > 0 } text || NameOf(key) is not { } name) continue;
            var isOfPrincipal = TagNames.IsOfPrincipal(key);
            if (kept.ContainsKey(name) && (isOfPrincipal || !ofPrincipal.Remove(name))) continue;
            kept[name] = text.Length > ValueLength ? text[..ValueLength] : text;
            if (isOfPrincipal) ofPrincipal.Add(name);
        }
        foreach (var (key, value) in categories ?? [])
            if (value.Trim() is { Length: > 0 } text) kept.TryAdd(NameOf(key) ?? TagNames.Plain(key), text.Length > ValueLength ? text[..ValueLength] : text);
        return kept;
    }

    /// <summary>The feature that the tags name; null when they name none.</summary>
    public string? FeatureOf(IReadOnlyDictionary<string, string> kept) => kept.GetValueOrDefault(_names[TagNames.Canonical(_feature)]);

    private static IEnumerable<string> KeysOf(string conditions)
    {
        try
        {
            using var json = JsonDocument.Parse(conditions);
            if (json.RootElement.ValueKind != JsonValueKind.Array) return [];
            return [.. json.RootElement.EnumerateArray().Where(c => c.ValueKind == JsonValueKind.Object).SelectMany(c => c.EnumerateObject())
                .Where(p => p.Name.Equals("key", StringComparison.OrdinalIgnoreCase) && p.Value.ValueKind == JsonValueKind.String)
                .Select(p => p.Value.GetString() ?? "")];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
