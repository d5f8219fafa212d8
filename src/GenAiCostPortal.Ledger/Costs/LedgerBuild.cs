using System.Globalization;
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
    private const string Rules = "2";
    private const string InputsFact = "ledger.inputs";

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
        var built = await FingerprintsAsync(db, cancel);
        var now = days.ToDictionary(d => d.Day, d => $"{Rules}.{rules.Fingerprint(d.Day, reader.TagKeys)}.{lookback.Fingerprint(d.Day, rules.HasSplits(d.Day))}");
        var due = days.Where(d => d.NeedsBuild || built.GetValueOrDefault(d.Day) != now[d.Day]).Select(d => d.Day).Order().ToList();
        await names.LearnAsync(db, due, rules, cancel);
        var numbers = reader.Names;
        var entries = 0;
        var done = 0;
        try
        {
            foreach (var day in due)
            {
                entries += await BuildAsync(day, lookback.Around(day, rules, numbers), cancel);
                built[day] = now[day];
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

    private async Task<int> BuildAsync(DateOnly day, DaySurroundings around, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var bill = await LedgerSwap.BillAsync(db, day, cancel);
        var inputs = await reader.ReadAsync(db, day, around, cancel);
        var result = LedgerDay.Build(inputs);
        await rates.WriteAsync(inputs, cancel);
        await swap.ReplaceAsync(day, bill, result.Billed, clock.GetUtcNow().UtcDateTime, cancel);
        return result.Billed.Count;
    }

    private async Task<IReadOnlyCollection<DateOnly>> CloseAsync(CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var closing = (await db.BilledDays.AsNoTracking().Where(b => b.ClosedAt == null).ToListAsync(cancel)).Where(DayState.MayClose).ToList();
        if (closing.Count == 0) return [];
        using var turn = await gate.EnterAsync(cancel);
        foreach (var day in closing)
        {
            db.BilledDays.Attach(day);
            day.ClosedAt = day.LastReadAt;
            day.NeedsBuild = true;
        }
        await db.SaveChangesAsync(cancel);
        return [.. closing.Select(d => d.Day).Distinct().Order()];
    }

    private static async Task<Dictionary<DateOnly, string>> FingerprintsAsync(LedgerDb db, CancellationToken cancel)
    {
        var fact = await db.Facts.AsNoTracking().FirstOrDefaultAsync(f => f.Name == InputsFact, cancel);
        return (fact?.Value ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split(':'))
            .ToDictionary(p => DateOnly.FromDayNumber(int.Parse(p[0], CultureInfo.InvariantCulture)), p => p[1]);
    }

    private async Task KeepAsync(Dictionary<DateOnly, string> built, CancellationToken cancel)
    {
        var text = string.Join(';', built.OrderBy(b => b.Key).Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Key.DayNumber}:{b.Value}")));
        using var turn = await gate.EnterAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        if (await db.Facts.FindAsync([InputsFact], cancel) is { } fact) fact.Value = text;
        else db.Facts.Add(new Access.StoreFact { Name = InputsFact, Value = text });
        await db.SaveChangesAsync(cancel);
    }
}
