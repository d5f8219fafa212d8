namespace GenAiCostPortal.Ledger.Feeds;

/// <summary>How a run ended.</summary>
public enum FeedOutcome : byte { Running = 0, Succeeded = 1, Partial = 2, Failed = 3, Cancelled = 4, NothingToDo = 5 }

/// <summary>One run of a feed or job, kept as a row: what it brought, what went wrong, what to do.</summary>
public sealed class FeedRun
{
    public long Id { get; set; }
    /// <summary>Feed or job name of the contract: <c>CostExplorer</c>, <c>CloudWatch</c>, <c>Ledger</c> …</summary>
    public required string Feed { get; set; }
    /// <summary>AWS connection name; empty for jobs without one.</summary>
    public string Connection { get; set; } = "";
    public DateTime Start { get; set; }
    public DateTime? End { get; set; }
    public FeedOutcome Outcome { get; set; }
    public long Rows { get; set; }
    public DateTime? CoveredFrom { get; set; }
    /// <summary>Exclusive.</summary>
    public DateTime? CoveredTo { get; set; }
    /// <summary>In our words; never an exception text.</summary>
    public string Message { get; set; } = "";
    public string Cure { get; set; } = "";
    /// <summary>0–1.</summary>
    public double Progress { get; set; }
    public long Requests { get; set; }
    /// <summary>What the requests cost, nano-USD.</summary>
    public long RequestCostNanoUsd { get; set; }
    /// <summary><c>Schedule</c>, <c>RunNow</c>, <c>Backfill</c> or <c>Sample</c>.</summary>
    public string Trigger { get; set; } = "Schedule";
    /// <summary>Who asked, for run now and backfill.</summary>
    public string Who { get; set; } = "";
}

/// <summary>A sender of OTLP, as seen. Key: scope name, version and language.</summary>
public sealed class SenderSeen
{
    public int Id { get; set; }
    public required string ScopeName { get; set; }
    public required string ScopeVersion { get; set; }
    public required string Language { get; set; }
    /// <summary>How its counts are read, and how that was decided.</summary>
    public string Reading { get; set; } = "";
    public long Spans { get; set; }
    public long Calls { get; set; }
    /// <summary>Spans that wrap or add up calls below them: counted there, not twice.</summary>
    public long RollUps { get; set; }
    public DateTime FirstSeen { get; set; }
    public DateTime LastSeen { get; set; }
}

/// <summary>Received = stored + rejected + ignored, per signal. Key: signal.</summary>
public sealed class SignalCount
{
    /// <summary>Signals of the OTLP receiver; others are of feeds that bring spans.</summary>
    public static readonly string[] Otlp = ["traces", "metrics", "logs"];

    public required string Signal { get; set; }
    public long Received { get; set; }
    public long Stored { get; set; }
    public long Rejected { get; set; }
    public DateTime? LastAt { get; set; }

    /// <summary>Accepted, but none of the portal's business (a service's ordinary logs and metrics): not kept.</summary>
    public long Ignored => Received - Stored - Rejected;
}
