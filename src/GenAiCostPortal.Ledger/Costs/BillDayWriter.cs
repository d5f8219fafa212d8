using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What a feed read of one day and account.</summary>
/// <param name="IsKnown">The account was billed on this day or before, so that a day without lines means "nothing was billed".</param>
internal sealed record AccountDay(
    DateOnly Day, string Account, IReadOnlyList<BilledLineRead> Lines, IReadOnlyList<OutsideScopeRead> Outside, bool IsKnown);

/// <summary>Replaces one day of one account, in the caller's turn and transaction.</summary>
internal sealed class BillDayWriter(Dimensions dimensions)
{
    private static readonly string[] LineColumns =
    [
        "Day", "AccountId", "RegionId", "BilledServiceId", "UsageTypeId", "Category", "TagFeatureId", "TagSetId", "ResourceId", "PrincipalId",
        "AmountNanoUsd", "Quantity", "Unit", "IsPreliminary", "Feed",
    ];

    /// <param name="said">What feeds said of this day so far, tracked by <paramref name="db"/>.</param>
    /// <param name="estimate">Set where a first bill may arrive.</param>
    /// <returns>Lines written.</returns>
    public async Task<int> ReplaceAsync(
        LedgerDb db, BilledDaysRead read, AccountDay day, IReadOnlyList<BillOfFeed> said, DayEstimate? estimate, List<DimensionValue> added, CancellationToken cancel)
    {
        var account = dimensions.GetOrAdd(DimensionKind.Account, day.Account, added);
        var ofAccount = said.Where(s => s.AccountId == account).ToList();
        var own = ofAccount.Find(s => s.Feed == read.Feed);
        var isBeaten = ofAccount.Exists(s => s.IsBill && BillFeeds.Rank(s.Feed) > BillFeeds.Rank(read.Feed));
        if (isBeaten || (read.IncompleteDays.Contains(day.Day) && own is not { IsBill: true }))
        {
            if (isBeaten || day.Lines.Count > 0) Say(db, own, read, day, account, day.Lines.Sum(l => Money.ToNanoUsd(l.AmountUsd)), day.Lines.Count, isBill: false);
            return 0;
        }

        var bill = BillOfDay.From(day.Lines, read.Feed, dimensions, added);
        var stored = await LinesAsync(db, day.Day, account, read.Feed, cancel);
        var others = await OfOthersAsync(db, day.Day, account, read.Feed, cancel);
        var beaten = others.Where(o => BillFeeds.Rank(o.Feed) < BillFeeds.Rank(read.Feed)).ToList();
        await ReplaceOutsideAsync(db, day, account, added, cancel);
        foreach (var other in ofAccount.Where(s => BillFeeds.Rank(s.Feed) < BillFeeds.Rank(read.Feed))) other.IsBill = false;
        foreach (var (feed, amount, lines) in beaten)
        {
            await DeleteLinesAsync(db, day.Day, account, feed, cancel);
            // Stores older than this table have lines without a word of what the feed said.
            if (!ofAccount.Exists(s => s.Feed == feed))
                db.BillsOfFeeds.Add(new BillOfFeed { Day = day.Day, AccountId = account, Feed = feed, AmountNanoUsd = amount, Lines = lines, ReadAt = read.ReadAt });
        }

        var state = await db.BilledDays.FindAsync([day.Day, account], cancel);
        if (state is null)
        {
            // A young day without lines has simply not arrived; an old one of a billed account is a bill of nothing.
            if (bill.Lines.Count == 0 && !(day.IsKnown && DayState.IsOldEnough(day.Day, read.ReadAt)))
            {
                if (BillFeeds.IsExport(read.Feed)) Say(db, own, read, day, account, 0, 0, isBill: true);
                return 0;
            }
            state = new BilledDay { Day = day.Day, AccountId = account, FirstReadAt = read.ReadAt, LastReadAt = read.ReadAt, NeedsBuild = true };
            db.BilledDays.Add(state);
        }
        else
        {
            DayState.Read(state, read.ReadAt);
        }
        var isFirst = stored.Count == 0 && beaten.Count == 0 && bill.Lines.Count > 0;
        if (estimate is not null && isFirst && state.Restatements == 0) await EstimateFreezer.FreezeAsync(db, state, estimate, read.ReadAt, cancel);

        var change = bill.CompareWith(stored);
        if (change != BillChange.None)
        {
            if (stored.Count > 0) await DeleteLinesAsync(db, day.Day, account, read.Feed, cancel);
            foreach (var line in bill.Lines) (line.Day, line.AccountId) = (day.Day, account);
            await StoredRows.InsertAsync(db, "billed_line", LineColumns, bill.Lines.Select(Values), cancel: cancel);
        }
        if (change != BillChange.None || beaten.Count > 0) state.NeedsBuild = true;
        // The same money in finer lines is no restatement.
        if (beaten.Count > 0 ? beaten.Sum(b => b.AmountNanoUsd) != bill.AmountNanoUsd : change == BillChange.Amounts && stored.Count > 0) state.Restatements++;
        state.AmountNanoUsd = others.Except(beaten).Sum(o => o.AmountNanoUsd) + bill.AmountNanoUsd;
        state.IsPreliminary = bill.Lines.Any(l => l.IsPreliminary);
        Say(db, own, read, day, account, bill.AmountNanoUsd, bill.Lines.Count, isBill: true);
        return bill.Lines.Count;
    }

