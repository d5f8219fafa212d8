using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>What a series is about.</summary>
public readonly record struct SeriesKey(SpikeScope Scope, int ScopeId, SpikeMeasure Measure, SpikeGrain Grain);

/// <summary>Reads cost and tokens per hour from the rollups (as it happens) and cost per day from the ledger (as billed). USD and tokens.</summary>
public sealed class SeriesReader(BillState bill)
{
    /// <summary>Hours read before the ones that are tested: two weeks to learn a profile, four to learn the spread.</summary>
    public const int DaysTaught = 42;

    /// <summary>Every series of the last days, by the hour. The last hour is the running one.</summary>
    internal async Task<Dictionary<SeriesKey, SpikeSeries>> HoursAsync(LedgerDb db, DateTime now, int days, SeriesKey? only = null, CancellationToken cancel = default)
    {
        var start = now.Date.AddDays(-days);
        var steps = (int)((now - start).TotalHours) + 1;
        var values = new Dictionary<SeriesKey, double[]>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT r."SlotUnixSeconds", s."FeatureId", s."AccountId", s."ModelId", SUM(r."EstimatedCostNanoUsd"),
                SUM(r."Input" + r."CacheRead" + r."CacheWrite5m" + r."CacheWrite30m" + r."CacheWrite1h" + r."Output")
            FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 1 AND r."SlotUnixSeconds" >= {UtcTime.ToUnixSeconds(start)} AND r."SlotUnixSeconds" <= {UtcTime.ToUnixSeconds(now)}
                AND s."IsBillable"{Only(only)} GROUP BY 1, 2, 3, 4
            """), row =>
        {
            var step = (int)((row.GetInt64(0) - UtcTime.ToUnixSeconds(start)) / 3600);
            if (step < 0 || step >= steps) return;
            Add(SpikeMeasure.Cost, row.GetInt64(4) / (double)Money.NanoUsdPerUsd);
            Add(SpikeMeasure.Tokens, row.GetInt64(5));

            void Add(SpikeMeasure measure, double value)
            {
                if (value == 0) return;
                foreach (var (scope, id) in ((SpikeScope, int)[])[(SpikeScope.Total, 0), (SpikeScope.Feature, row.GetInt32(1)), (SpikeScope.Account, row.GetInt32(2)), (SpikeScope.Model, row.GetInt32(3))])
                    Of(values, new SeriesKey(scope, id, measure, SpikeGrain.Hour), steps)[step] += value;
            }
        }, cancel);
        return values.Where(v => only is null || v.Key == only).ToDictionary(v => v.Key, v => new SpikeSeries(start, SpikeSteps.Hours, v.Value, true));
    }

    /// <summary>Every series of the billed days, by the day; days whose bill is not wholly there are not in it.</summary>
    internal async Task<Dictionary<SeriesKey, SpikeSeries>> DaysAsync(LedgerDb db, DateTime now, int days, SeriesKey? only = null, CancellationToken cancel = default)
    {
        if (await bill.BilledThroughAsync(db, cancel) is not { } through) return [];
        var first = DateOnly.FromDateTime(now).AddDays(-days);
        var steps = through.DayNumber - first.DayNumber + 1;
        if (steps <= 0) return [];
        var values = new Dictionary<SeriesKey, double[]>();
        var built = new List<int>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture,
            $"SELECT DISTINCT \"Day\" FROM billed_day WHERE \"Day\" >= {first.DayNumber} AND \"Day\" <= {through.DayNumber} AND \"BuiltAt\" IS NOT NULL"), row => built.Add(row.GetInt32(0)), cancel);
        // Day by day, or the store would sort the entries of all of them at once. Credits and fees come in lumps; they are no usage.
        foreach (var day in built)
            await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
                SELECT s."FeatureId", s."AccountId", s."ModelId", SUM(s."AmountNanoUsd") FROM ledger_entry s
                WHERE s."Day" = {day} AND s."Category" = {(int)ChargeCategory.Usage} AND s."AmountNanoUsd" <> 0{Only(only)} GROUP BY 1, 2, 3
                """), row =>
            {
                var usd = row.GetInt64(3) / (double)Money.NanoUsdPerUsd;
                foreach (var (scope, id) in ((SpikeScope, int)[])[(SpikeScope.Total, 0), (SpikeScope.Feature, row.GetInt32(0)), (SpikeScope.Account, row.GetInt32(1)), (SpikeScope.Model, row.GetInt32(2))])
                    Of(values, new SeriesKey(scope, id, SpikeMeasure.Cost, SpikeGrain.Day), steps)[day - first.DayNumber] += usd;
            }, cancel);
        return values.Where(v => only is null || v.Key == only).ToDictionary(v => v.Key, v => new SpikeSeries(UtcTime.Start(first), SpikeSteps.Days, v.Value, false));
    }

    private static double[] Of(Dictionary<SeriesKey, double[]> values, SeriesKey key, int steps)
    {
        if (!values.TryGetValue(key, out var of)) values[key] = of = new double[steps];
        return of;
    }

    private static string Only(SeriesKey? only) => only is not { } key || key.Scope == SpikeScope.Total ? ""
        : string.Create(CultureInfo.InvariantCulture, $" AND s.\"{key.Scope}Id\" = {key.ScopeId}");
}
