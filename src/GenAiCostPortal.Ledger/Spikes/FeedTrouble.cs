using System.Globalization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>Whether feeds failed or calls stopped altogether in a time: the first thing to look at when usage drops.</summary>
public sealed class FeedTrouble(IDbContextFactory<LedgerDb> stores)
{
    /// <summary>In words; empty when every feed was well.</summary>
    public async Task<string> DuringAsync(DateTime from, DateTime to, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var (first, end) = (UtcTime.ToUnixSeconds(from), UtcTime.ToUnixSeconds(to));
        var calls = await StoredRows.NumberAsync(db, string.Create(CultureInfo.InvariantCulture,
            $"SELECT SUM(\"Calls\") FROM cost_rollup WHERE \"Span\" = 1 AND \"SlotUnixSeconds\" >= {first} AND \"SlotUnixSeconds\" < {end}"), cancel) ?? 0;
        var said = calls == 0 ? "No call of any feature arrived in this time: look at the OTLP receiver and its senders first." : "";
        string[] bringCalls = ["XRay", "InvocationLogs", "AthenaLogs", "CloudWatch"];
        var failed = await db.FeedRuns.AsNoTracking().Where(r => bringCalls.Contains(r.Feed) && r.Start >= from && r.Start < to.AddHours(3))
            .GroupBy(r => r.Feed).Select(g => new { Feed = g.Key, Failed = g.Count(r => r.Outcome == FeedOutcome.Failed || r.Outcome == FeedOutcome.Partial), All = g.Count() }).ToListAsync(cancel);
        foreach (var feed in failed.Where(f => f.Failed * 2 > f.All)) said += $"{(said.Length > 0 ? " " : "")}The feed {feed.Feed} failed in this time: {feed.Failed} of {feed.All} runs.";
        return said;
    }
}
