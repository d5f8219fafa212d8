using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.CostExplorer;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Sources.BedrockMetrics;

/// <summary>Keeps metered usage up to date: from 3 hours before what is covered, because datapoints arrive late, to now.</summary>
internal sealed class CloudWatchJob(
    AwsConnections connections, AwsOptions options, BedrockMetricsReader reader, MeterWriter writer, ResourceMetrics resources, FeedRuns runs,
    AwsCostMeter meter, TimeProvider time)
    : IScheduledJob
{
    private const int FirstDays = 14;
    private const int StepDays = 14;
    private static readonly TimeSpan ReadAgain = TimeSpan.FromHours(3);

    public string Name => BedrockMetricsReader.Feed;
    public IReadOnlyList<string> Connections => [.. options.Connections.Where(c => c.CloudWatch.Enabled).Select(c => c.Name)];
    /// <summary>CloudWatch keeps hours for 455 days.</summary>
    public TimeSpan? Reach => TimeSpan.FromDays(455);

    public IEnumerable<FeedPlan> Plans(string when, Func<DateTime?> nextRun) => options.OrNone.Select(c => new FeedPlan(
        Name, c.Name, "CloudWatch metrics",
        "Tokens, calls and latency per model, recorded or not; SageMaker endpoints, agents, guardrails",
        "$0.01 per 1,000 metrics asked for: 12 models with 8 metrics each, every 15 minutes, are about $2.80 a month; an endpoint, agent or guardrail with 5 to 12, once an hour, $0.04 to $0.09", ["cloudwatch:ListMetrics", "cloudwatch:GetMetricData"],
        c.CloudWatch.Enabled, c.CloudWatch.Enabled ? when : "off", TimeSpan.FromHours(1.5), nextRun));

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var connection = connections.Get(run.Connection);
        if (connection.Options.AccountId is "" || connection.Options.Regions.Count == 0)
            throw new CannotRunException($"Connection {run.Connection} has no {(connection.Options.AccountId is "" ? "AccountId" : "Regions")}.",
                "Metrics are read per account and region: set both in Aws:Connections:N.");
        if (connection.Options.MadeApi is null && await IsHeldBackAsync(run, cancel)) return;

        var now = time.GetUtcNow().UtcDateTime;
        var to = run.Request.Days is { } asked && UtcTime.Start(asked.To) < now ? UtcTime.Start(asked.To) : now;
        var from = run.Request.Days is { } days ? UtcTime.Start(days.From) : await FromAsync(run.Connection, now, cancel);
        var regions = connection.Options.Regions;
        var steps = Math.Max(1, (int)Math.Ceiling((to - from).TotalDays / StepDays));
        int series = 0, refused = 0;
        for (var step = 0; step < steps; step++)
        {
            var stepFrom = from.AddDays(step * StepDays);
            var stepTo = step == steps - 1 ? to : from.AddDays((step + 1) * StepDays);
            for (var i = 0; i < regions.Count; i++)
            {
                var part = new PartOfProgress(run.Progress, step * regions.Count + i, steps * regions.Count);
                var read = await reader.ReadAsync(connection, regions[i], stepFrom, stepTo, run.Tally, part, cancel);
                if (read.IsForbidden) throw new AwsRefusedException("AccessDenied", "A series is forbidden.", 403, "cloudwatch:GetMetricData");
                run.Rows += await writer.WriteAsync(read.Rows, cancel);
                run.HasChangedTheBill |= read.Rows.Count > 0;
                (series, refused) = (Math.Max(series, read.Series), refused + read.Refused);
            }
            // What CloudWatch gave in part is asked for again: the coverage ends before it.
            if (refused > 0) break;
            run.Cover(stepFrom, stepTo);
        }
        run.Message = string.Create(CultureInfo.InvariantCulture, $"{run.Rows} hourly values of up to {series} metrics in {regions.Count} regions.");
        if (series == 0) run.Message = $"No Bedrock metric was found in {string.Join(", ", regions)}: no call in the last two weeks, or not these regions.";
        var ofResources = await resources.ReadAsync(connection, run, from, to, cancel);
        if (ofResources.Series > 0) run.Message += string.Create(CultureInfo.InvariantCulture, $" {ofResources.Rows} hourly values of {ofResources.Series} metrics of endpoints, agents, guardrails and features.");
        refused += ofResources.Refused;
        if (refused == 0) return;
        (run.Outcome, run.Cure) = (FeedOutcome.Partial, "Nothing to do: the next run reads them again.");
        run.Message += string.Create(CultureInfo.InvariantCulture, $" {refused} series came in part only.");
    }

    private async Task<DateTime> FromAsync(string connection, DateTime now, CancellationToken cancel)
    {
        var covered = await runs.CoveredToAsync(Name, connection, cancel);
        var oldest = now.AddDays(-Reach!.Value.TotalDays);
        return covered is not { } to ? now.AddDays(-FirstDays) : to - ReadAgain < oldest ? oldest : to - ReadAgain;
    }

    private async Task<bool> IsHeldBackAsync(JobRun run, CancellationToken cancel)
    {
        if (!run.Request.IsScheduled || await meter.ReadAsync(cancel) is not { State: not AwsBudgetState.Free } spent) return false;
        var covered = await runs.CoveredToAsync(Name, run.Connection, cancel);
        if (spent.State == AwsBudgetState.Near && (covered is null || time.GetUtcNow().UtcDateTime - covered >= TimeSpan.FromHours(1))) return false;
        run.Outcome = FeedOutcome.NothingToDo;
        run.Message = spent.State == AwsBudgetState.Reached ? $"{spent.Words} Nothing is read until next month." : $"{spent.Words} Near the cap metrics are read once an hour.";
        run.Cure = "Raise Aws:MonthlyApiBudgetUsd, or run it now by hand.";
        return true;
    }
}
