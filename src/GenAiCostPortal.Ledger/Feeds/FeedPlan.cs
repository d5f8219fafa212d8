namespace GenAiCostPortal.Ledger.Feeds;

/// <summary>A feed as it is set up: what it is, what it needs, when it runs. Said by the feed itself at start.</summary>
/// <param name="Feed">Name of the contract: <c>CostExplorer</c> …</param>
/// <param name="Connection">AWS connection; empty for feeds without one.</param>
/// <param name="Needs">Exact IAM actions; empty when none.</param>
/// <param name="When">Trigger in words; <c>off</c>.</param>
/// <param name="LateAfter">How far its coverage may lag before it counts as late.</param>
/// <param name="NextRun">Asked at reading time; UTC, null when nothing is planned.</param>
public sealed record FeedPlan(
    string Feed, string Connection, string Title, string Adds, string Costs, IReadOnlyList<string> Needs, bool IsOn, string When,
    TimeSpan LateAfter, Func<DateTime?> NextRun)
{
    /// <summary>Whether past days can be read again; names, resources and prices are as they are today.</summary>
    public bool HasPast { get; init; } = true;
    /// <summary>What it costs beyond that as the portal is set now, as a sentence; null where nothing can change it.</summary>
    public Func<CancellationToken, Task<string>>? MoreCosts { get; init; }
    /// <summary>What must be run once in AWS before it can read, as text to copy; empty when nothing.</summary>
    public string Setup { get; init; } = "";
}

/// <summary>The feeds of this portal, filled once at start by whoever runs them.</summary>
public sealed class FeedPlans
{
    private volatile FeedPlan[] _all = [];

    /// <summary>Every feed, in the order of the Sources page.</summary>
    public IReadOnlyList<FeedPlan> All => _all;

    /// <summary>Replaces the plans.</summary>
    public void Set(IEnumerable<FeedPlan> plans) => _all = [.. plans];
}

/// <summary>How a feed does.</summary>
public enum FeedHealth
{
    /// <summary>Not enabled.</summary>
    Off,
    NeverRan,
    Running,
    UpToDate,
    /// <summary>Up to date, but the last run could not read everything.</summary>
    InPart,
    /// <summary>Its coverage lags more than it should.</summary>
    Late,
    /// <summary>The last run failed.</summary>
    Stopped,
    /// <summary>A door that something came through in the last 5 minutes.</summary>
    Receiving,
    /// <summary>A door that nothing came through for 5 minutes.</summary>
    Silent,
}

/// <summary>A feed as the Sources page, <c>/api/v1/feeds</c> and the freshness strip show it. Times UTC, ranges end exclusive.</summary>
/// <param name="Words">State in words: "up to date", "late since 20 Nov 22:40", "stopped: …".</param>
/// <param name="RowsThisMonth">Rows brought since the first of the month; for OTLP items stored since the store began.</param>
/// <param name="Lag">Now less the end of the coverage; null when nothing is covered.</param>
/// <param name="Error">What went wrong, in our words; empty when nothing did.</param>
/// <param name="Cure">What to do about it.</param>
/// <param name="SpentThisMonthUsd">What its AWS requests cost since the first of the month.</param>
/// <param name="Progress">0–1 while running, else null.</param>
public sealed record FeedState(
    string Feed, string Connection, string Title, string Adds, string Costs, IReadOnlyList<string> Needs, FeedHealth Health, string Words,
    DateTime? CoveredFrom, DateTime? CoveredTo, FeedRun? LastRun, string When, DateTime? NextRun, long RowsThisMonth, TimeSpan? Lag,
    string Error, string Cure, long RequestsThisMonth, decimal SpentThisMonthUsd, double? Progress)
{
    /// <summary>Whether past days can be read again.</summary>
    public bool HasPast { get; init; } = true;

    /// <summary>What must be run once in AWS before it can read, as text to copy; empty when nothing.</summary>
    public string Setup { get; init; } = "";
}
