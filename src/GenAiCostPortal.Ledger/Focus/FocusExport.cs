using System.Runtime.CompilerServices;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Focus;

/// <summary>
/// The ledger as FOCUS 1.2: only billed money, one row per part and line of the bill that it came from. Read by day and account,
/// so that a long period takes no more memory than the largest of these.
/// </summary>
public sealed class FocusExport(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, BillTrailReport trail, OwnerKeys owners)
{
    /// <summary>What an amount is called while its day waits for the ledger: billed, not yet given to anyone.</summary>
    public const string NotBuiltYet = "NotBuiltYet";

    /// <summary>Rows of a period, <paramref name="to"/> exclusive; with a filter those of its owners, accounts, models ….</summary>
    public async IAsyncEnumerable<FocusRow> ReadAsync(DateOnly from, DateOnly to, SpendFilter filter, FocusBilling billing, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var rules = await DecidingRules.ReadAsync(db, cancel);
        var wanted = new LedgerFilter(filter, dimensions);
        var values = new FocusValues(dimensions, rules, billing, owners.TagKeys.Feature);
        for (var day = from; day < to; day = day.AddDays(1))
        {
            // A cell lies in one account, so an account's part of a day is the least that must be held.
            foreach (var account in await AccountsAsync(db, day, cancel))
            {
                var (date, id) = (day, account);
                var lines = await db.BilledLines.AsNoTracking().Where(l => l.Day == date && l.AccountId == id).OrderBy(l => l.Id).ToListAsync(cancel);
                var entries = await db.LedgerEntries.AsNoTracking().Where(e => e.Day == date && e.AccountId == id).OrderBy(e => e.Id).ToListAsync(cancel);
                var linesOf = lines.ToLookup(l => BillCellKey.Of(l, trail.RegionOf(l)));
                var partsOf = entries.ToLookup(BillCellKey.Of);
                foreach (var key in linesOf.Select(g => g.Key).Union(partsOf.Select(g => g.Key)))
                    foreach (var row in Rows(date, [.. linesOf[key]], [.. partsOf[key]], wanted, values))
                        yield return row;
            }
        }
    }

    private static async Task<List<int>> AccountsAsync(LedgerDb db, DateOnly day, CancellationToken cancel)
    {
        var accounts = await db.BilledLines.Where(l => l.Day == day).Select(l => l.AccountId).Union(db.LedgerEntries.Where(e => e.Day == day).Select(e => e.AccountId)).ToListAsync(cancel);
        accounts.Sort();
        return accounts;
    }

    private static IEnumerable<FocusRow> Rows(DateOnly day, List<BilledLine> lines, List<LedgerEntry> parts, LedgerFilter wanted, FocusValues values)
    {
        var origins = OriginSplit.Of([.. lines.Select(l => (l.AmountNanoUsd, l.TagFeatureId))],
            [.. parts.Select(p => (p.AmountNanoUsd, p.Method == AllocationMethod.Tag ? p.FeatureId : 0))]);
        if (origins is null)
        {
            // Restated and not built again: the bill is the truth, and it has no owner yet.
            if (wanted.IsOpen) foreach (var line in lines) yield return values.Row(day, line, null, line.AmountNanoUsd, 1, true);
            yield break;
        }
        foreach (var origin in origins)
        {
            var (line, part) = (lines[origin.Line], parts[origin.Part]);
            if (!wanted.Wants(part)) continue;
            yield return values.Row(day, line, part, origin.NanoUsd, ShareOf(origin, origins, line), origin.IsExact);
        }
    }

    /// <summary>The row's share of its line's quantity; of a free line the first row has it all.</summary>
    private static decimal ShareOf(Origin origin, IReadOnlyList<Origin> all, BilledLine line) =>
        line.AmountNanoUsd != 0 ? (decimal)origin.NanoUsd / line.AmountNanoUsd : all.First(o => o.Line == origin.Line) == origin ? 1 : 0;
}
