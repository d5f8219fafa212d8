using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Writes the bill. Each day is replaced in a transaction of its own; reading the same again changes nothing but the read time.</summary>
public sealed class BillWriter(
    IDbContextFactory<LedgerDb> stores, Dimensions dimensions, WriteGate gate, LedgerChanges changes, EstimateFreezer freezer, AccountLabels labels)
{
    // Looking at an account that has nothing new takes as long as writing some lines.
    private const int LinesPerTransaction = 250, LinesAnAccountIsWorth = 10, DaysPerTransaction = 100;

    private readonly BillDayWriter _days = new(dimensions);
    private bool _isCompiled;

    /// <summary>First day of which a feed's lines are stored; null without any.</summary>
    public async Task<DateOnly?> FirstDayAsync(string feed, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.BilledLines.Where(l => l.Feed == feed).OrderBy(l => l.Day).Select(l => (DateOnly?)l.Day).FirstOrDefaultAsync(cancel);
    }

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
            DayEstimate? estimate = null;
            var billed = await BilledAccountsAsync(day, cancel);
            var ofAccount = lines[day].ToLookup(l => l.AccountId);
            var outsideOf = outside[day].ToLookup(o => o.AccountId);
            foreach (var some in Batches(accounts, a => ofAccount[a].Count()))
            {
                var days = some.Select(a => new AccountDay(day, a, [.. ofAccount[a]], [.. outsideOf[a]], firstBilled.TryGetValue(a, out var first) && first <= day)).ToList();
                // A first bill may arrive; the estimate looks at no bill, so one reading serves all accounts of the day.
                var isFirst = days.Any(d => d.Lines.Count > 0 && !billed.Contains(dimensions.Find(DimensionKind.Account, d.Account)));
                if (isFirst) estimate ??= await freezer.ReadAsync(day, cancel);
                written += await ReplaceAsync(read, days, isFirst ? estimate : null, cancel);
            }
        }
        await labels.WriteAsync(read.AccountNames, cancel);
        changes.Say(LedgerPart.Costs);
        return written;
    }

    /// <summary>
    /// The feed was asked again and has nothing new: that counts as a read of its open days, which is what lets them close. Returns how many.
    /// </summary>
    /// <param name="to">Exclusive.</param>
    public async Task<int> ConfirmAsync(string feed, DateOnly from, DateOnly to, DateTime readAt, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var open = await db.BilledDays.AsNoTracking().Where(b => b.Day >= from && b.Day < to && b.ClosedAt == null && b.LastReadAt < readAt
            && db.BillsOfFeeds.Any(s => s.Day == b.Day && s.AccountId == b.AccountId && s.Feed == feed && s.IsBill)).Select(b => new { b.Day, b.AccountId }).ToListAsync(cancel);
        foreach (var some in open.Chunk(DaysPerTransaction))
        {
            using var turn = await gate.EnterAsync(cancel);
            await using var own = await stores.CreateDbContextAsync(cancel);
            foreach (var key in some)
                if (await own.BilledDays.FindAsync([key.Day, key.AccountId], cancel) is { ClosedAt: null } state) DayState.Read(state, readAt);
            await own.SaveChangesAsync(cancel);
        }
        return open.Count;
    }

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
        foreach (var row in await db.BilledDays.GroupBy(l => l.AccountId).Select(g => new { g.Key, Day = g.Min(l => l.Day) }).ToListAsync(cancel))
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
            var more = lines(account) + LinesAnAccountIsWorth;
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

    private async Task<int> ReplaceAsync(BilledDaysRead read, List<AccountDay> days, DayEstimate? estimate, CancellationToken cancel)
    {
        using var turn = await gate.EnterAsync(cancel);
        var added = new List<DimensionValue>();
        try
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var written = 0;
            var said = await BillDayWriter.SaidAsync(db, days[0].Day, cancel);
            foreach (var day in days) written += await _days.ReplaceAsync(db, read, day, said, estimate, added, cancel);
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

    private async Task<HashSet<int>> BilledAccountsAsync(DateOnly day, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return [.. await db.BilledLines.Where(l => l.Day == day).Select(l => l.AccountId).Distinct().ToListAsync(cancel)];
    }

    // The first run of a query compiles it, which takes longer than a turn may: they run once for no day, before the first turn.
    private async Task CompileQueriesAsync(CancellationToken cancel)
    {
        if (_isCompiled) return;
        await using var db = await stores.CreateDbContextAsync(cancel);
        await BillDayWriter.CompileQueriesAsync(db, cancel);
        _isCompiled = true;
    }
}
