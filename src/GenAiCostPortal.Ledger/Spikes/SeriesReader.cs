using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>What a series is about.</summary>
public readonly record struct SeriesKey(SpikeScope Scope, int ScopeId, SpikeMeasure Measure, SpikeGrain Grain);

/// <summary>Reads cost and tokens per hour from the rollups (as it happens) and cost per day from the ledger (as billed). USD and tokens.</summary>
public sealed class SeriesReader(LedgerDays ledgerDays, BillState bill)
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
    internal async Task<Dictionary<SeriesKey, SpikeSeries>> DaysAsync(LedgerDb db, DateTime now, int days, CancellationToken cancel = default)
    {
        if (await bill.BilledThroughAsync(db, cancel) is not { } through) return [];
        var first = DateOnly.FromDateTime(now).AddDays(-days);
        var steps = through.DayNumber - first.DayNumber + 1;
        if (steps <= 0) return [];
        var values = new Dictionary<SeriesKey, double[]>();
        foreach (var day in await ledgerDays.ReadAsync(db, first, through, cancel))
            foreach (var money in day)
            {
                // Credits and fees come in lumps; they are no usage.
                if (!money.IsUsage || money.NanoUsd == 0) continue;
                var usd = money.NanoUsd / (double)Money.NanoUsdPerUsd;
                var step = money.Day.DayNumber - first.DayNumber;
                foreach (var (scope, id) in ((SpikeScope, int)[])[(SpikeScope.Total, 0), (SpikeScope.Feature, money.Key[(int)SpendDimension.Feature]), (SpikeScope.Account, money.Key[(int)SpendDimension.Account]), (SpikeScope.Model, money.Key[(int)SpendDimension.Model])])
                    Of(values, new SeriesKey(scope, id, SpikeMeasure.Cost, SpikeGrain.Day), steps)[step] += usd;
            }
        return values.ToDictionary(v => v.Key, v => new SpikeSeries(UtcTime.Start(first), SpikeSteps.Days, v.Value, false));
    }

    private static double[] Of(Dictionary<SeriesKey, double[]> values, SeriesKey key, int steps)
    {
        if (!values.TryGetValue(key, out var of)) values[key] = of = new double[steps];
        return of;
    }

    private static string Only(SeriesKey? only) => only is not { } key || key.Scope == SpikeScope.Total ? ""
        : string.Create(CultureInfo.InvariantCulture, $" AND s.\"{key.Scope}Id\" = {key.ScopeId}");
}
