using System.Globalization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.CostExplorer;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>
/// Brings traces of services that send to X-Ray: each region from 10 minutes before its cursor, because segments arrive late, to
/// now. The cursor moves once the spans before it are on disk; what is read twice changes nothing.
/// </summary>
internal sealed class XRayJob(
    AwsConnections connections, AwsOptions options, XRayReader reader, FeedCursors cursors, AwsCostMeter meter, TimeProvider time) : IScheduledJob
{
    private const string Costs = "$0.50 per million traces looked at or fetched, the first million of a month free; each is fetched about twice, because late segments are waited for. "
        + "Transaction Search: nothing, FilterLogEvents is not charged";
    private static readonly TimeSpan First = TimeSpan.FromDays(1), ReadAgain = TimeSpan.FromMinutes(10), NearCap = TimeSpan.FromHours(1);

    public string Name => XRayReader.Feed;
    public IReadOnlyList<string> Connections => [.. options.Connections.Where(c => c.XRay.Enabled).Select(c => c.Name)];
    /// <summary>X-Ray keeps traces for 30 days.</summary>
    public TimeSpan? Reach => TimeSpan.FromDays(30);

    public IEnumerable<FeedPlan> Plans(string when, Func<DateTime?> nextRun) => options.OnOrFirst(c => c.XRay.Enabled).Select(c => new FeedPlan(
        Name, c.Name, "AWS X-Ray", "Traces of services that send to X-Ray or Transaction Search and not to the OTLP receiver", Costs,
        ["xray:GetTraceSummaries", "xray:BatchGetTraces", "xray:GetTraceSegmentDestination", "logs:FilterLogEvents"],
        c.XRay.Enabled, c.XRay.Enabled ? when : "off", TimeSpan.FromHours(1.5), nextRun));

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var connection = connections.Get(run.Connection);
        var regions = connection.Options.Regions;
        if (regions.Count == 0)
            throw new CannotRunException($"Connection {run.Connection} has no Regions.", "X-Ray is regional: name the regions to read in Aws:Connections:N:Regions.");
        var now = time.GetUtcNow().UtcDateTime;
        var known = new List<DateTime?>();
        foreach (var region in regions) known.Add(await CursorAsync(run.Connection, region, cancel));
        if (connection.Options.MadeApi is null && await IsHeldBackAsync(run, known.Min(), now, cancel)) return;

        var reading = new XRayReading();
        var reached = new List<FeedRange>();
        try
        {
            for (var i = 0; i < regions.Count; i++)
            {
                var (region, at) = (regions[i], i);
                var range = RangeOf(run.Request, known[i], now);
                reached.Add(new FeedRange(range.From, range.From));
                var part = new PartOfProgress(run.Progress, i, regions.Count);
                await reader.ReadAsync(new XRayRange(connection, region, range.From, range.To, async end =>
                {
                    reached[at] = reached[at] with { To = end };
                    part.Report((end - range.From) / (range.To - range.From));
                    // A backfill reads the past; where the next run begins stays where it was.
                    if (run.Request.Days is null) await cursors.SetAsync(Name, run.Connection, region, end.ToString("O", CultureInfo.InvariantCulture), CancellationToken.None);
                }), reading, run.Tally, cancel);
            }
        }
        finally
        {
            // Covered is what every region has.
            if (reached.Count == regions.Count && reached.Max(r => r.From) is var from && reached.Min(r => r.To) is var to && from < to) run.Cover(from, to);
            (run.Rows, run.Message) = (reading.Spans, reading.Message(connection.Options.XRay.Filter is not null));
        }
        if (reading.Unprocessed > 0) (run.Outcome, run.Cure) = (FeedOutcome.Partial, "Nothing to do: the next run asks for them again.");
    }

    private FeedRange RangeOf(JobRequest request, DateTime? cursor, DateTime now)
    {
        var oldest = now - Reach!.Value;
        if (request.Days is { } days)
        {
            var (from, to) = (UtcTime.Start(days.From), UtcTime.Start(days.To));
            return new FeedRange(from < oldest ? oldest : from, to < now ? to : now);
        }
        var begin = cursor is { } at ? at - ReadAgain : now - First;
        return new FeedRange(begin < oldest ? oldest : begin, now);
    }

    private async Task<DateTime?> CursorAsync(string connection, string region, CancellationToken cancel) =>
        await cursors.FindAsync(Name, connection, region, cancel) is { } text
            && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? at.ToUniversalTime() : null;

    private async Task<bool> IsHeldBackAsync(JobRun run, DateTime? earliest, DateTime now, CancellationToken cancel)
    {
        if (!run.Request.IsScheduled || await meter.ReadAsync(cancel) is not { State: not AwsBudgetState.Free } spent) return false;
        if (spent.State == AwsBudgetState.Near && (earliest is null || now - earliest >= NearCap)) return false;
        run.Outcome = FeedOutcome.NothingToDo;
        run.Message = spent.State == AwsBudgetState.Reached ? $"{spent.Words} Nothing is read until next month." : $"{spent.Words} Near the cap traces are read once an hour.";
        run.Cure = "Raise Aws:MonthlyApiBudgetUsd, or run it now by hand.";
        return true;
    }
}
