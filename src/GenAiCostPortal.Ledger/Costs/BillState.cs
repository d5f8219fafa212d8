using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>How far the bill has come and when anything was last heard.</summary>
public sealed class BillState(OpenDays openDays, TimeProvider clock)
{
    // More than this missing, and a day's bill has not wholly arrived.
    private const decimal MissingShare = 0.02m;
    private const int DaysLookedBack = 7;

    /// <summary>The last read of a bill or the last call, whichever came later.</summary>
    internal async Task<DateTime> AsOfAsync(LedgerDb db, CancellationToken cancel)
    {
        var read = await StoredRows.NumberAsync(db, "SELECT MAX(\"LastReadAt\") FROM billed_day", cancel);
        var call = await StoredRows.NumberAsync(db, "SELECT MAX(\"StartUnixMs\") FROM call", cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        if (read is null && call is null) return now;
        var last = UtcTime.FromUnixMs(Math.Max(read ?? long.MinValue, call ?? long.MinValue));
        return last < now ? last : now;
    }

    /// <summary>The last day for which every account has its bill; an open day of which a part is still missing does not count.</summary>
    internal async Task<DateOnly?> BilledThroughAsync(LedgerDb db, CancellationToken cancel)
    {
        var accounts = await db.BilledDays.GroupBy(b => b.AccountId).Select(g => new { Day = g.Max(b => b.Day), ReadAt = g.Max(b => b.LastReadAt) }).ToListAsync(cancel);
        if (accounts.Count == 0) return null;
        // An account that no read mentions any more (closed, moved away) must not hold the date back for ever.
        var lately = accounts.Max(a => a.ReadAt).AddDays(-DaysLookedBack);
        var through = accounts.Where(a => a.ReadAt >= lately).Min(a => a.Day);
        for (var i = 0; i < DaysLookedBack; i++)
        {
            if (!await IsPartlyMissingAsync(db, through, cancel)) return through;
            through = through.AddDays(-1);
        }
        return through;
    }

    private async Task<bool> IsPartlyMissingAsync(LedgerDb db, DateOnly day, CancellationToken cancel)
    {
        var accounts = await db.BilledDays.AsNoTracking().Where(b => b.Day == day).ToListAsync(cancel);
        if (accounts.Count == 0 || accounts.All(a => a.ClosedAt is not null)) return false;
        var billed = accounts.Select(a => a.AccountId).ToHashSet();
        long missing = 0;
        foreach (var money in (await openDays.EstimateAsync(db, [day], cancel))[0])
            if (billed.Contains(money.Key[(int)SpendDimension.Account])) missing += money.NanoUsd;
        return missing > MissingShare * (missing + accounts.Sum(a => a.AmountNanoUsd));
    }

    /// <summary>What the payer spent outside the GenAI scope on the days of a period.</summary>
    internal static async Task<long> OutsideAsync(LedgerDb db, SpendPeriod period, CancellationToken cancel) =>
        await db.OutsideScopeCosts.Where(o => o.Day >= period.FirstDay && o.Day <= period.LastDay).SumAsync(o => o.AmountNanoUsd, cancel);
}
