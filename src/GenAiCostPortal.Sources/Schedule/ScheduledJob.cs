using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.Schedule;

/// <summary>What a job does when it runs. Its trigger is in <see cref="JobTable"/>.</summary>
internal interface IScheduledJob
{
    /// <summary>Name of the contract.</summary>
    string Name { get; }

    /// <summary>Enabled connections, each run on its own; one empty name for jobs without any.</summary>
    IReadOnlyList<string> Connections { get; }

    /// <summary>Longest time back that a backfill may reach; null when the job cannot backfill.</summary>
    TimeSpan? Reach { get; }

    /// <summary>Feeds say what they are, one plan per configured connection; jobs that are no feed say nothing.</summary>
    IEnumerable<FeedPlan> Plans(string when, Func<DateTime?> nextRun) => [];

    /// <summary>Whether a run was interrupted that is to go on when the portal starts.</summary>
    Task<bool> HasUnfinishedAsync(CancellationToken cancel) => Task.FromResult(false);

    /// <summary>Runs once. What it notes on <paramref name="run"/> as it goes is kept when it throws.</summary>
    Task RunAsync(JobRun run, CancellationToken cancel);
}

/// <summary>Days to read again; <see cref="To"/> exclusive.</summary>
internal sealed record DayRange(DateOnly From, DateOnly To);

/// <summary>Why a job runs.</summary>
/// <param name="Trigger"><c>Schedule</c>, <c>RunNow</c>, <c>Backfill</c>, <c>Sample</c> or <c>Rules</c>.</param>
/// <param name="ReadAt">Time that made answers are of; null = now. The sample organisation's first read of its bill lies in the past.</param>
/// <param name="BuildsLedger">False when another run follows at once, which builds it.</param>
internal sealed record JobRequest(string Trigger, string Who = "", DayRange? Days = null, DateTime? ReadAt = null, bool BuildsLedger = true)
{
    public static readonly JobRequest Scheduled = new("Schedule");
    public bool IsScheduled => Trigger == "Schedule";
}

/// <summary>A run under way: what was asked, and what it has brought so far.</summary>
internal sealed class JobRun(string connection, JobRequest request, OpenRun row)
{
    public string Connection { get; } = connection;
    public JobRequest Request { get; } = request;
    public IProgress<double> Progress => row;
    public AwsRequestTally Tally { get; } = new();
    public long Rows { get; set; }
    public DateTime? CoveredFrom { get; set; }
    public DateTime? CoveredTo { get; set; }
    public string Message { get; set; } = "";
    public string Cure { get; set; } = "";
    /// <summary>Set when there was nothing to do, or not all could be read.</summary>
    public FeedOutcome Outcome { get; set; } = FeedOutcome.Succeeded;
    /// <summary>The bill changed: the ledger is built right after.</summary>
    public bool HasChangedTheBill { get; set; }

    /// <summary>Widens the covered range.</summary>
    public void Cover(DateTime from, DateTime to)
    {
        if (CoveredFrom is null || from < CoveredFrom) CoveredFrom = from;
        if (CoveredTo is null || to > CoveredTo) CoveredTo = to;
    }

    public RunOutcome End() => new(Outcome, Message, Cure, Rows, CoveredFrom, CoveredTo, Tally.Requests, Tally.CostNanoUsd);
}
