namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// Recorded calls that a sampler kept with a known probability below 1, per slot (hour or day) and cost series, and what the calls
/// that it did not keep must have used. Sparse: senders that sample nothing have no row. Key: span, slot start, series.
/// </summary>
public sealed class SampledUsage
{
    public RollupSpan Span { get; set; }
    public long SlotUnixSeconds { get; set; }
    public int SeriesId { get; set; }
    /// <summary>Recorded calls of sampled traces; they are in <see cref="CostRollup"/> too.</summary>
    public long Calls { get; set; }
    /// <summary>Their recorded tokens.</summary>
    public long Input { get; set; }
    public long CacheRead { get; set; }
    public long CacheWrite5m { get; set; }
    public long CacheWrite30m { get; set; }
    public long CacheWrite1h { get; set; }
    public long Output { get; set; }
    /// <summary>Tokens × (1/p − 1), rounded per call: what was not recorded, in no other sum.</summary>
    public long UnrecordedInput { get; set; }
    public long UnrecordedCacheRead { get; set; }
    public long UnrecordedCacheWrite5m { get; set; }
    public long UnrecordedCacheWrite30m { get; set; }
    public long UnrecordedCacheWrite1h { get; set; }
    public long UnrecordedOutput { get; set; }
}

/// <summary>The same of requests, per slot (hour or day) and the usage series they are booked under. Key: span, slot start, series.</summary>
public sealed class SampledRequests
{
    public RollupSpan Span { get; set; }
    public long SlotUnixSeconds { get; set; }
    public int SeriesId { get; set; }
    /// <summary>Recorded requests of sampled traces; they are in <see cref="UsageRollup"/> too.</summary>
    public long Requests { get; set; }
    /// <summary>1/p − 1 of each, in millionths of a request.</summary>
    public long UnrecordedMillionths { get; set; }
}
