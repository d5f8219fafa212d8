using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Whether a tag key is on the bill.</summary>
public enum TagActivation
{
    /// <summary>The keys of no payer have been read yet.</summary>
    NotRead,
    /// <summary>AWS lists no such key: no resource of the payer had it when AWS last looked.</summary>
    NotSeen,
    Inactive,
    /// <summary>With some payers only.</summary>
    PartlyActive,
    Active,
}

/// <summary>What a cost-allocation tag key would name today.</summary>
/// <param name="Part"><c>Feature</c>, <c>Team</c>, <c>Application</c>, <c>Environment</c> or <c>Model</c>.</param>
/// <param name="Resources">Listed resources that carry the key, written exactly so.</param>
/// <param name="OfResources">All listed resources.</param>
/// <param name="Values">What it names them, with resources; the most frequent first.</param>
/// <param name="OtherSpellings">Keys that differ only in case or punctuation, on resources or with payers.</param>
/// <param name="TaggedUsd">Billed in the last 30 days under this key; null where what was read cannot tell.</param>
/// <param name="BilledUsd">All that was billed in the last 30 days.</param>
public sealed record TagEffect(
    string Part, string Key, int Resources, int OfResources, IReadOnlyList<(string Name, int Resources)> Values, IReadOnlyList<string> OtherSpellings,
    TagActivation Activation, decimal? TaggedUsd, decimal BilledUsd);

/// <summary>Shows what tag keys would name: on the resources, with the payers, and on the bill.</summary>
public sealed class TagPreview(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, OwnerKeys inForce, TimeProvider clock)
{
    /// <summary>Days of the bill that are looked at, up to today.</summary>
    public const int Days = 30;
    private const int ValuesAtMost = 6;

    private sealed record Seen(List<IReadOnlyDictionary<string, string>> Resources, List<CostAllocationTagRead> Keys, List<Billed> Lines, bool HasTagSets);

    private sealed record CostAllocationTagRead(string Connection, string TagKey, bool IsActive);

    private sealed record Billed(IReadOnlyDictionary<string, string>? Tags, bool IsTagged, long NanoUsd);

    /// <summary>Tries the keys on what was read last.</summary>
    public async Task<IReadOnlyList<TagEffect>> TryAsync(OwnerTagKeys proposed, CancellationToken cancel = default)
    {
        var seen = await ReadAsync(cancel);
        return
        [
            Effect("Feature", proposed.Feature, seen), Effect("Team", proposed.Team, seen), Effect("Application", proposed.Application, seen),
            Effect("Environment", proposed.Environment, seen), Effect("Model", proposed.Model, seen),
        ];
    }

    private TagEffect Effect(string part, string key, Seen seen)
    {
        List<string> named = [.. seen.Resources.Select(tags => tags.GetValueOrDefault(key)).OfType<string>()];
        var values = named.CountBy(v => v).OrderByDescending(v => v.Value).ThenBy(v => v.Key, StringComparer.Ordinal).Take(ValuesAtMost).Select(v => (v.Key, v.Value));
        var others = seen.Resources.SelectMany(tags => tags.Keys).Concat(seen.Keys.Select(k => k.TagKey)).Distinct(StringComparer.Ordinal)
            .Where(k => k != key && TagNames.AreSame(k, key)).Order(StringComparer.Ordinal);
        return new TagEffect(part, key, named.Count, seen.Resources.Count, [.. values], [.. others], Activation(key, seen.Keys), Tagged(part, key, seen), Money.ToUsd(seen.Lines.Sum(l => l.NanoUsd)));
    }

    private static TagActivation Activation(string key, List<CostAllocationTagRead> read)
    {
        if (read.Count == 0) return TagActivation.NotRead;
        var active = read.Where(k => k.TagKey == key && k.IsActive).Select(k => k.Connection).Distinct().Count();
        return active == 0 ? read.Exists(k => k.TagKey == key) ? TagActivation.Inactive : TagActivation.NotSeen
            : active == read.Select(k => k.Connection).Distinct().Count() ? TagActivation.Active : TagActivation.PartlyActive;
    }

    // Cost Explorer was asked for the feature key in force and for no other; tag sets tell of every key.
    private decimal? Tagged(string part, string key, Seen seen)
    {
        var isAsked = part == "Feature" && key == inForce.TagKeys.Feature;
        if (!seen.HasTagSets && !isAsked) return null;
        return Money.ToUsd(seen.Lines.Where(l => l.Tags is { } tags ? TagSet.Find(tags, key) is { Length: > 0 } : isAsked && l.IsTagged).Sum(l => l.NanoUsd));
    }

    private async Task<Seen> ReadAsync(CancellationToken cancel)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var resources = await db.Resources.AsNoTracking().Where(r => r.GoneAt == null).Select(r => r.Tags).ToListAsync(cancel);
        var keys = await db.CostAllocationTags.AsNoTracking().Select(t => new CostAllocationTagRead(t.Connection, t.TagKey, t.IsActive)).ToListAsync(cancel);
        var first = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(1 - Days).DayNumber;
        var lines = new List<Billed>();
        var hasTagSets = false;
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT l."TagSetId", CASE WHEN l."TagFeatureId" <> 0 THEN 1 ELSE 0 END, SUM(l."AmountNanoUsd")
            FROM billed_line l WHERE l."Day" >= {first} GROUP BY 1, 2
            """), row =>
        {
            var set = row.GetInt32(0);
            hasTagSets |= set != 0;
            lines.Add(new Billed(set == 0 ? null : TagSet.Read(dimensions.Name(set)), row.GetInt32(1) != 0, Convert.ToInt64(row.GetValue(2), CultureInfo.InvariantCulture)));
        }, cancel);
        return new Seen(resources.ConvertAll(TagSet.Read), keys, lines, hasTagSets);
    }
}
