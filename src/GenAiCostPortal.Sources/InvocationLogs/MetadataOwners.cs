using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>
/// <c>requestMetadata</c> as attributes. Each entry is kept as <c>requestMetadata.key</c>, and under its own key so that the owner
/// attributes find it. Where no owner attribute is among the keys, a key that says the same in other words (<c>App</c>,
/// <c>environment</c>, the tag keys) stands in for it: case and punctuation do not matter, as with cost-allocation tags.
/// </summary>
internal sealed class MetadataOwners(OwnerKeys owners)
{
    public const string Prefix = "requestMetadata.";
    private static readonly string[] UserAttributes = ["user.id", "enduser.id"];

    private readonly (IReadOnlyList<string> Attributes, string[] Words)[] _parts =
    [
        (owners.FeatureAttributes, ["feature", "workload", "usecase", Folded(owners.TagKeys.Feature)]),
        (owners.TeamAttributes, ["team", Folded(owners.TagKeys.Team)]),
        (owners.ApplicationAttributes, ["app", "application", "service", Folded(owners.TagKeys.Application)]),
        (owners.EnvironmentAttributes, ["env", "environment", "stage", Folded(owners.TagKeys.Environment)]),
        (UserAttributes, ["user", "userid", "enduser", "enduserid"]),
    ];

    /// <summary>Keys that can name an owner, in lower case and without punctuation. Users are none: nothing is added up by them here.</summary>
    public IReadOnlyCollection<string> Keys =>
    [
        .. _parts.Where(p => !ReferenceEquals(p.Attributes, UserAttributes))
            .SelectMany(p => p.Words.Concat(p.Attributes.Select(a => Folded(a.StartsWith(Prefix, StringComparison.Ordinal) ? a[Prefix.Length..] : a)))).Where(k => k.Length > 0).Distinct(),
    ];

    public void Add(IReadOnlyList<KeyValuePair<string, string>> metadata, List<KeyValuePair<string, object>> attributes)
    {
        foreach (var (key, value) in metadata)
        {
            attributes.Add(new(Prefix + key, value));
            if (MayStandAlone(key) && !Has(attributes, key)) attributes.Add(new(key, value));
        }
        foreach (var (known, words) in _parts)
        {
            if (known.Count == 0 || known.Any(k => Has(attributes, k))) continue;
            foreach (var word in words)
            {
                if (metadata.FirstOrDefault(m => Folded(m.Key) == word) is not { Key: not null } found) continue;
                attributes.Add(new(known[0], found.Value));
                break;
            }
        }
    }

    // The caller chooses the keys: none of them may pass for what the record itself says (tokens, account, model).
    private bool MayStandAlone(string key) => _parts.Any(p => p.Attributes.Contains(key, StringComparer.Ordinal))
        || !key.Contains('.', StringComparison.Ordinal) && key != "retry_attempts" && !ContentAttributes.IsContent(key);

    private static bool Has(List<KeyValuePair<string, object>> attributes, string key) => attributes.Exists(a => string.Equals(a.Key, key, StringComparison.Ordinal));

    private static string Folded(string key) => string.Concat(key.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
