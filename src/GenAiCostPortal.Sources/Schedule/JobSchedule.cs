using GenAiCostPortal.Ledger.Feeds;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace GenAiCostPortal.Sources.Schedule;

/// <summary>A job as the Sources page shows it.</summary>
/// <param name="When">Trigger in words: "every 6 hours, at minute 20 (UTC)"; "off".</param>
public sealed record JobInfo(string Name, string When, DateTime? NextRun, bool IsRunning);

/// <summary>Answer to "run now": the run's id, or why not ("already running since 14:02").</summary>
public sealed record RunAsked(long? RunId, string Message);

/// <summary>All jobs with their triggers in words; run now and backfill fire the registered job, so nothing overlaps.</summary>
public interface IJobSchedule
{
    /// <summary>Every job, feeds first.</summary>
    Task<IReadOnlyList<JobInfo>> JobsAsync(CancellationToken cancel = default);

    /// <summary>Starts a job now; the run row exists when this returns.</summary>
    Task<RunAsked> RunNowAsync(string job, string who, CancellationToken cancel = default);

    /// <summary>Starts a feed over a range of days; <paramref name="to"/> exclusive.</summary>
    Task<RunAsked> BackfillAsync(string feed, DateOnly from, DateOnly to, string who, CancellationToken cancel = default);
}

/// <summary>The schedule over <see cref="JobRunner"/>. Starts before Quartz does: closes what a crash left, tells the feeds' plans.</summary>
internal sealed class JobSchedule(
    JobRunner runner, ScheduleOptions options, FeedRuns runs, FeedPlans plans, IHostApplicationLifetime life, TimeProvider time, ILogger<JobSchedule> log)
    : IJobSchedule, IHostedService
{
    private readonly IReadOnlyDictionary<string, JobTrigger> _triggers = JobTable.Read(options);

    public Task<IReadOnlyList<JobInfo>> JobsAsync(CancellationToken cancel = default) =>
        Task.FromResult<IReadOnlyList<JobInfo>>([.. runner.Jobs.Select(j => new JobInfo(j.Name, When(j), NextRun(j), runner.IsRunning(j.Name)))]);

    public Task<RunAsked> RunNowAsync(string job, string who, CancellationToken cancel = default) => StartAsync(job, new JobRequest("RunNow", who), cancel);

    public async Task<RunAsked> BackfillAsync(string feed, DateOnly from, DateOnly to, string who, CancellationToken cancel = default)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (runner.Find(feed) is { Reach: null }) return new RunAsked(null, $"{feed} cannot read past days.");
        if (from >= to) return new RunAsked(null, "The range is empty: its end is exclusive.");
        if (to > today.AddDays(1)) return new RunAsked(null, "The range ends in the future.");
        if (runner.Find(feed)?.Reach is { } reach && from < today.AddDays(-(int)reach.TotalDays))
            return new RunAsked(null, $"AWS keeps this for {(int)reach.TotalDays} days; begin no earlier than {today.AddDays(-(int)reach.TotalDays):yyyy-MM-dd}.");
        return await StartAsync(feed, new JobRequest("Backfill", who, new DayRange(from, to)), cancel);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await runs.CloseAbandonedAsync(cancellationToken);
        plans.Set(runner.Jobs.SelectMany(j => j.Plans(When(j), () => NextRun(j)).Select(p => p with { HasPast = j.Reach is not null })));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Jobs that were interrupted and have more to do.</summary>
    internal async Task<IReadOnlyList<string>> UnfinishedAsync(CancellationToken cancel)
    {
        var unfinished = new List<string>();
        foreach (var job in runner.Jobs)
            if (await job.HasUnfinishedAsync(cancel)) unfinished.Add(job.Name);
        return unfinished;
    }

    /// <summary>Jobs that should have run while the portal was off, or never ran.</summary>
    internal async Task<IReadOnlyList<string>> MissedAsync(CancellationToken cancel)
    {
        var missed = new List<string>();
        var now = time.GetUtcNow();
        foreach (var job in runner.Jobs.Where(j => j.Connections.Count > 0))
        {
            if (_triggers[job.Name].Cron?.GetPreviousValidTimeBefore(now) is not { } due) continue;
            var last = await runs.LastStartAsync(job.Name, cancel);
            if (last is null || last < due.UtcDateTime) missed.Add(job.Name);
        }
        return missed;
    }

    private async Task<RunAsked> StartAsync(string name, JobRequest request, CancellationToken cancel)
    {
        if (runner.Find(name) is not { } job) return new RunAsked(null, $"There is no job {name}.");
        if (job.Connections.Count == 0) return new RunAsked(null, $"{job.Name} is off: no connection has it enabled.");
        if (runner.Take(job) is not { } turn) return new RunAsked(null, runner.WhyNot(job.Name));
        try
        {
            var row = await turn.OpenAsync(request, cancel);
            _ = Task.Run(() => FinishAsync(turn, request, row), CancellationToken.None);
            return new RunAsked(row.Id, "Started.");
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    private async Task FinishAsync(JobRunner.Turn turn, JobRequest request, OpenRun row)
    {
        using (turn)
        {
            try
            {
                await turn.RunAsync(request, row, life.ApplicationStopping);
            }
            // Nobody awaits this task: an error of the store itself must at least be in the log.
            catch (Exception fault)
            {
                log.LogError(fault, "Run {Run} could not be closed.", row.Id);
            }
        }
    }

    private string When(IScheduledJob job) => _triggers[job.Name].InWords;

    private DateTime? NextRun(IScheduledJob job) =>
        job.Connections.Count == 0 ? null : _triggers[job.Name].Cron?.GetNextValidTimeAfter(time.GetUtcNow())?.UtcDateTime;
}
