namespace GenAiCostPortal.Sources.BedrockMetrics;

// Named and shaped like the official SDK's types (API model cloudwatch 2010-08-01), so that AWSSDK.CloudWatch can take their place.

internal sealed record Dimension(string Name, string Value);

internal sealed record DimensionFilter(string Name, string? Value = null);

internal sealed record Metric
{
    public string Namespace { get; init; } = "";
    public string MetricName { get; init; } = "";
    public IReadOnlyList<Dimension> Dimensions { get; init; } = [];
}

internal sealed record ListMetricsRequest
{
    public required string Namespace { get; init; }
    public IReadOnlyList<DimensionFilter>? Dimensions { get; init; }
    public string? NextToken { get; init; }
}

internal sealed record ListMetricsResponse
{
    public IReadOnlyList<Metric> Metrics { get; init; } = [];
    public string? NextToken { get; init; }
}

internal sealed record MetricStat(Metric Metric, int Period, string Stat);

internal sealed record MetricDataQuery(string Id, MetricStat MetricStat, bool ReturnData = true);

/// <summary>Times are seconds since 1970.</summary>
internal sealed record GetMetricDataRequest
{
    public required IReadOnlyList<MetricDataQuery> MetricDataQueries { get; init; }
    public required long StartTime { get; init; }
    public required long EndTime { get; init; }
    public string ScanBy { get; init; } = "TimestampAscending";
    public int? MaxDatapoints { get; init; }
    public string? NextToken { get; init; }
}

internal sealed record GetMetricDataResponse
{
    public IReadOnlyList<MetricDataResult> MetricDataResults { get; init; } = [];
    public string? NextToken { get; init; }
}

internal sealed record MetricDataResult
{
    public string Id { get; init; } = "";
    /// <summary>Seconds since 1970, sometimes with a fraction.</summary>
    public IReadOnlyList<double> Timestamps { get; init; } = [];
    public IReadOnlyList<double> Values { get; init; } = [];
    /// <summary><c>Complete</c>, <c>InternalError</c>, <c>PartialData</c> or <c>Forbidden</c>.</summary>
    public string StatusCode { get; init; } = "Complete";
}