    /// <summary>Runs each query once for no day: a first run compiles it, which takes longer than a turn may.</summary>
    public static async Task CompileQueriesAsync(LedgerDb db, CancellationToken cancel)
    {
        await SaidAsync(db, default, cancel);
        await LinesAsync(db, default, 0, "", cancel);
        await OfOthersAsync(db, default, 0, "", cancel);
        await OutsideAsync(db, default, 0, cancel);
        await db.BilledDays.FindAsync([default(DateOnly), 0], cancel);
    }

    /// <summary>What feeds said of a day, of every account.</summary>
    public static Task<List<BillOfFeed>> SaidAsync(LedgerDb db, DateOnly day, CancellationToken cancel) =>
        db.BillsOfFeeds.Where(s => s.Day == day).ToListAsync(cancel);

    private static void Say(LedgerDb db, BillOfFeed? own, BilledDaysRead read, AccountDay day, int account, long amount, int lines, bool isBill)
    {
        if (own is null) db.BillsOfFeeds.Add(own = new BillOfFeed { Day = day.Day, AccountId = account, Feed = read.Feed });
        (own.AmountNanoUsd, own.Lines, own.ReadAt, own.IsBill) = (amount, lines, read.ReadAt, isBill);
    }

    private static Task<List<BilledLine>> LinesAsync(LedgerDb db, DateOnly day, int account, string feed, CancellationToken cancel) =>
        db.BilledLines.AsNoTracking().Where(l => l.Day == day && l.AccountId == account && l.Feed == feed).ToListAsync(cancel);

    private static Task<int> DeleteLinesAsync(LedgerDb db, DateOnly day, int account, string feed, CancellationToken cancel) =>
        db.BilledLines.Where(l => l.Day == day && l.AccountId == account && l.Feed == feed).ExecuteDeleteAsync(cancel);

    private static async Task<List<(string Feed, long AmountNanoUsd, int Lines)>> OfOthersAsync(LedgerDb db, DateOnly day, int account, string feed, CancellationToken cancel) =>
        [.. (await db.BilledLines.Where(l => l.Day == day && l.AccountId == account && l.Feed != feed).GroupBy(l => l.Feed)
            .Select(g => new { Feed = g.Key, Amount = g.Sum(l => l.AmountNanoUsd), Lines = g.Count() }).ToListAsync(cancel))
            .Select(g => (g.Feed, g.Amount, g.Lines))];

    private static Task<List<OutsideScopeCost>> OutsideAsync(LedgerDb db, DateOnly day, int account, CancellationToken cancel) =>
        db.OutsideScopeCosts.Where(o => o.Day == day && o.AccountId == account).ToListAsync(cancel);

    private static object[] Values(BilledLine l) =>
    [
        l.Day.DayNumber, l.AccountId, l.RegionId, l.BilledServiceId, l.UsageTypeId, (int)l.Category, l.TagFeatureId, l.TagSetId, l.ResourceId, l.PrincipalId,
        l.AmountNanoUsd, l.Quantity is { } quantity ? quantity : DBNull.Value, l.Unit, l.IsPreliminary, l.Feed,
    ];

    private async Task ReplaceOutsideAsync(LedgerDb db, AccountDay day, int account, List<DimensionValue> added, CancellationToken cancel)
    {
        var sums = new Dictionary<int, long>();
        foreach (var cost in day.Outside)
        {
            var service = dimensions.GetOrAdd(DimensionKind.BilledService, cost.Service, added);
            sums[service] = sums.GetValueOrDefault(service) + Money.ToNanoUsd(cost.AmountUsd);
        }
        foreach (var stored in await OutsideAsync(db, day.Day, account, cancel))
        {
            if (sums.Remove(stored.BilledServiceId, out var amount)) stored.AmountNanoUsd = amount;
            else db.OutsideScopeCosts.Remove(stored);
        }
        foreach (var (service, amount) in sums)
            db.OutsideScopeCosts.Add(new OutsideScopeCost { Day = day.Day, AccountId = account, BilledServiceId = service, AmountNanoUsd = amount });
    }
}
