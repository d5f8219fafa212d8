namespace GenAiCostPortal.Ledger.Costs;

/// <summary>A bill line as a feed read it: plain words, no AWS type.</summary>
/// <param name="TagFeature">Value of the feature tag; null or empty = untagged.</param>
public sealed record BilledLineRead(
    DateOnly Day, string AccountId, string Region, string Service, string UsageType, ChargeCategory Category,
    string? TagFeature, decimal AmountUsd, decimal? Quantity, string Unit, bool IsPreliminary)
{
    /// <summary>Tags kept of the line (<see cref="Owners.KeptTags"/>), key → value; empty when the source names none.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = NoTags;
    /// <summary>ARN or id of what was used; empty when the source names none.</summary>
    public string ResourceId { get; init; } = "";
    /// <summary>IAM principal that called; empty when the source names none.</summary>
    public string Principal { get; init; } = "";

    private static readonly IReadOnlyDictionary<string, string> NoTags = new Dictionary<string, string>();
}

/// <summary>Cost of a service outside the GenAI scope on a day.</summary>
public sealed record OutsideScopeRead(DateOnly Day, string AccountId, string Service, decimal AmountUsd);

/// <summary>A whole read of days: replaces those days of those accounts, never appends.</summary>
/// <param name="To">Exclusive.</param>
/// <param name="AccountNames">Account id → name, where the feed learnt it.</param>
/// <param name="Accounts">
/// Accounts that the read covers, where the reader knows them. Null: those it names anywhere; a read that names none covers every
/// account of its feed.
/// </param>
public sealed record BilledDaysRead(
    string Feed, DateOnly From, DateOnly To, DateTime ReadAt, IReadOnlyList<BilledLineRead> Lines,
    IReadOnlyList<OutsideScopeRead> OutsideScope, IReadOnlyDictionary<string, string> AccountNames,
    IReadOnlyCollection<string>? Accounts = null)
{
    /// <summary>Nobody else reads this feed: accounts known from it that are not named were not billed on these days.</summary>
    public bool CoversAll { get; init; }
    /// <summary>Days that the feed has only in part: what it says of them is kept, but it is not their bill.</summary>
    public IReadOnlySet<DateOnly> IncompleteDays { get; init; } = NoDays;

    private static readonly IReadOnlySet<DateOnly> NoDays = new HashSet<DateOnly>();
}

/// <summary>One metered value: an hour's sum of a CloudWatch metric.</summary>
/// <param name="ModelId">As CloudWatch names it.</param>
public sealed record MeteredRead(DateTime Hour, string AccountId, string Region, string ModelId, MeteredMetric Metric, double Value);
