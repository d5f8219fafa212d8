using System.Collections.Concurrent;
using System.Globalization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Aws;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.Schedule;

/// <summary>
/// Runs jobs, whoever asks: one run of a job at a time, a row per run and connection, failures in our words with a cure, the
/// ledger built after a changed bill.
/// </summary>
internal sealed partial class JobRunner(IEnumerable<IScheduledJob> jobs, FeedRuns rows, AwsOptions aws, TimeProvider time, ILogger<JobRunner> log)
{
    private readonly Dictionary<string, IScheduledJob> _jobs = jobs.ToDictionary(j => j.Name, StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, DateTime> _running = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, bool> _again = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<IScheduledJob> Jobs => _jobs.Values;

    public IScheduledJob? Find(string job) => _jobs.GetValueOrDefault(job);

    public bool IsRunning(string job) => _running.ContainsKey(job);

    /// <summary>Takes the right to run a job; null when it runs already.</summary>
    public Turn? Take(IScheduledJob job) => _running.TryAdd(job.Name, time.GetUtcNow().UtcDateTime) ? new Turn(this, job) : null;

    /// <summary>"Already running since 14:02."</summary>
    public string WhyNot(string job)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return $"{job} is already running since {FeedReport.Clock(_running.GetValueOrDefault(job, now), now)} (UTC).";
    }

    /// <summary>Runs a job if it is free; false when it runs already.</summary>
    public async Task<bool> RunAsync(string job, JobRequest request, CancellationToken cancel)
    {
        using var turn = Take(_jobs[job]);
        if (turn is null) return false;
        await turn.RunAsync(request, null, cancel);
        return true;
    }

    private async Task RunOnceAsync(IScheduledJob job, string connection, JobRequest request, OpenRun row, CancellationToken cancel)
    {
        var run = new JobRun(connection, request, row);
        try
        {
            await job.RunAsync(run, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            (run.Outcome, run.Message, run.Cure) = (FeedOutcome.Cancelled, "The portal was stopped while this ran.", "The next run reads what is missing.");
        }
        catch (AwsRefusedException refusal)
        {
            var options = aws.Connections.FirstOrDefault(c => c.Name == connection) ?? new AwsConnectionOptions { Name = connection };
            (run.Message, run.Cure) = AwsErrors.Words(refusal, options);
            run.Outcome = run.CoveredTo is null ? FeedOutcome.Failed : FeedOutcome.Partial;
            SayRefused(row.Id, job.Name, connection, refusal.Code, refusal.Message);
        }
        catch (CannotRunException reason)
        {
            (run.Outcome, run.Message, run.Cure) = (FeedOutcome.Failed, reason.Message, reason.Cure);
        }
        // Whatever a job throws must end as a visible row, not as a scheduler that silently goes on.
        catch (Exception fault)
        {
            run.Outcome = run.CoveredTo is null ? FeedOutcome.Failed : FeedOutcome.Partial;
            (run.Message, run.Cure) = ("The run failed unexpectedly.", string.Create(CultureInfo.InvariantCulture, $"The log has the details under run {row.Id}. The next run tries again."));
            SayFault(fault, row.Id, job.Name, connection);
        }
        await row.EndAsync(run.End(), CancellationToken.None);
        // A portal that stops builds at its next start: the days are marked.
        if (run.HasChangedTheBill && request.BuildsLedger && !cancel.IsCancellationRequested && job.Name != LedgerJob.JobName) await BuildLedgerAsync(JobRequest.Scheduled, cancel);
    }

    /// <summary>Builds the ledger; a build that runs already is followed by another.</summary>
    public async Task BuildLedgerAsync(JobRequest request, CancellationToken cancel)
    {
        if (_jobs.ContainsKey(LedgerJob.JobName) && !await RunAsync(LedgerJob.JobName, request, cancel)) _again[LedgerJob.JobName] = true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} of {Job} {Connection}: AWS refused with {Code}: {Message}")]
    private partial void SayRefused(long run, string job, string connection, string code, string message);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Run} of {Job} {Connection} failed.")]
    private partial void SayFault(Exception fault, long run, string job, string connection);

    /// <summary>The right to run a job, until disposed.</summary>
    internal sealed class Turn(JobRunner owner, IScheduledJob job) : IDisposable
    {
        public IScheduledJob Job => job;

        /// <summary>Opens the row of the first connection, so that it is there before the job begins.</summary>
        public Task<OpenRun> OpenAsync(JobRequest request, CancellationToken cancel) =>
            owner.OpenAsync(job.Connections[0], job, request, cancel);

        /// <summary>Runs every connection in turn, and again when someone asked meanwhile.</summary>
        public async Task RunAsync(JobRequest request, OpenRun? first, CancellationToken cancel)
        {
            do
            {
                owner._again.TryRemove(job.Name, out _);
                foreach (var connection in job.Connections)
                {
                    var row = first ?? await owner.OpenAsync(connection, job, request, cancel);
                    first = null;
                    await owner.RunOnceAsync(job, connection, request, row, cancel);
                    if (cancel.IsCancellationRequested) return;
                }
            }
            while (owner._again.ContainsKey(job.Name));
        }

        public void Dispose() => owner._running.TryRemove(job.Name, out _);
    }

    private Task<OpenRun> OpenAsync(string connection, IScheduledJob job, JobRequest request, CancellationToken cancel) =>
        rows.StartAsync(job.Name, connection, request.Trigger, request.Who, cancel);
}

/// <summary>A job cannot run as it is set up; both texts are for people.</summary>
internal sealed class CannotRunException(string message, string cure) : Exception(message)
{
    public string Cure { get; } = cure;
}
