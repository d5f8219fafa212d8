using System.Globalization;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The one report of money; every page, the API and the exports ask it, so their totals are equal.</summary>
public sealed class SpendReport(
    IDbContextFactory<LedgerDb> stores, Dimensions dimensions, LedgerDays ledgerDays, OpenDays openDays, DayHours hours,
    LedgerDayReader reader, BillState bill, PriceFinder prices)
{
    /// <summary>Answers from rollups and ledger rows only, never from raw calls.</summary>
    public async Task<SpendAnswer> ReadAsync(SpendQuery query, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var period = new SpendPeriod(query);
        var sums = await SumsAsync(db, query, period, cancel);
        var recorded = new RecordedSpend(db, sums, period, reader);
        var profiles = await hours.ReadAsync(db, query.View == SpendView.Estimated ? [] : [.. period.Days().Where(period.IsByHour)], cancel);

        if (query.View != SpendView.Estimated)
            await foreach (var day in ledgerDays.ReadAsync(db, period.FirstDay, period.LastDay, cancel)) Add(sums, period, profiles, day);
        if (query.View == SpendView.Ledger)
        {
            var states = await DayStates.ReadAsync(db, period, cancel);
            await recorded.AddCostAsync(states.IsPlainlyEstimated, cancel);
            foreach (var day in await openDays.EstimateAsync(db, states.Weighed, cancel)) Add(sums, period, profiles, day);
        }
        else
        {
            await recorded.AddCostAsync((_, _) => query.View == SpendView.Estimated, cancel);
        }
        await recorded.AddUsageAsync(cancel);
        return sums.Answer(await bill.AsOfAsync(db, cancel), await bill.BilledThroughAsync(db, cancel), await BillState.OutsideAsync(db, period, cancel));
    }

    /// <summary>Values to filter on, with their number of dollars in the period, dearest first.</summary>
    public async Task<IReadOnlyList<(string Value, decimal CostUsd)>> ValuesAsync(SpendDimension dimension, DateTime from, DateTime to, CancellationToken cancel = default)
    {
        var answer = await ReadAsync(new SpendQuery(from, to, [dimension], Granularity.None, SpendView.Ledger, SpendFilter.None), cancel);
        return [.. answer.Rows.Where(r => r.Keys[0] != SpendQuery.Unattributed).Select(r => (r.Keys[0], r.CostUsd + r.OffBillUsd)).OrderByDescending(r => r.Item2)];
    }

    /// <summary>Recorded calls alone at their estimated price, whether billed yet or not, off-bill ones included.</summary>
    /// <param name="insideTraces">Only calls that stand in a trace: what requests cost (algorithms §11).</param>
    public async Task<SpendAnswer> RecordedAsync(SpendQuery query, bool insideTraces, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var period = new SpendPeriod(query);
        var series = insideTraces ? RecordedSpend.InsideTraces : "";
        var sums = await SumsAsync(db, query with { View = SpendView.Estimated }, period, cancel, series);
        var recorded = new RecordedSpend(db, sums, period, reader, series);
        await recorded.AddCostAsync((_, _) => true, cancel);
        await recorded.AddUsageAsync(cancel);
        return sums.Answer(await bill.AsOfAsync(db, cancel), null, 0);
    }

    /// <summary>
    /// What sampled calls and requests stand for beside what was recorded: money, and requests in millionths. Null where no sender
    /// says with which probability it samples.
    /// </summary>
    internal async Task<SpendAnswer?> UnrecordedAsync(SpendQuery query, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        if (!await UnrecordedSpend.IsKnownAsync(db, cancel)) return null;
        await dimensions.LoadAsync(cancel);
        var period = new SpendPeriod(query);
        var sums = await SumsAsync(db, query with { View = SpendView.Estimated }, period, cancel, RecordedSpend.InsideTraces);
        await new UnrecordedSpend(db, sums, period, reader, prices).AddAsync(cancel);
        return sums.Answer(await bill.AsOfAsync(db, cancel), null, 0);
    }

    private async Task<SpendSums> SumsAsync(LedgerDb db, SpendQuery query, SpendPeriod period, CancellationToken cancel, string series = "")
    {
        var words = new SpendWords(dimensions);
        var sums = new SpendSums(query, words);
        if (!sums.AsksWorkflow && !sums.Needed.Contains(SpendDimension.Service)) return sums;
        return new SpendSums(query, words)
        {
            Workflows = sums.AsksWorkflow ? await WorkflowShares.ReadAsync(db, period, cancel, series) : null,
            ServiceOfModel = await ServiceOfModelAsync(db, cancel),
        };
    }

    private static void Add(SpendSums sums, SpendPeriod period, IReadOnlyDictionary<DateOnly, DayHours.Profiles> profiles, LedgerMoney[] day)
    {
        if (day.Length == 0) return;
        var byHour = period.IsByHour(day[0].Day) ? profiles[day[0].Day] : null;
        var time = UtcTime.Start(day[0].Day);
        foreach (ref readonly var money in day.AsSpan())
        {
            if (byHour is not null) DayHours.Add(sums, period, byHour, money);
            else sums.AddMoney(time, money);
        }
    }

    /// <summary>The service under which a model was billed last.</summary>
    internal static async Task<Dictionary<int, int>> ServiceOfModelAsync(LedgerDb db, CancellationToken cancel)
    {
        var services = new Dictionary<int, int>();
        await StoredRows.ReadAsync(db, """
            SELECT "ModelId", "BilledServiceId", MAX("Day") FROM ledger_entry WHERE "ModelId" <> 0 AND "BilledServiceId" <> 0 GROUP BY 1, 2 ORDER BY 3, 2
            """, row => services[row.GetInt32(0)] = row.GetInt32(1), cancel);
        return services;
    }
}
