namespace GenAiCostPortal.Ledger.Usage;

/// <summary>What an OTLP metric of a GenAI sender counts.</summary>
public enum Measure : byte
{
    /// <summary>Tokens of the prompt, cached ones among them (or of a sender of whom that is not known).</summary>
    InputTokens = 0,
    OutputTokens = 1,
    CacheReadTokens = 2,
    CacheWriteTokens = 3,
    ReasoningTokens = 4,
    /// <summary>Calls made (count of the duration histogram).</summary>
    Calls = 5,
    /// <summary>Summed duration of calls, milliseconds.</summary>
    DurationMs = 6,
    /// <summary>Tokens of the prompt without the cached ones, of a sender known to leave them out.</summary>
    UncachedInputTokens = 7,
}

/// <summary>One time series of an OTLP metric: a sender, an instrument, a set of attributes.</summary>
public sealed class MeasuredStream
{
    public int Id { get; set; }
    /// <summary>What old and coming names of its usage have in common, the age of its name, and a hash over resource, scope, instrument, unit, temporality and attributes.</summary>
    public required string Hash { get; set; }
    public Measure Measure { get; set; }
    /// <summary>Values are running totals since the start of the series.</summary>
    public bool IsCumulative { get; set; }
    /// <summary>Who and what it is about (no workflow, agent, tier or band).</summary>
    public int UsageSeriesId { get; set; }
    /// <summary>Reported beside <see cref="Measure.Calls"/>: the calls of this series failed.</summary>
    public bool IsError { get; set; }
}

/// <summary>
/// A data point as received, so that the same point again changes nothing and late ones find their neighbours. Kept while points
/// of that time are still taken; the newest of a series longer. Key: stream, time.
/// </summary>
public sealed class MeasuredPoint
{
    public int StreamId { get; set; }
    public long TimeUnixMs { get; set; }
    public long StartUnixMs { get; set; }
    /// <summary>What <see cref="MeasuredStream.Measure"/> counts: tokens, calls, milliseconds.</summary>
    public double Sum { get; set; }
    /// <summary>Observations of a histogram; 0 for counters.</summary>
    public long Count { get; set; }
}

/// <summary>
/// What senders counted, booked at the end of what each data point covers. Per 5 minutes; settled rows are per hour and hold only
/// what no recorded call stands for. Key: slot, series, measure, reach.
/// </summary>
public sealed class MeasuredUsage
{
    /// <summary>Value of <see cref="ReachSlots"/> in settled rows.</summary>
    public const int Settled = -1;

    public long SlotUnixSeconds { get; set; }
    public int SeriesId { get; set; }
    public Measure Measure { get; set; }
    /// <summary>How many slots before this one the counted usage may have begun; 0 up to one slot.</summary>
    public int ReachSlots { get; set; }
    public double Value { get; set; }
}
