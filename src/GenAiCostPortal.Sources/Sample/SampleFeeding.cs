using System.Globalization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Sources.BedrockMetrics;
using GenAiCostPortal.Sources.CostExplorer;
using GenAiCostPortal.Sources.Otlp;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>
/// Feeds an empty store through the doors: bodies into the OTLP intake, metrics and two reads of the bill by the ordinary jobs. A
/// row of its own (feed "Sample") shows how far it is and keeps to which time the history reaches, so that a restart goes on with
/// the same organisation.
/// </summary>
internal sealed class SampleFeeding(SampleStage stage, OtlpIntake intake, JobRunner jobs, FeedRuns runs, RuleDesk rules, TimeProvider time, ILogger<SampleFeeding> log)
    : BackgroundService
{
    private const string Feed = "Sample";
    private const int BodiesAtOnce = 3;

    /// <summary>How long before the second read the first one lies: a day closes when two reads at least 12 hours apart agree.</summary>
    private static readonly TimeSpan BetweenReads = TimeSpan.FromHours(13);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        if (await runs.CoveredToAsync(Feed, "", stoppingToken) is { } known)
        {
            stage.Make(stage.Options.Now ?? known);
            return;
        }
        var started = time.GetTimestamp();
        var run = await runs.StartAsync(Feed, "", Feed, cancel: stoppingToken);
        try
        {
            var organisation = stage.Make(time.GetUtcNow().UtcDateTime);
            var days = new DayRange(organisation.Calendar.FirstDay, organisation.Calendar.Today);
            await LarkfieldRules.AddAsync(rules, organisation.Calendar, stoppingToken);
            var metrics = ReadMetricsAsync(days, stoppingToken);
            var spans = await SendTracesAsync(organisation, run, stoppingToken);
            await metrics;
            await ReadBillAsync(days, run, stoppingToken);
            run.Report(0.9);
            await jobs.RunAsync(SpikesJob.JobName, new JobRequest(Feed), stoppingToken);
            await run.EndAsync(new RunOutcome(
                FeedOutcome.Succeeded, string.Create(CultureInfo.InvariantCulture, $"{spans} spans sent, {days.To.DayNumber - days.From.DayNumber} days of bill and metrics read."), "",
                spans, organisation.Calendar.FirstDay.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), organisation.Calendar.Now), stoppingToken);
            log.LogInformation("The sample organisation is ready: {Spans} spans and {Days} days in {Seconds:0.0} s.",
                spans, days.To.DayNumber - days.From.DayNumber, time.GetElapsedTime(started).TotalSeconds);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await run.EndAsync(new RunOutcome(FeedOutcome.Cancelled, "The portal was stopped while the sample organisation was fed.", "Start it again."), CancellationToken.None);
        }
        // Without this the host would go on with half a sample and nobody would know.
        catch (Exception fault)
        {
            log.LogError(fault, "Feeding the sample organisation failed.");
            await run.EndAsync(new RunOutcome(FeedOutcome.Failed, "Feeding the sample organisation failed.", "The log has the details. Delete the sample's store and start again."), CancellationToken.None);
        }
    }

    private async Task<int> SendTracesAsync(SampleOrganisation organisation, OpenRun run, CancellationToken cancel)
    {
        var spans = 0;
        var sent = new ParallelOptions { MaxDegreeOfParallelism = BodiesAtOnce, CancellationToken = cancel };
        await Parallel.ForEachAsync(organisation.OtlpBodies(), sent, async (body, stop) =>
        {
            var accepted = Interlocked.Add(ref spans, await SendAsync(body, stop));
            run.Report(Math.Min(0.6, accepted / 100_000.0));
        });
        return spans;
    }

    private async Task<int> SendAsync(byte[] body, CancellationToken cancel)
    {
        while (true)
        {
            var answer = await intake.AcceptAsync(body, isJson: false, IngestBinding.None, cancel);
            if (answer.State == IntakeState.Stored)
                return answer.Rejected == 0 ? answer.Accepted : throw new InvalidOperationException($"A made body was rejected in part: {answer.Message}");
            if (answer.State == IntakeState.Failed) throw new InvalidOperationException(answer.Message);
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancel);
        }
    }

    private async Task ReadMetricsAsync(DayRange days, CancellationToken cancel)
    {
        await Task.Yield();
        await jobs.RunAsync(BedrockMetricsReader.Feed, new JobRequest(Feed, Days: days with { To = days.To.AddDays(1) }, BuildsLedger: false), cancel);
    }

    /// <summary>Two reads, the first as of some hours ago. Traces and metrics are there before: the first bill freezes what they estimate.</summary>
    private async Task ReadBillAsync(DayRange days, OpenRun run, CancellationToken cancel)
    {
        run.Report(0.65);
        stage.AwsClock.Ahead = -BetweenReads;
        var first = new JobRequest(Feed, Days: days, ReadAt: time.GetUtcNow().UtcDateTime - BetweenReads, BuildsLedger: false);
        await jobs.RunAsync(CostExplorerReader.Feed, first, cancel);
        stage.AwsClock.Ahead = TimeSpan.Zero;
        run.Report(0.8);
        await jobs.RunAsync(CostExplorerReader.Feed, new JobRequest(Feed, Days: days), cancel);
    }
}
