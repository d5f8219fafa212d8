using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The one report of money; every page, the API and the exports ask it, so their totals are equal.</summary>
public sealed class SpendReport(
    IDbContextFactory<LedgerDb> stores, Dimensions dimensions, OpenDays openDays, LedgerDayReader reader, TimeProvider clock)
{
    /// <summary>Answers from rollups and ledger rows only, never from raw calls.</summary>
    public async Task<SpendAnswer> ReadAsync(SpendQuery query, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var period = new SpendPeriod(query);
        var sums = new SpendSums(query, new SpendWords(dimensions));
        var recorded = new RecordedSpend(db, sums, period, reader);
        var hours = new DayHours();
        if (query.View != SpendView.Estimated) await new BilledSpend(db, sums, period).AddAsync(hours, cancel);
        if (query.View == SpendView.Ledger)
        {
            var states = await DayStates.ReadAsync(db, period, cancel);
            await recorded.AddCostAsync(states.IsPlainlyEstimated, cancel);
            foreach (var day in states.Weighed.Order()) await AddOpenDayAsync(db, sums, period, hours, day, cancel);
        }
        else
        {
            await recorded.AddCostAsync((_, _) => query.View == SpendView.Estimated, cancel);
        }
        await recorded.AddUsageAsync(cancel);
        return sums.Answer(await AsOfAsync(db, cancel), await BilledThroughAsync(db, cancel), await OutsideAsync(db, period, cancel));
    }

    /// <summary>Values to filter on, with their number of dollars in the period, dearest first.</summary>
    public async Task<IReadOnlyList<(string Value, decimal CostUsd)>> ValuesAsync(SpendDimension dimension, DateTime from, DateTime to, CancellationToken cancel = default)
    {
        var answer = await ReadAsync(new SpendQuery(from, to, [dimension], Granularity.None, SpendView.Ledger, SpendFilter.None), cancel);
        return [.. answer.Rows.Where(r => r.Keys[0] != SpendQuery.Unattributed).Select(r => (r.Keys[0], r.CostUsd + r.OffBillUsd)).OrderByDescending(r => r.Item2)];
    }

    private async Task AddOpenDayAsync(LedgerDb db, SpendSums sums, SpendPeriod period, DayHours hours, DateOnly day, CancellationToken cancel)
    {
        foreach (var entry in await openDays.EstimateAsync(db, day, cancel))
        {
            if (period.IsByHour(day)) await hours.AddAsync(db, sums, period, entry, cancel);
            else sums.AddMoney(UtcTime.Start(day), BilledSpend.KeyOf(entry), entry.Basis, entry.AmountNanoUsd, entry.Method, entry.Reason, true);
        }
    }

    /// <summary>The last read of a bill or the last call, whichever came later.</summary>
    private async Task<DateTime> AsOfAsync(LedgerDb db, CancellationToken cancel)
    {
        var read = await StoredRows.NumberAsync(db, "SELECT MAX(\"LastReadAt\") FROM billed_day", cancel);
        var call = await StoredRows.NumberAsync(db, "SELECT MAX(\"StartUnixMs\") FROM call", cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        if (read is null && call is null) return now;
        var last = UtcTime.FromUnixMs(Math.Max(read ?? long.MinValue, call ?? long.MinValue));
        return last < now ? last : now;
    }

    private static async Task<DateOnly?> BilledThroughAsync(LedgerDb db, CancellationToken cancel)
    {
        var last = await db.BilledDays.GroupBy(b => b.AccountId).Select(g => g.Max(b => b.Day)).ToListAsync(cancel);
        return last.Count == 0 ? null : last.Min();
    }

    private static async Task<long> OutsideAsync(LedgerDb db, SpendPeriod period, CancellationToken cancel) =>
        await db.OutsideScopeCosts.Where(o => o.Day >= period.FirstDay && o.Day <= period.LastDay).SumAsync(o => o.AmountNanoUsd, cancel);
}
