using System.Data.Common;
using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>
/// Does what was ordered: hours are priced from their own tokens, days are the sums of their hours. Some series of a day at a time,
/// each turn of the gate a small transaction; a run that was interrupted goes on at the day it had reached, and doing a day twice
/// changes nothing. Stored calls and traces keep the price they were given.
/// </summary>
public sealed class RepricingRun(IDbContextFactory<LedgerDb> stores, WriteGate gate, Dimensions dimensions, PriceFinder prices, TraceWriter writer, LedgerChanges changes, TimeProvider clock)
{
    private const int SeriesPerTurn = 60, RowsPerTurn = 400;

    private static readonly string[] Columns =
    [
        "RepricingId", "Day", "AccountId", "RegionId", "ModelId", "Tier", "Scope", "Band", "FromPriceId", "ToPriceId", "Calls", "Tokens", "BeforeNanoUsd", "AfterNanoUsd",
    ];

    /// <summary>Finishes every order, oldest first. Answers what was done, a sentence each.</summary>
    public async Task<IReadOnlyList<string>> RunDueAsync(IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        if (prices.LoadedAt is null) await prices.LoadAsync(cancel);
        var done = new List<string>();
        while (await NextAsync(cancel) is { } repricing) done.Add(await FinishAsync(repricing, progress, cancel));
        return done;
    }

    private async Task<Repricing?> NextAsync(CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.Repricings.AsNoTracking().Where(r => r.State != RepricingState.Done && r.State != RepricingState.Undone).OrderBy(r => r.Id).FirstOrDefaultAsync(cancel);
    }

    private async Task<string> FinishAsync(Repricing repricing, IProgress<double>? progress, CancellationToken cancel)
    {
        if (repricing.State == RepricingState.Waiting) await PrepareAsync(repricing, cancel);
        await prices.LoadAsync(cancel);
        using (await gate.EnterAsync(cancel)) writer.ForgetCells();
        List<DateOnly> days;
        Dictionary<int, CostKey> series;
        await using (var db = await stores.CreateDbContextAsync(cancel))
        {
            days = await db.RepricedUsages.Where(u => u.RepricingId == repricing.Id).Select(u => u.Day).Distinct().ToListAsync(cancel);
            series = await UsageOfDay.SeriesAsync(db, cancel);
        }
        days.Sort();
        for (var i = 0; i < days.Count; i++)
        {
            if (days[i] < repricing.NextDay) continue;
            await PriceAsync(repricing.Id, days[i], series, cancel);
            await KeepAsync(repricing.Id, r => r.NextDay = days[i].AddDays(1), cancel);
            progress?.Report((i + 1.0) / days.Count);
            changes.Say(LedgerPart.Prices);
        }
        var isUndone = repricing.State == RepricingState.Undoing;
        await KeepAsync(repricing.Id, r => (r.State, r.EndedAt) = (isUndone ? RepricingState.Undone : RepricingState.Done, clock.GetUtcNow().UtcDateTime), cancel);
        foreach (var part in (LedgerPart[])[LedgerPart.Prices, LedgerPart.Costs, LedgerPart.Usage]) changes.Say(part);
        return isUndone ? $"Re-pricing {repricing.Id} undone: {repricing.Calls} calls on {days.Count} days have the cost they had before."
            : string.Create(CultureInfo.InvariantCulture, $"Re-pricing {repricing.Id}: {repricing.Calls} calls on {days.Count} days, ${Costs.Money.ToUsd(repricing.BeforeNanoUsd):#,0.00} is now ${Costs.Money.ToUsd(repricing.AfterNanoUsd):#,0.00}.");
    }

