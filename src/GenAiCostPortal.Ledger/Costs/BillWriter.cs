namespace GenAiCostPortal.Ledger.Costs;

/// <summary>A bill line as a feed read it: plain words, no AWS type.</summary>
/// <param name="TagFeature">Value of the feature tag; null or empty = untagged.</param>
public sealed record BilledLineRead(
    DateOnly Day, string AccountId, string Region, string Service, string UsageType, ChargeCategory Category,
    string? TagFeature, decimal AmountUsd, decimal? Quantity, string Unit, bool IsPreliminary);

/// <summary>Cost of a service outside the GenAI scope on a day.</summary>
public sealed record OutsideScopeRead(DateOnly Day, string AccountId, string Service, decimal AmountUsd);

/// <summary>A whole read of days: replaces those days of those accounts, never appends.</summary>
/// <param name="To">Exclusive.</param>
/// <param name="AccountNames">Account id → name, where the feed learnt it.</param>
public sealed record BilledDaysRead(
    string Feed, DateOnly From, DateOnly To, DateTime ReadAt, IReadOnlyList<BilledLineRead> Lines,
    IReadOnlyList<OutsideScopeRead> OutsideScope, IReadOnlyDictionary<string, string> AccountNames);

/// <summary>Writes the bill. Each day is replaced in a transaction of its own; reading the same again changes nothing but the read time.</summary>
public sealed class BillWriter
{
    /// <summary>Replaces the days read, freezes the estimate before a day's first bill, marks changed days for the ledger build. Returns rows written.</summary>
    public Task<int> ReplaceAsync(BilledDaysRead read, CancellationToken cancel = default) => throw new NotImplementedException();
}

/// <summary>One metered value: an hour's sum of a CloudWatch metric.</summary>
/// <param name="ModelId">As CloudWatch names it.</param>
public sealed record MeteredRead(DateTime Hour, string AccountId, string Region, string ModelId, MeteredMetric Metric, double Value);

/// <summary>Writes metered usage; the same hour again replaces.</summary>
public sealed class MeterWriter
{
    /// <summary>Upserts values and marks the open days they touch for rebuild. Returns rows written.</summary>
    public Task<int> WriteAsync(IReadOnlyList<MeteredRead> rows, CancellationToken cancel = default) => throw new NotImplementedException();
}
