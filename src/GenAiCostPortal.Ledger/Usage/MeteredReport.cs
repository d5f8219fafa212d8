using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>What CloudWatch metered for a model: shown beside recorded usage, never mixed with it. A metric that was not sent is null.</summary>
/// <param name="Invocations">Successful ones as AWS counts them; not the portal's calls, which hold every attempt.</param>
public sealed record MeteredModel(
    string Model, long? Invocations, long? Throttles, long? ClientErrors, long? ServerErrors, long? InputTokens, long? OutputTokens, long? CacheReadTokens, long? CacheWriteTokens);

/// <summary>Metered usage by model, busiest first.</summary>
/// <param name="NotApplied">Filters that CloudWatch cannot answer (it knows no feature); nothing is shown then.</param>
public sealed record MeteredAnswer(IReadOnlyList<MeteredModel> Models, IReadOnlyList<SpendDimension> NotApplied);

/// <summary>Reads metered usage.</summary>
public sealed class MeteredReport(IDbContextFactory<LedgerDb> stores, Dimensions dimensions)
{
    private static readonly HashSet<SpendDimension> Known = [SpendDimension.Account, SpendDimension.Region, SpendDimension.Model, SpendDimension.Provider];

    /// <summary>Whole hours of a period; account, region, model and provider may be filtered on.</summary>
    public async Task<MeteredAnswer> ReadAsync(DateTime from, DateTime to, SpendFilter filter, CancellationToken cancel = default)
    {
        var asked = filter.Values.Where(v => v.Value.Count > 0).ToArray();
        var unknown = asked.Select(v => v.Key).Where(d => !Known.Contains(d)).ToArray();
        if (unknown.Length > 0) return new MeteredAnswer([], unknown);
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var words = new SpendWords(dimensions);
        var keys = asked.Where(v => v.Key != SpendDimension.Provider).ToDictionary(v => v.Key, v => v.Value.Select(w => words.Key(v.Key, w)).ToHashSet());
        var sums = new Dictionary<(int Model, MeteredMetric Metric), double>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT "AccountId", "RegionId", "ModelId", "Metric", SUM("Value") FROM metered_usage
            WHERE "HourUnixSeconds" >= {UtcTime.ToUnixSeconds(from) / 3600 * 3600} AND "HourUnixSeconds" < {UtcTime.ToUnixSeconds(to)} GROUP BY 1, 2, 3, 4
            """), row =>
        {
            bool Passes(SpendDimension dimension, int id) => !keys.TryGetValue(dimension, out var wanted) || wanted.Contains(id);
            var model = row.GetInt32(2);
            if (!Passes(SpendDimension.Account, row.GetInt32(0)) || !Passes(SpendDimension.Region, row.GetInt32(1)) || !Passes(SpendDimension.Model, model)) return;
            if (filter[SpendDimension.Provider] is { Count: > 0 } providers && !providers.Contains(ModelNameReader.Read(dimensions.Name(model)).Provider, StringComparer.OrdinalIgnoreCase)) return;
            var key = (model, (MeteredMetric)row.GetByte(3));
            sums[key] = sums.GetValueOrDefault(key) + row.GetDouble(4);
        }, cancel);
        long? Of(int model, MeteredMetric metric) => sums.TryGetValue((model, metric), out var value) ? (long)Math.Round(value) : null;
        return new MeteredAnswer([.. sums.Keys.Select(k => k.Model).Distinct().Select(m => new MeteredModel(
            m == 0 ? SpendQuery.Unattributed : dimensions.Name(m), Of(m, MeteredMetric.Invocations), Of(m, MeteredMetric.Throttles), Of(m, MeteredMetric.ClientErrors), Of(m, MeteredMetric.ServerErrors),
            Of(m, MeteredMetric.InputTokens), Of(m, MeteredMetric.OutputTokens), Of(m, MeteredMetric.CacheReadTokens), Of(m, MeteredMetric.CacheWriteTokens)))
            .OrderByDescending(m => m.Invocations ?? 0).ThenBy(m => m.Model, StringComparer.Ordinal)], []);
    }
}