    /// <summary>Keeps what stands for what; until the last of it is stored, nothing of it holds.</summary>
    private async Task PrepareAsync(Repricing repricing, CancellationToken cancel)
    {
        var plan = new RepricingPlan(new RepricingAsk(repricing.Operation, repricing.FirstDay, repricing.LastDay.AddDays(1), repricing.PriceId, repricing.FromPriceId), prices, dimensions);
        await using var db = await stores.CreateDbContextAsync(cancel);
        await plan.ReadAsync(db, null, cancel);
        while (await db.RepricedUsages.AsNoTracking().Where(u => u.RepricingId == repricing.Id).OrderBy(u => u.Id).Select(u => u.Id).Take(RowsPerTurn).ToListAsync(cancel) is { Count: > 0 } left)
            using (await gate.EnterAsync(cancel)) await db.RepricedUsages.Where(u => left.Contains(u.Id)).ExecuteDeleteAsync(cancel);
        var filled = plan.Usages.Select(u => u.To).Where(p => p.Id == 0).Distinct().ToList();
        if (filled.Count > 0)
        {
            db.Prices.AddRange(filled);
            using (await gate.EnterAsync(cancel)) await db.SaveChangesAsync(cancel);
        }
        foreach (var some in plan.Usages.Chunk(RowsPerTurn))
        {
            using var turn = await gate.EnterAsync(cancel);
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            await StoredRows.InsertAsync(db, "repriced_usage", Columns, some.Select(u => Values(repricing.Id, u)), cancel: cancel);
            await transaction.CommitAsync(cancel);
        }
        var usages = plan.Usages.ConvertAll(u => u.Usage);
        (repricing.State, repricing.NextDay, repricing.Days) = (RepricingState.Running, repricing.FirstDay, usages.Select(u => u.Day).Distinct().Count());
        (repricing.Calls, repricing.Tokens) = (usages.Sum(u => u.Calls), usages.Sum(u => u.Tokens));
        (repricing.BeforeNanoUsd, repricing.AfterNanoUsd) = (usages.Sum(u => u.BeforeNanoUsd), usages.Sum(u => u.AfterNanoUsd));
        await KeepAsync(repricing.Id, r =>
        {
            (r.State, r.NextDay, r.Days, r.Calls, r.Tokens) = (repricing.State, repricing.NextDay, repricing.Days, repricing.Calls, repricing.Tokens);
            (r.BeforeNanoUsd, r.AfterNanoUsd) = (repricing.BeforeNanoUsd, repricing.AfterNanoUsd);
        }, cancel);
    }

    private async Task PriceAsync(int id, DateOnly day, Dictionary<int, CostKey> series, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var keys = (await db.RepricedUsages.AsNoTracking().Where(u => u.RepricingId == id && u.Day == day).ToListAsync(cancel))
            .Select(u => (u.AccountId, u.RegionId, u.ModelId, (int)u.Tier, (int)u.Scope, (int)u.Band)).ToHashSet();
        var touched = series.Where(s => keys.Contains(RepricingPlan.KeyOf(s.Value))).Select(s => s.Key).Order().ToArray();
        foreach (var some in touched.Chunk(SeriesPerTurn))
        {
            using var turn = await gate.EnterAsync(cancel);
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            await using var put = new SlotUpdate(db);
            foreach (var of in await UsageOfDay.ReadAsync(db, day, series, some, cancel))
            {
                var price = prices.EffectiveId(of.Key, day.DayNumber);
                foreach (var slot in of.At(prices.ById(price), price))
                    if (!of.Hours.Contains(slot) && of.Day != slot) await put.RunAsync(slot, of.SeriesId, cancel);
            }
            await transaction.CommitAsync(cancel);
            writer.ForgetCells();
        }
    }

    private async Task KeepAsync(int id, Action<Repricing> change, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        using var turn = await gate.EnterAsync(cancel);
        change(await db.Repricings.SingleAsync(r => r.Id == id, cancel));
        await db.SaveChangesAsync(cancel);
    }

    private static object[] Values(int id, PlannedUsage planned)
    {
        var u = planned.Usage;
        return [id, u.Day.DayNumber, u.AccountId, u.RegionId, u.ModelId, (int)u.Tier, (int)u.Scope, (int)u.Band, u.FromPriceId, planned.To.Id, u.Calls, u.Tokens, u.BeforeNanoUsd, u.AfterNanoUsd];
    }

    /// <summary>One prepared statement for all slots of a transaction.</summary>
    private sealed class SlotUpdate : IAsyncDisposable
    {
        private static readonly string[] Names = ["cost", "unpriced", "without", "repriced", "span", "slot", "series"];
        private readonly DbCommand _command;

        public SlotUpdate(LedgerDb db)
        {
            _command = db.Database.GetDbConnection().CreateCommand();
            _command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
            _command.CommandText = """
                UPDATE cost_rollup SET "EstimatedCostNanoUsd" = @cost, "UnpricedTokens" = @unpriced, "CallsWithoutCost" = @without, "RepricedId" = @repriced
                WHERE "Span" = @span AND "SlotUnixSeconds" = @slot AND "SeriesId" = @series
                """;
            foreach (var name in Names)
            {
                var parameter = _command.CreateParameter();
                parameter.ParameterName = "@" + name;
                _command.Parameters.Add(parameter);
            }
        }

        public Task RunAsync(PricedSlot slot, int series, CancellationToken cancel)
        {
            object[] values = [slot.CostNanoUsd, slot.UnpricedTokens, slot.CallsWithoutCost, slot.RepricedId, (int)slot.Span, slot.SlotUnixSeconds, series];
            for (var i = 0; i < values.Length; i++) _command.Parameters[i].Value = values[i];
            return _command.ExecuteNonQueryAsync(cancel);
        }

        public ValueTask DisposeAsync() => _command.DisposeAsync();
    }
}
