using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Writes the bill. Each day is replaced in a transaction of its own; reading the same again changes nothing but the read time.</summary>
public sealed class BillWriter(
    IDbContextFactory<LedgerDb> stores, Dimensions dimensions, WriteGate gate, LedgerChanges changes, EstimateFreezer freezer, AccountLabels labels)
{
    private const int LinesPerTransaction = 250;

    private static readonly string[] LineColumns =
    [
        "Day", "AccountId", "RegionId", "BilledServiceId", "UsageTypeId", "Category", "TagFeatureId", "TagSetId", "ResourceId", "PrincipalId",
        "AmountNanoUsd", "Quantity", "Unit", "IsPreliminary", "Feed",
    ];

    private bool _isCompiled;

    /// <summary>Replaces the days read, freezes the estimate before a day's first bill, marks changed days for the ledger build. Returns rows written.</summary>
    public async Task<int> ReplaceAsync(BilledDaysRead read, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await CompileQueriesAsync(cancel);
        var accounts = await CoveredAccountsAsync(read, cancel);
        var lines = read.Lines.ToLookup(l => l.Day);
        var outside = read.OutsideScope.ToLookup(o => o.Day);
        var firstBilled = await FirstBilledAsync(accounts, read, cancel);
        var written = 0;
        for (var day = read.From; day < read.To; day = day.AddDays(1))
        {
            var ofAccount = lines[day].ToLookup(l => l.AccountId);
            var outsideOf = outside[day].ToLookup(o => o.AccountId);
            foreach (var some in Batches(accounts, a => ofAccount[a].Count()))
            {
                var days = some.Select(a => new AccountDay(day, a, [.. ofAccount[a]], [.. outsideOf[a]], firstBilled.TryGetValue(a, out var first) && first <= day)).ToList();
                written += await ReplaceAsync(read, days, cancel);
            }
        }
        await labels.WriteAsync(read.AccountNames, cancel);
        changes.Say(LedgerPart.Costs);
        return written;
    }

    /// <param name="IsKnown">The account was billed on this day or before, so that a day without lines means "nothing was billed".</param>
    private sealed record AccountDay(
        DateOnly Day, string Account, IReadOnlyList<BilledLineRead> Lines, IReadOnlyList<OutsideScopeRead> Outside, bool IsKnown);

    private async Task<IReadOnlyList<string>> CoveredAccountsAsync(BilledDaysRead read, CancellationToken cancel)
    {
        var named = new SortedSet<string>(read.Accounts ?? [.. read.AccountNames.Keys], StringComparer.Ordinal);
        named.UnionWith(read.Lines.Select(l => l.AccountId));
        named.UnionWith(read.OutsideScope.Select(o => o.AccountId));
        if (named.Count > 0 && !read.CoversAll) return [.. named];
        await using var db = await stores.CreateDbContextAsync(cancel);
        var ids = await db.BilledLines.Where(l => l.Feed == read.Feed && l.Day >= read.From && l.Day < read.To)
            .Select(l => l.AccountId).Distinct().ToListAsync(cancel);
        named.UnionWith(ids.Select(dimensions.Name));
        return [.. named];
    }

    private async Task<Dictionary<string, DateOnly>> FirstBilledAsync(IReadOnlyList<string> accounts, BilledDaysRead read, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var first = new Dictionary<string, DateOnly>();
        foreach (var row in await db.BilledLines.GroupBy(l => l.AccountId).Select(g => new { g.Key, Day = g.Min(l => l.Day) }).ToListAsync(cancel))
            first[dimensions.Name(row.Key)] = row.Day;
        foreach (var group in read.Lines.GroupBy(l => l.AccountId))
        {
            var day = group.Min(l => l.Day);
            if (!first.TryGetValue(group.Key, out var known) || day < known) first[group.Key] = day;
        }
        return first.Where(f => accounts.Contains(f.Key)).ToDictionary();
    }

    private static IEnumerable<List<string>> Batches(IReadOnlyList<string> accounts, Func<string, int> lines)
    {
        var batch = new List<string>();
        var size = 0;
        foreach (var account in accounts)
        {
            var more = lines(account);
            if (batch.Count > 0 && size + more > LinesPerTransaction)
            {
                yield return batch;
                (batch, size) = ([], 0);
            }
            batch.Add(account);
            size += more;
        }
        if (batch.Count > 0) yield return batch;
    }

    private async Task<int> ReplaceAsync(BilledDaysRead read, List<AccountDay> days, CancellationToken cancel)
    {
        var estimate = await NeedsEstimateAsync(days, cancel) ? await freezer.ReadAsync(days[0].Day, cancel) : null;
        using var turn = await gate.EnterAsync(cancel);
        var added = new List<DimensionValue>();
        try
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var written = 0;
            foreach (var day in days) written += await ReplaceDayAsync(db, read, day, estimate, added, cancel);
            db.Dimensions.AddRange(added);
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
            return written;
        }
        catch
        {
            dimensions.Forget(added);
            throw;
        }
    }

    /// <summary>Whether a first bill arrives for any of these: only then the estimate is worth its reading.</summary>
    private async Task<bool> NeedsEstimateAsync(List<AccountDay> days, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var date = days[0].Day;
        var billed = await db.BilledLines.Where(l => l.Day == date).Select(l => l.AccountId).Distinct().ToListAsync(cancel);
        return days.Any(d => d.Lines.Count > 0 && !billed.Contains(dimensions.Find(DimensionKind.Account, d.Account)));
    }

    private async Task<int> ReplaceDayAsync(
        LedgerDb db, BilledDaysRead read, AccountDay day, DayEstimate? estimate, List<DimensionValue> added, CancellationToken cancel)
    {
        var account = dimensions.GetOrAdd(DimensionKind.Account, day.Account, added);
        var bill = BillOfDay.From(day.Lines, read.Feed, dimensions, added);
        var stored = await LinesAsync(db, day.Day, account, read.Feed, cancel);
        var ofOtherFeeds = await OfOthersAsync(db, day.Day, account, read.Feed, cancel);
        await ReplaceOutsideAsync(db, day, account, added, cancel);

        var state = await db.BilledDays.FindAsync([day.Day, account], cancel);
        if (state is null)
        {
            // A young day without lines has simply not arrived; an old one of a billed account is a bill of nothing.
            var isOld = DayState.IsOldEnough(day.Day, read.ReadAt);
            if (bill.Lines.Count == 0 && !(day.IsKnown && isOld)) return 0;
            state = new BilledDay { Day = day.Day, AccountId = account, FirstReadAt = read.ReadAt, LastReadAt = read.ReadAt, NeedsBuild = true };
            db.BilledDays.Add(state);
        }
        else
        {
            DayState.Read(state, read.ReadAt);
        }
        if (estimate is not null && stored.Count == 0 && bill.Lines.Count > 0 && state.Restatements == 0) await EstimateFreezer.FreezeAsync(db, state, estimate, read.ReadAt, cancel);

        var change = bill.CompareWith(stored);
        if (change != BillChange.None)
        {
            if (stored.Count > 0) await DeleteLinesAsync(db, day.Day, account, read.Feed, cancel);
            foreach (var line in bill.Lines) (line.Day, line.AccountId) = (day.Day, account);
            await StoredRows.InsertAsync(db, "billed_line", LineColumns, bill.Lines.Select(Values), cancel: cancel);
            if (change == BillChange.Amounts && stored.Count > 0) state.Restatements++;
            state.NeedsBuild = true;
        }
        state.AmountNanoUsd = ofOtherFeeds + bill.AmountNanoUsd;
        state.IsPreliminary = bill.Lines.Any(l => l.IsPreliminary);
        return bill.Lines.Count;
    }

    // The first run of a query compiles it, which takes longer than a turn may: they run once for no day, before the first turn.
    private async Task CompileQueriesAsync(CancellationToken cancel)
    {
        if (_isCompiled) return;
        await using var db = await stores.CreateDbContextAsync(cancel);
        await LinesAsync(db, default, 0, "", cancel);
        await OfOthersAsync(db, default, 0, "", cancel);
        await OutsideAsync(db, default, 0, cancel);
        await db.BilledDays.FindAsync([default(DateOnly), 0], cancel);
        _isCompiled = true;
    }

    private static Task<List<BilledLine>> LinesAsync(LedgerDb db, DateOnly day, int account, string feed, CancellationToken cancel) =>
        db.BilledLines.AsNoTracking().Where(l => l.Day == day && l.AccountId == account && l.Feed == feed).ToListAsync(cancel);

    private static Task<int> DeleteLinesAsync(LedgerDb db, DateOnly day, int account, string feed, CancellationToken cancel) =>
        db.BilledLines.Where(l => l.Day == day && l.AccountId == account && l.Feed == feed).ExecuteDeleteAsync(cancel);

    private static Task<long> OfOthersAsync(LedgerDb db, DateOnly day, int account, string feed, CancellationToken cancel) =>
        db.BilledLines.Where(l => l.Day == day && l.AccountId == account && l.Feed != feed).SumAsync(l => l.AmountNanoUsd, cancel);

    private static Task<List<OutsideScopeCost>> OutsideAsync(LedgerDb db, DateOnly day, int account, CancellationToken cancel) =>
        db.OutsideScopeCosts.Where(o => o.Day == day && o.AccountId == account).ToListAsync(cancel);

    private static object[] Values(BilledLine l) =>
    [
        l.Day.DayNumber, l.AccountId, l.RegionId, l.BilledServiceId, l.UsageTypeId, (int)l.Category, l.TagFeatureId, l.TagSetId, l.ResourceId, l.PrincipalId,
        l.AmountNanoUsd,
        l.Quantity is { } quantity ? quantity : DBNull.Value, l.Unit, l.IsPreliminary, l.Feed,
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
