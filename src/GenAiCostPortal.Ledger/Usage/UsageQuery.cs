using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>A question to the usage and unit-cost reports: the same words as a <see cref="SpendQuery"/>, without money.</summary>
/// <param name="To">Exclusive. Both UTC.</param>
public sealed record UsageQuery(DateTime From, DateTime To, IReadOnlyList<SpendDimension> GroupBy, Granularity Granularity, SpendFilter Filter)
{
    /// <summary>The same question to the spend report: every recorded call at its estimated price.</summary>
    public SpendQuery ToSpend() => new(From, To, GroupBy, Granularity, SpendView.Estimated, Filter);

    /// <summary>Dimensions grouped by or filtered on.</summary>
    public IEnumerable<SpendDimension> Asked => GroupBy.Concat(Filter.Values.Where(v => v.Value.Count > 0).Select(v => v.Key)).Distinct();

    /// <summary>Told apart by token kind: a call has tokens of several kinds, so calls, requests and times belong to none of the rows.</summary>
    public bool IsByKind => Asked.Any(d => d is SpendDimension.TokenKind or SpendDimension.Component);
}

/// <summary>50, 95 and 99 of 100 are at most this long, milliseconds (within 1 %).</summary>
public sealed record Percentiles(double P50, double P95, double P99)
{
    /// <summary>Of a histogram; null when nothing was measured.</summary>
    public static Percentiles? Of(LatencyHistogram? histogram) =>
        histogram is { Count: > 0 } h ? new(h.Percentile(0.50)!.Value, h.Percentile(0.95)!.Value, h.Percentile(0.99)!.Value) : null;
}

/// <summary>Usage and what follows from it (algorithms §11). What cannot be measured is null, never zero.</summary>
/// <param name="Tokens">Of recorded calls, and what senders' metrics counted that no recorded call stands for.</param>
/// <param name="Calls">Every attempt, failed ones included; likewise.</param>
/// <param name="Requests">Traces with at least one call, booked at their root.</param>
/// <param name="CallsWithoutTokens">Calls whose token counts are unknown; nothing of them is in <paramref name="Tokens"/>.</param>
/// <param name="DurationMs">Sum over calls.</param>
/// <param name="Latency">Duration of a call; null when none was timed.</param>
/// <param name="TimeToFirstToken">Of calls whose sender tells it.</param>
public sealed record UsageMeasures(
    TokenCounts Tokens, long Calls, long Requests, long Errors, long Throttles, long Retries, long CallsWithoutTokens, double DurationMs,
    Percentiles? Latency, Percentiles? TimeToFirstToken)
{
    /// <summary>Part of <see cref="Tokens"/> that only metrics tell of.</summary>
    public long TokensByMetrics { get; init; }
    /// <summary>Part of <see cref="Calls"/> that only metrics tell of: nothing is known of their requests, failures and times.</summary>
    public long CallsByMetrics { get; init; }
    private long Recorded => Calls - CallsByMetrics;

    /// <summary>Prompt tokens read from a cache ÷ all prompt tokens, 0–1.</summary>
    public decimal? CacheHitRatio => Ratio(Tokens.CacheRead, Tokens.Prompt);

    /// <summary>Generated tokens per second of call time.</summary>
    public double? OutputTokensPerSecond => DurationMs > 0 && Recorded > CallsWithoutTokens && TokensByMetrics == 0 ? Tokens.Output / (DurationMs / 1000) : null;

    public decimal? CallsPerRequest => Recorded > 0 ? Ratio(Recorded, Requests) : null;
    public decimal? ErrorRate => Ratio(Errors, Recorded);
    public decimal? ThrottleRate => Ratio(Throttles, Recorded);
    public decimal? RetryRate => Ratio(Retries, Recorded);

    private static decimal? Ratio(long part, long whole) => whole > 0 ? (decimal)part / whole : null;
}

/// <summary>One row of a usage answer.</summary>
/// <param name="Time">Start of the step; null without granularity.</param>
/// <param name="Keys">One key per grouping, same order.</param>
public sealed record UsageRow(DateTime? Time, IReadOnlyList<string> Keys, UsageMeasures Measures);

/// <summary>The answer.</summary>
/// <param name="AsOf">Start of the newest recorded call.</param>
/// <param name="Step">Width of the steps; wider than asked for where finer ones are no longer kept.</param>
/// <param name="CoveredFrom">What was read: the question's bounds, widened to whole slots.</param>
/// <param name="Total">Over all rows, percentiles of all calls together.</param>
public sealed record UsageAnswer(
    UsageQuery Query, DateTime AsOf, Granularity Step, DateTime CoveredFrom, DateTime CoveredTo, UsageMeasures Total, IReadOnlyList<UsageRow> Rows);
