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
