using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>A stored call. Key: trace key and span id. Holds all that is needed to take its share out of the rollups again.</summary>
public sealed class CallRow
{
    public long TraceKey { get; set; }
    public long SpanId { get; set; }
    public long StartUnixMs { get; set; }
    public double DurationMs { get; set; }
    public double? TimeToFirstTokenMs { get; set; }
    public int UsageSeriesId { get; set; }
    public int CostSeriesId { get; set; }
    public CallStatus Status { get; set; }
    public TokenState TokenState { get; set; }
    public CallFlags Flags { get; set; }
    public CostState CostState { get; set; }
    public long Input { get; set; }
    public long CacheRead { get; set; }
    public long CacheWrite5m { get; set; }
    public long CacheWrite30m { get; set; }
    public long CacheWrite1h { get; set; }
    public long Output { get; set; }
    public long Reasoning { get; set; }
    /// <summary>Estimated cost, for display; rollups hold the exact sums. Null when unknown.</summary>
    public long? EstimatedCostNanoUsd { get; set; }
    public string? RequestId { get; set; }
    public string? ErrorType { get; set; }
    /// <summary>Sender, reading, reported cost, operation and the rest, as compact JSON.</summary>
    public string Detail { get; set; } = "{}";
    public Doors Doors { get; set; } = Doors.Otlp;
    /// <summary>The guardrail it passed, a dimension <see cref="Store.DimensionKind.Resource"/>: <c>Guardrail/id</c>; 0 = none known.</summary>
    public int GuardrailId { get; set; }
    /// <summary><see cref="SampledShare"/> of the call; 0 = it stands for itself.</summary>
    public long KeptOf2Pow56 { get; set; }

    public SampledShare Sampled => new(KeptOf2Pow56);

    public TokenCounts Tokens
    {
        get => new(Input, CacheRead, CacheWrite5m, CacheWrite30m, CacheWrite1h, Output, Reasoning);
        set => (Input, CacheRead, CacheWrite5m, CacheWrite30m, CacheWrite1h, Output, Reasoning) = value;
    }
}

/// <summary>A combination of dimensions of the usage rollup. 0 = not known or not applicable.</summary>
public sealed class UsageSeries
{
    public int Id { get; set; }
    public int AccountId { get; set; }
    public int RegionId { get; set; }
    public int ProviderId { get; set; }
    public int ModelId { get; set; }
    public ServiceTier Tier { get; set; }
    public RoutingScope Scope { get; set; }
    public ContextBand Band { get; set; }
    public int FeatureId { get; set; }
    public int TeamId { get; set; }
    public int ApplicationId { get; set; }
    public int EnvironmentId { get; set; }
    public int ReleaseId { get; set; }
    public int WorkflowId { get; set; }
    public int AgentId { get; set; }
    public bool IsOffBill { get; set; }
    /// <summary>Doors that the calls came through.</summary>
    public Doors Doors { get; set; } = Doors.Otlp;
}

/// <summary>A combination of dimensions of the cost rollup: no workflow and agent, but the price.</summary>
public sealed class CostSeries
{
    public int Id { get; set; }
    public int AccountId { get; set; }
    public int RegionId { get; set; }
    public int ProviderId { get; set; }
    public int ModelId { get; set; }
    public ServiceTier Tier { get; set; }
    public RoutingScope Scope { get; set; }
    public ContextBand Band { get; set; }
    public int FeatureId { get; set; }
    public int TeamId { get; set; }
    public int ApplicationId { get; set; }
    public int EnvironmentId { get; set; }
    public int ReleaseId { get; set; }
    public bool IsOffBill { get; set; }
    /// <summary>False for calls that cost nothing by their status.</summary>
    public bool IsBillable { get; set; }
    /// <summary>Row of <see cref="Prices.Price"/>; 0 = no price.</summary>
    public int PriceId { get; set; }
    /// <summary>Doors that the calls came through.</summary>
    public Doors Doors { get; set; } = Doors.Otlp;
}

/// <summary>Width of a usage rollup slot.</summary>
public enum RollupSpan : byte { Minute5 = 0, Hour = 1, Day = 2 }

/// <summary>Usage per slot and series. Key: span, slot start, series.</summary>
public sealed class UsageRollup
{
    public RollupSpan Span { get; set; }
    /// <summary>Seconds since 1970 of the slot's start, UTC.</summary>
    public long SlotUnixSeconds { get; set; }
    public int SeriesId { get; set; }
    /// <summary>Every attempt.</summary>
    public long Calls { get; set; }
    public long Errors { get; set; }
    public long Throttles { get; set; }
    public long Retries { get; set; }
    /// <summary>Requests booked here (algorithms §11); only on the series of a root.</summary>
    public long Requests { get; set; }
    /// <summary>Calls whose token counts are unknown.</summary>
    public long CallsWithoutTokens { get; set; }
    public long Input { get; set; }
    public long CacheRead { get; set; }
    public long CacheWrite5m { get; set; }
    public long CacheWrite30m { get; set; }
    public long CacheWrite1h { get; set; }
    public long Output { get; set; }
    public long Reasoning { get; set; }
    public double DurationMs { get; set; }
    /// <summary>Log-histogram of call duration (<see cref="LatencyHistogram"/>).</summary>
    public byte[]? Latency { get; set; }
    public byte[]? TimeToFirstToken { get; set; }

    public TokenCounts Tokens => new(Input, CacheRead, CacheWrite5m, CacheWrite30m, CacheWrite1h, Output, Reasoning);
}

/// <summary>Estimated cost per slot (hour or day) and cost series. Key: span, slot start, series.</summary>
public sealed class CostRollup
{
    public RollupSpan Span { get; set; }
    public long SlotUnixSeconds { get; set; }
    public int SeriesId { get; set; }
    public long Calls { get; set; }
    public long Input { get; set; }
    public long CacheRead { get; set; }
    public long CacheWrite5m { get; set; }
    public long CacheWrite30m { get; set; }
    public long CacheWrite1h { get; set; }
    public long Output { get; set; }
    public long Reasoning { get; set; }
    /// <summary>
    /// Tokens × price, nano-USD, rounded once per hour slot; a day's cost is the sum of its hours, so that both views agree.
    /// Kinds without a price add nothing: <see cref="UnpricedTokens"/> says how many.
    /// </summary>
    public long EstimatedCostNanoUsd { get; set; }
    /// <summary>Billable tokens of kinds without a price.</summary>
    public long UnpricedTokens { get; set; }
    /// <summary>Billable calls without tokens or with no price at all.</summary>
    public long CallsWithoutCost { get; set; }
    /// <summary>Row of <see cref="Prices.Price"/> that a re-pricing put in the place of the series' own; 0 = the series' own.</summary>
    public int RepricedId { get; set; }
    /// <summary>Calls whose token counts are unknown.</summary>
    public long CallsWithoutTokens { get; set; }
    /// <summary>Failed attempts with tokens that were sent again.</summary>
    public long RetriedCalls { get; set; }

    public TokenCounts Tokens => new(Input, CacheRead, CacheWrite5m, CacheWrite30m, CacheWrite1h, Output, Reasoning);
}
