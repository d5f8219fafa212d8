using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Feeds;

/// <summary>The one report of the feeds: Sources, the API and the freshness of every page ask it.</summary>
public sealed class FeedReport(IDbContextFactory<LedgerDb> stores, FeedPlans plans, FeedCoverage coverage, TimeProvider time)
{
    private static readonly TimeSpan SilentAfter = TimeSpan.FromMinutes(5);

    /// <summary>Every feed, OTLP first.</summary>
    public async Task<IReadOnlyList<FeedState>> ReadAsync(CancellationToken cancel = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await stores.CreateDbContextAsync(cancel);
        var month = new DateTime(now.Year, now.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        var sums = await db.FeedRuns.Where(r => r.Start >= month).GroupBy(r => new { r.Feed, r.Connection })
            .Select(g => new { g.Key, Rows = g.Sum(r => r.Rows), Requests = g.Sum(r => r.Requests), Cost = g.Sum(r => r.RequestCostNanoUsd) })
            .ToDictionaryAsync(g => (g.Key.Feed, g.Key.Connection), cancel);
        var lastIds = db.FeedRuns.GroupBy(r => new { r.Feed, r.Connection }).Select(g => g.Max(r => r.Id));
        var last = await db.FeedRuns.AsNoTracking().Where(r => lastIds.Contains(r.Id)).ToDictionaryAsync(r => (r.Feed, r.Connection), cancel);
        var covered = await coverage.ReadAsync(db, cancel);

        var states = new List<FeedState> { await OtlpAsync(db, now, cancel) };
        foreach (var plan in plans.All)
        {
            var key = (plan.Feed, plan.Connection);
            var run = last.GetValueOrDefault(key);
            var range = covered.GetValueOrDefault(key);
            var sum = sums.GetValueOrDefault(key);
            var (health, words) = StateOf(plan, run, range, now);
            var more = plan.MoreCosts is { } ask ? await ask(cancel) : "";
            var isTrouble = run?.Outcome is FeedOutcome.Failed or FeedOutcome.Partial or FeedOutcome.Cancelled;
            states.Add(new FeedState(
                plan.Feed, plan.Connection, plan.Title, plan.Adds, more.Length > 0 ? $"{plan.Costs}. {more}" : plan.Costs, plan.Needs, health, words, range?.From, range?.To, run, plan.When,
                plan.IsOn ? plan.NextRun() : null, sum?.Rows ?? 0, range is null ? null : Max(now - range.To, TimeSpan.Zero),
                isTrouble ? run!.Message : "", isTrouble ? run!.Cure : "", sum?.Requests ?? 0, Money.ToUsd(sum?.Cost ?? 0),
                run?.Outcome == FeedOutcome.Running ? run.Progress : null) { HasPast = plan.HasPast, Setup = plan.Setup });
        }
        return states;
    }

    /// <summary>The newest runs first; of all feeds when <paramref name="feed"/> is null.</summary>
    public async Task<IReadOnlyList<FeedRun>> RunsAsync(string? feed, int limit = 50, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.FeedRuns.AsNoTracking().Where(r => feed == null || r.Feed == feed)
            .OrderByDescending(r => r.Id).Take(Math.Clamp(limit, 1, 1000)).ToListAsync(cancel);
    }

    /// <summary>One run; null when there is none of that number.</summary>
    public async Task<FeedRun?> RunAsync(long id, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.FeedRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, cancel);
    }

    private static (FeedHealth Health, string Words) StateOf(FeedPlan plan, FeedRun? run, FeedRange? range, DateTime now)
    {
        if (run?.Outcome == FeedOutcome.Running)
            return (FeedHealth.Running, string.Create(CultureInfo.InvariantCulture, $"reading since {Clock(run.Start, now)}, {run.Progress * 100:0} %"));
        if (!plan.IsOn) return (FeedHealth.Off, "off");
        if (run is null) return (FeedHealth.NeverRan, "never ran");
        if (run.Outcome == FeedOutcome.Failed) return (FeedHealth.Stopped, $"stopped: {run.Message}");
        if (range is null) return (FeedHealth.NeverRan, run.Message is "" ? "nothing read yet" : $"nothing read yet: {run.Message}");
        if (now - range.To > plan.LateAfter) return (FeedHealth.Late, $"late since {Clock(range.To + plan.LateAfter, now)}");
        return run.Outcome == FeedOutcome.Partial ? (FeedHealth.InPart, $"up to date in part: {run.Message}") : (FeedHealth.UpToDate, "up to date");
    }

    private static async Task<FeedState> OtlpAsync(LedgerDb db, DateTime now, CancellationToken cancel)
    {
        var counts = await db.SignalCounts.AsNoTracking().Where(s => SignalCount.Otlp.Contains(s.Signal)).ToListAsync(cancel);
        var firstSeen = await db.Senders.MinAsync(s => (DateTime?)s.FirstSeen, cancel);
        var lastAt = counts.Max(c => c.LastAt);
        var (health, words) = lastAt is not { } at ? (FeedHealth.NeverRan, "nothing received yet")
            : now - at <= SilentAfter ? (FeedHealth.Receiving, "receiving")
            : (FeedHealth.Silent, $"silent since {Clock(at, now)}");
        var rejected = counts.Sum(c => c.Rejected);
        return new FeedState(
            "Otlp", "", "OTLP receiver", "Calls, traces, releases and features your services send, within seconds", "Nothing", [], health, words,
            firstSeen, lastAt, null, "always on", null, counts.Sum(c => c.Stored), lastAt is { } end ? Max(now - end, TimeSpan.Zero) : null,
            rejected == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{rejected} of {counts.Sum(c => c.Received)} items were refused."),
            rejected == 0 ? "" : "The answer to the sender said why; its exporter logs it.", 0, 0, null);
    }

    /// <summary>"14:02" today, "20 Nov 22:40" on other days; UTC.</summary>
    public static string Clock(DateTime at, DateTime now) =>
        at.ToString(at.Date == now.Date ? "HH:mm" : "d MMM HH:mm", CultureInfo.InvariantCulture);

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
