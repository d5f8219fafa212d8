using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Sources.CostExplorer;

/// <summary>
/// Keeps the bill up to date: the first run of a day reads the whole look-back, because AWS restates; the other runs read three
/// days. Today is left out: a bill of half a day would freeze the day's estimate too early.
/// </summary>
internal sealed class CostExplorerJob(
    AwsConnections connections, AwsOptions options, CostExplorerReader reader, BillWriter writer, FeedRuns runs, FeedCursors cursors, AwsCostMeter meter,
    BorderReader borders, BorderCosts costs, OwnerKeys owners, TimeProvider time) : IScheduledJob
{
    private const int ShortDays = 3;
    private const string MetricRead = "metric", BorderRead = "border", TagRead = "feature tag";
    /// <summary>A backfill is read and written in steps of this many days.</summary>
    internal const int StepDays = 31;

    public string Name => CostExplorerReader.Feed;
    public IReadOnlyList<string> Connections => [.. options.Connections.Where(c => c.CostExplorer.Enabled).Select(c => c.Name)];
    /// <summary>Cost Explorer keeps 13 months.</summary>
    public TimeSpan? Reach => TimeSpan.FromDays(395);

    public IEnumerable<FeedPlan> Plans(string when, Func<DateTime?> nextRun) => options.OrNone.Select(c => new FeedPlan(
        Name, c.Name, "Cost Explorer", "Billed cost per day, service, usage type and tag",
        "$0.01 a page: two, one per GenAI service and one per tagged service and account. Three runs a day over 5 services, 6 of them by tag and account: about 1,200 pages, $12 a month. Lines of other services that owner rules bring in: one more page a rule's service or tag value",
        ["ce:GetCostAndUsage"], c.CostExplorer.Enabled, c.CostExplorer.Enabled ? when : "off", TimeSpan.FromHours(48), nextRun)
    { MoreCosts = costs.WordsAsync });

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var connection = connections.Get(run.Connection);
        if (connection.Options.AccountId is "")
            throw new CannotRunException($"Connection {run.Connection} has no AccountId.", "Set Aws:Connections:N:AccountId to the account (or payer) whose bill this is.");
        var (metric, tag) = (connection.Options.CostExplorer.Metric, owners.TagKeys.Feature);
        var before = await cursors.FindAsync(Name, run.Connection, MetricRead, cancel);
        var range = run.Request.Days ?? await DueAsync(run, connection.Options, cancel);
        if (range is null) return;
        var border = await borders.ReadAsync(cancel);
        var mark = BorderMark.Of(border);
        if (run.Request.Days is null && before is not null)
        {
            // Nothing but Cost Explorer knows the tags of its lines: days read under another key name other features, or none.
            if (before != metric || (await cursors.FindAsync(Name, run.Connection, TagRead, cancel) ?? tag) != tag) range = await WithBilledAsync(range, DateOnly.MinValue, cancel);
            // Days read with another border lack what a new rule brings in, or hold what a removed one did.
            else if (mark.DifferenceTo(BorderMark.Read(await cursors.FindAsync(Name, run.Connection, BorderRead, cancel))) is { } differing && differing.From < range.From)
                range = await WithBilledAsync(range, differing.From, cancel);
        }

        var notes = new SortedSet<string>(StringComparer.Ordinal);
        var steps = Steps(range).ToList();
        for (var i = 0; i < steps.Count; i++)
        {
            var part = new PartOfProgress(run.Progress, i, steps.Count);
            var read = await reader.ReadAsync(connection, steps[i].From, steps[i].To, run.Tally, part, border, notes, cancel);
            read = read with { CoversAll = Connections.Count == 1, ReadAt = run.Request.ReadAt ?? read.ReadAt };
            run.Rows += await writer.ReplaceAsync(read, cancel);
            run.HasChangedTheBill = true;
            run.Cover(UtcTime.Start(steps[i].From), UtcTime.Start(steps[i].To));
        }
        if (run.Request.Days is null || before is null)
        {
            await cursors.SetAsync(Name, run.Connection, MetricRead, metric, cancel);
            await cursors.SetAsync(Name, run.Connection, TagRead, tag, cancel);
        }
        if (run.Request.Days is null) await cursors.SetAsync(Name, run.Connection, BorderRead, mark.ToText(), cancel);
        var words = string.Create(CultureInfo.InvariantCulture, $"{range.To.DayNumber - range.From.DayNumber} days read with {run.Tally.Requests} requests (${Money.ToUsd(run.Tally.CostNanoUsd):0.00}).");
        // A setting that is not followed is said, not ignored.
        if (connection.Options.CostExplorer.Granularity == "Hourly") words += " Read by the day: hourly granularity is not read yet.";
        foreach (var note in notes) words += " " + note;
        run.Message = run.Message is "" ? words : $"{words} {run.Message}";
    }

    private async Task<DayRange?> DueAsync(JobRun run, AwsConnectionOptions connection, CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var wholeFrom = today.AddDays(-Math.Clamp(connection.CostExplorer.LookbackDays, 1, 390));
        var hasReadAll = await runs.HasReadAsync(Name, run.Connection, UtcTime.Start(wholeFrom), UtcTime.Start(today), UtcTime.Start(today), cancel);
        if (run.Request.IsScheduled && connection.MadeApi is null && (await meter.ReadAsync(cancel)) is { State: not AwsBudgetState.Free } spent && (spent.State == AwsBudgetState.Reached || hasReadAll))
        {
            run.Outcome = FeedOutcome.NothingToDo;
            run.Message = spent.State == AwsBudgetState.Reached ? $"{spent.Words} Nothing is read until next month."
                : $"{spent.Words} Near the cap the bill is read once a day.";
            run.Cure = "Raise Aws:MonthlyApiBudgetUsd, or run it now by hand.";
            return null;
        }
        if (hasReadAll) return new DayRange(today.AddDays(-ShortDays), today);
        // After a long stop the gap is read too.
        var known = await runs.CoveredToAsync(Name, run.Connection, cancel);
        var from = known is { } to && DateOnly.FromDateTime(to) < wholeFrom ? DateOnly.FromDateTime(to) : wholeFrom;
        var oldest = today.AddDays(-(int)Reach!.Value.TotalDays);
        return new DayRange(from < oldest ? oldest : from, today);
    }

    // Another metric restates every day that is stored: two metrics side by side would be neither.
    private async Task<DayRange> WithBilledAsync(DayRange due, DateOnly wanted, CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var (first, oldest) = (await writer.FirstDayAsync(Name, cancel) ?? due.From, today.AddDays(-(int)Reach!.Value.TotalDays));
        var from = new[] { first, oldest, wanted }.Max();
        return from < due.From ? due with { From = from } : due;
    }

    private static IEnumerable<DayRange> Steps(DayRange range)
    {
        // Newest first: what people look at is there soonest. A usual look-back is one step.
        var size = range.To.DayNumber - range.From.DayNumber <= StepDays * 3 / 2 ? StepDays * 2 : StepDays;
        for (var to = range.To; to > range.From; to = to.AddDays(-size))
            yield return new DayRange(to.AddDays(-size) < range.From ? range.From : to.AddDays(-size), to);
    }
}

/// <summary>Progress of one of several equal parts.</summary>
internal sealed class PartOfProgress(IProgress<double> whole, int part, int parts) : IProgress<double>
{
    public void Report(double value) => whole.Report((part + Math.Clamp(value, 0, 1)) / parts);
}
