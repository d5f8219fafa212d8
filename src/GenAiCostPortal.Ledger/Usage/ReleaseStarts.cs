using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>When a feature's release was first seen, UTC; to the hour where hours are still kept.</summary>
public sealed record ReleaseStart(string Feature, string Release, DateTime At);

/// <summary>Finds releases that began in a time: what a change of use or cost may have come with.</summary>
public sealed class ReleaseStarts(IDbContextFactory<LedgerDb> stores, Dimensions dimensions)
{
    private const int DaysBefore = 35, MostShown = 6;

    private sealed class Seen
    {
        public long FirstSeconds = long.MaxValue, Calls;
    }

    /// <summary>
    /// Releases not seen in the five weeks before, of features that were; those with the most calls, by time. Filters that calls do
    /// not have (components, token kinds, methods) are passed over.
    /// </summary>
    /// <param name="to">Exclusive.</param>
    public async Task<IReadOnlyList<ReleaseStart>> ReadAsync(DateTime from, DateTime to, SpendFilter filter, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var words = new SpendWords(dimensions);
        var filters = filter.Values.Where(v => v.Value.Count > 0 && v.Key.Kind() is not null && v.Key != SpendDimension.Service)
            .Select(v => (v.Key, Keys: v.Value.Select(word => words.Key(v.Key, word)).ToHashSet())).ToList();
        var columns = SpendColumns.OfSeries(filters.Select(f => f.Key).Append(SpendDimension.Feature).Append(SpendDimension.Release).Distinct().Order(), hasWorkflow: true);
        var releases = new Dictionary<(int Feature, int Release), Seen>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT {columns.Sql}MIN(r."SlotUnixSeconds"), SUM(r."Calls") FROM usage_rollup r JOIN usage_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 2 AND r."SlotUnixSeconds" >= {UtcTime.ToUnixSeconds(from.Date.AddDays(-DaysBefore))} AND r."SlotUnixSeconds" < {UtcTime.ToUnixSeconds(to)}
            GROUP BY {string.Join(", ", Enumerable.Range(1, columns.Count))}
            """), row =>
        {
            var key = default(SpendKey);
            columns.Read(row, 0, ref key);
            foreach (var (dimension, keys) in filters)
                if (!keys.Contains(key[(int)dimension])) return;
            var of = (key[(int)SpendDimension.Feature], key[(int)SpendDimension.Release]);
            if (!releases.TryGetValue(of, out var seen)) releases[of] = seen = new Seen();
            (seen.FirstSeconds, seen.Calls) = (Math.Min(seen.FirstSeconds, row.GetInt64(columns.Count)), seen.Calls + row.GetInt64(columns.Count + 1));
        }, cancel);
        return await StartsAsync(db, releases, from, to, cancel);
    }

    private async Task<IReadOnlyList<ReleaseStart>> StartsAsync(LedgerDb db, Dictionary<(int Feature, int Release), Seen> releases, DateTime from, DateTime to, CancellationToken cancel)
    {
        var featureSince = releases.GroupBy(r => r.Key.Feature).ToDictionary(g => g.Key, g => g.Min(r => r.Value.FirstSeconds));
        var begun = releases.Where(r => r.Key is { Feature: not 0, Release: not 0 } && r.Value.FirstSeconds >= UtcTime.ToUnixSeconds(from.Date) && r.Value.FirstSeconds > featureSince[r.Key.Feature])
            .OrderByDescending(r => r.Value.Calls).Take(MostShown).ToList();
        var starts = new List<ReleaseStart>();
        foreach (var ((feature, release), seen) in begun)
        {
            var hour = await StoredRows.NumberAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
                SELECT MIN(r."SlotUnixSeconds") FROM usage_rollup r JOIN usage_series s ON s."Id" = r."SeriesId"
                WHERE r."Span" = 1 AND r."SlotUnixSeconds" >= {seen.FirstSeconds} AND r."SlotUnixSeconds" < {seen.FirstSeconds + 86_400} AND s."FeatureId" = {feature} AND s."ReleaseId" = {release}
                """), cancel);
            var at = UtcTime.FromUnixSeconds(hour ?? seen.FirstSeconds);
            if (at >= from && at < to) starts.Add(new ReleaseStart(dimensions.Name(feature), dimensions.Name(release), at));
        }
        return [.. starts.OrderBy(s => s.At)];
    }
}
