using System.Text.Json;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>A value that the store knows.</summary>
/// <param name="Label">What people call it; empty when they call it that.</param>
public sealed record RuleChoice(string Value, string Label = "");

/// <summary>Values to choose from while a rule is written; other values can be typed.</summary>
public sealed record RuleChoicesAnswer(
    IReadOnlyDictionary<RuleSubject, IReadOnlyList<RuleChoice>> Values, IReadOnlyDictionary<string, IReadOnlyList<RuleChoice>> Tags, IReadOnlyList<string> Attributes, IReadOnlyList<RuleChoice> Teams)
{
    /// <summary>Values of a subject; of a tag by its key.</summary>
    public IReadOnlyList<RuleChoice> Of(RuleSubject subject, string key) =>
        (subject == RuleSubject.Tag ? Tags.FirstOrDefault(t => t.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value : Values.GetValueOrDefault(subject)) ?? [];

    /// <summary>Keys of a subject that has keys.</summary>
    public IEnumerable<string> Keys(RuleSubject subject) => subject switch { RuleSubject.Tag => Tags.Keys, RuleSubject.Attribute => Attributes, _ => [] };
}

/// <summary>What rules can look at, as the store has seen it: accounts, services, tags, principals …</summary>
public sealed class RuleChoices(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, OwnerKeys keys)
{
    private const int AtMost = 300;

    private static readonly (RuleSubject Subject, DimensionKind Kind)[] Named =
    [
        (RuleSubject.Account, DimensionKind.Account), (RuleSubject.Service, DimensionKind.BilledService), (RuleSubject.UsageType, DimensionKind.UsageType),
        (RuleSubject.Region, DimensionKind.Region), (RuleSubject.Resource, DimensionKind.Resource), (RuleSubject.Principal, DimensionKind.Principal),
        (RuleSubject.Model, DimensionKind.Model), (RuleSubject.Feature, DimensionKind.Feature), (RuleSubject.Application, DimensionKind.Application),
        (RuleSubject.Environment, DimensionKind.Environment),
    ];

    /// <summary>Reads what is known.</summary>
    public async Task<RuleChoicesAnswer> ReadAsync(CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var activated = await db.CostAllocationTags.AsNoTracking().Select(t => t.TagKey).Distinct().Take(AtMost).ToListAsync(cancel);
        var profiles = await db.InferenceProfiles.AsNoTracking().OrderBy(p => p.Name).Take(AtMost).Select(p => new { p.Arn, p.Name }).ToListAsync(cancel);
        var values = Named.ToDictionary(n => n.Subject, n => Known(n.Kind));
        values[RuleSubject.Component] = [.. Enum.GetValues<CostComponent>().Select(c => new RuleChoice(c.ToString()))];
        values[RuleSubject.Profile] = [.. profiles.Select(p => new RuleChoice(p.Name.Length > 0 ? p.Name : p.Arn, p.Name.Length > 0 ? p.Arn : ""))];
        string[] attributes = [.. keys.FeatureAttributes, .. keys.TeamAttributes, .. keys.ApplicationAttributes, .. keys.EnvironmentAttributes, "service.version"];
        return new RuleChoicesAnswer(values, Tags(activated), [.. attributes.Distinct()], Known(DimensionKind.Team));
    }

    private IReadOnlyList<RuleChoice> Known(DimensionKind kind) =>
        [.. dimensions.All(kind).Where(v => v.Name != Dimensions.Other).Take(AtMost).Select(v => new RuleChoice(v.Name, v.Label ?? ""))];

    private SortedDictionary<string, IReadOnlyList<RuleChoice>> Tags(IEnumerable<string> activated)
    {
        var seen = new SortedDictionary<string, SortedSet<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var key in activated) seen.TryAdd(key, new SortedSet<string>(StringComparer.Ordinal));
        foreach (var set in dimensions.All(DimensionKind.TagSet))
            foreach (var (key, value) in Read(set.Name))
            {
                if (!seen.TryGetValue(key, out var ofKey)) seen[key] = ofKey = new SortedSet<string>(StringComparer.Ordinal);
                if (ofKey.Count < AtMost && value.Length > 0) ofKey.Add(value);
            }
        return new SortedDictionary<string, IReadOnlyList<RuleChoice>>(
            seen.Take(AtMost).ToDictionary(s => s.Key, s => (IReadOnlyList<RuleChoice>)[.. s.Value.Select(v => new RuleChoice(v))]), StringComparer.OrdinalIgnoreCase);
    }

    private static Dictionary<string, string> Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? [];
        }
        // Cut at the longest name that is kept: then it is no JSON, and only a suggestion is lost.
        catch (JsonException)
        {
            return [];
        }
    }
}
