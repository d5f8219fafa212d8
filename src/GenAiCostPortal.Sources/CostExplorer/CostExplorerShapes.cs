namespace GenAiCostPortal.Sources.CostExplorer;

// Named and shaped like the official SDK's types (API model ce 2017-10-25), so that AWSSDK.CostExplorer can take their place.

/// <summary>Days <c>yyyy-MM-dd</c>; <see cref="End"/> exclusive.</summary>
internal sealed record DateInterval(string Start, string End);

/// <param name="Type"><c>DIMENSION</c> or <c>TAG</c>.</param>
internal sealed record GroupDefinition(string Type, string Key);

internal sealed record DimensionValues(string Key, IReadOnlyList<string> Values, IReadOnlyList<string>? MatchOptions = null);

internal sealed record TagValues(string Key, IReadOnlyList<string>? Values = null, IReadOnlyList<string>? MatchOptions = null);

/// <summary>Exactly one member is set.</summary>
internal sealed record Expression
{
    public IReadOnlyList<Expression>? And { get; init; }
    public IReadOnlyList<Expression>? Or { get; init; }
    public Expression? Not { get; init; }
    public DimensionValues? Dimensions { get; init; }
    public TagValues? Tags { get; init; }

    public static Expression Of(string dimension, string value) => new() { Dimensions = new DimensionValues(dimension, [value]) };
    public static Expression All(params Expression[] parts) => parts.Length == 1 ? parts[0] : new() { And = parts };
}

internal sealed record GetCostAndUsageRequest
{
    public required DateInterval TimePeriod { get; init; }
    public string Granularity { get; init; } = "DAILY";
    public required IReadOnlyList<string> Metrics { get; init; }
    public Expression? Filter { get; init; }
    /// <summary>At most two.</summary>
    public required IReadOnlyList<GroupDefinition> GroupBy { get; init; }
    public string? NextPageToken { get; init; }
}

internal sealed record GetCostAndUsageResponse
{
    public IReadOnlyList<ResultByTime> ResultsByTime { get; init; } = [];
    public IReadOnlyList<DimensionValuesWithAttributes> DimensionValueAttributes { get; init; } = [];
    public string? NextPageToken { get; init; }
}

internal sealed record ResultByTime
{
    public required DateInterval TimePeriod { get; init; }
    public IReadOnlyList<Group> Groups { get; init; } = [];
    public bool Estimated { get; init; }
}

internal sealed record Group
{
    public IReadOnlyList<string> Keys { get; init; } = [];
    public IReadOnlyDictionary<string, MetricValue> Metrics { get; init; } = new Dictionary<string, MetricValue>();
}

/// <param name="Amount">Decimal text; exponent form occurs.</param>
internal sealed record MetricValue(string? Amount, string? Unit);

internal sealed record DimensionValuesWithAttributes
{
    public string? Value { get; init; }
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();
}
