using System.Globalization;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What a build did.</summary>
public sealed record LedgerBuildOutcome(int Days, int Entries, string Message);

/// <summary>Builds the ledger of days whose bill or calls changed (algorithms §4); closes days; checks the invariants after each.</summary>
public sealed class LedgerBuild(
    IDbContextFactory<LedgerDb> stores, Dimensions dimensions, WriteGate gate, LedgerChanges changes, LedgerDayReader reader,
    LedgerSwap swap, BillNames names, Prices.LearntRates rates, TimeProvider clock)
{
    // Part of every fingerprint: raise it when the rules change, and every day is built anew.
    private const string Rules = "3";
    // Days that were built with the extrapolation are other days; those without it keep the mark they always had.
    private const string Extrapolated = "s";
    // Tags and capacities of resources have no history: only young days follow them, or each new tag would rebuild years.
    private const int DaysFollowingTags = 45;
    private const int ClosingPerTurn = 250;

    /// <summary>Builds every day that needs it, one short transaction per day and account.</summary>
    /// <exception cref="LedgerInvariantException">A day's ledger does not prove its bill; its old entries stay.</exception>
    public async Task<LedgerBuildOutcome> BuildDueAsync(IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        var closed = await CloseAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var days = await db.BilledDays.AsNoTracking().GroupBy(b => b.Day).Select(g => new { Day = g.Key, NeedsBuild = g.Any(b => b.NeedsBuild) }).ToListAsync(cancel);
        if (days.Count == 0) return new LedgerBuildOutcome(0, 0, "No bill has been read yet.");
        var (first, last) = (days.Min(d => d.Day), days.Max(d => d.Day));
        var lookback = await UsageLookback.ReadAsync(db, first.AddDays(-31), last.AddDays(31), cancel);
        var rules = await RuleBook.ReadAsync(db, cancel);
        if (rules.Splits.Count > 0) await lookback.AddTaggedAsync(db, first.AddDays(-31), last.AddDays(31), cancel);
        var resources = await ResourceBook.ReadAsync(db, cancel);
        var numbers = reader.NamesWith(resources.Resources);
        var built = await BuiltDays.ReadAsync(db, cancel);
        var tags = numbers.FingerprintOf(resources.Resources) + resources.Fingerprint;
        var now = days.ToDictionary(d => d.Day, d => new DayPrint($"{Rules}{(reader.Extrapolates ? Extrapolated : "")}-{rules.Fingerprint(d.Day, reader.TagKeys)}",
            built.Prints.TryGetValue(d.Day, out var was) && d.Day < last.AddDays(-DaysFollowingTags) ? was.Owners : tags, lookback.Fingerprint(d.Day, rules.HasSplits(d.Day)), ""));
        var due = days.Where(d => d.NeedsBuild || !now[d.Day].SaysTheSameAs(built.Prints.GetValueOrDefault(d.Day))).Select(d => d.Day).Order().ToList();
        await names.LearnAsync(db, due, rules, cancel);
        var entries = 0;
        var done = 0;
        try
        {
            foreach (var day in due)
            {
                entries += await BuildAsync(day, lookback.Around(day, rules, numbers, resources), now[day], built, cancel);
                done++;
                progress?.Report((double)done / due.Count);
            }
        }
        finally
        {
            if (done > 0) await KeepAsync(built, CancellationToken.None);
            if (done > 0 || closed.Count > 0) changes.Say(LedgerPart.Costs);
        }
        var told = await AccuracyReport.ToldAsync(db, closed, cancel);
        return new LedgerBuildOutcome(done, entries, string.Create(CultureInfo.InvariantCulture,
            $"{done} {(done == 1 ? "day" : "days")} built, {entries} entries, {closed.Count} closed.{told}"));
    }

    private async Task<int> BuildAsync(DateOnly day, DaySurroundings around, DayPrint print, BuiltDays built, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var bill = await LedgerSwap.BillAsync(db, day, cancel);
        var inputs = await reader.ReadAsync(db, day, around, cancel);
        var result = LedgerDay.Build(inputs);
        await rates.WriteAsync(inputs, cancel);
        print = print with { Bill = DayPrint.Mark(string.Join('_', bill.OrderBy(b => b.Key).Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Key}-{b.Value.AmountNanoUsd}-{b.Value.LastId}")))) };
        var before = built.Prints.GetValueOrDefault(day);
        var settled = (await db.BilledDays.AsNoTracking().Where(b => b.Day == day && b.ClosedAt != null && b.BuiltAt != null).Select(b => b.AccountId).ToListAsync(cancel))
            .Where(a => !built.Closing.Contains((day, a))).ToHashSet();
        await swap.ReplaceAsync(day, bill, result.Billed, clock.GetUtcNow().UtcDateTime, a => settled.Contains(a) ? CauseOf(before, print) : null, cancel);
        built.Prints[day] = print;
        built.Closing.RemoveWhere(c => c.Day == day);
        return result.Billed.Count;
    }

    // The bill goes before: with it everything else moves.
    private static AdjustmentCause CauseOf(DayPrint? before, DayPrint now) =>
        before is null || before.Bill != now.Bill ? AdjustmentCause.Restated
        : before.Rules != now.Rules || before.Owners != now.Owners ? AdjustmentCause.Rules
        : AdjustmentCause.LateCalls;

    private async Task<IReadOnlyCollection<DateOnly>> CloseAsync(CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var closing = (await db.BilledDays.AsNoTracking().Where(b => b.ClosedAt == null).ToListAsync(cancel)).Where(DayState.MayClose).ToList();
        if (closing.Count == 0) return [];
        // A month of many accounts closes at once. What closes and its mark go together, so that none is without the other.
        foreach (var some in closing.Chunk(ClosingPerTurn))
        {
            using var turn = await gate.EnterAsync(cancel);
            var built = await BuiltDays.ReadAsync(db, cancel);
            foreach (var day in some)
            {
                db.BilledDays.Attach(day);
                day.ClosedAt = day.LastReadAt;
                day.NeedsBuild = true;
                built.Closing.Add((day.Day, day.AccountId));
            }
            await built.KeepAsync(db, cancel);
            await db.SaveChangesAsync(cancel);
            db.ChangeTracker.Clear();
        }
        return [.. closing.Select(d => d.Day).Distinct().Order()];
    }

    private async Task KeepAsync(BuiltDays built, CancellationToken cancel)
    {
        using var turn = await gate.EnterAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        await built.KeepAsync(db, cancel);
        await db.SaveChangesAsync(cancel);
    }
}
