namespace GenAiCostPortal.Ledger.Usage;

/// <summary>What an OTLP metric of a GenAI sender counts.</summary>
public enum Measure : byte
{
    /// <summary>Tokens of the prompt as the sender counts them.</summary>
    InputTokens = 0,
    OutputTokens = 1,
    CacheReadTokens = 2,
    CacheWriteTokens = 3,
    ReasoningTokens = 4,
    /// <summary>Calls made (count of the duration histogram).</summary>
    Calls = 5,
    /// <summary>Summed duration of calls, milliseconds.</summary>
    DurationMs = 6,
}

/// <summary>One time series of an OTLP metric: a sender, an instrument, a set of attributes.</summary>
public sealed class MeasuredStream
{
    public int Id { get; set; }
    /// <summary>SHA-256 over resource, scope, instrument, unit, temporality and attributes, hex.</summary>
    public required string Hash { get; set; }
    public Measure Measure { get; set; }
    /// <summary>Values are running totals since the start of the series.</summary>
    public bool IsCumulative { get; set; }
    /// <summary>Who and what it is about (no workflow, agent, tier or band).</summary>
    public int UsageSeriesId { get; set; }
    /// <summary>Reported beside <see cref="Measure.Calls"/>: the calls of this series failed.</summary>
    public bool IsError { get; set; }
}

/// <summary>A data point as received; kept as long as calls, so that the same point again changes nothing. Key: stream, time.</summary>
public sealed class MeasuredPoint
{
    public int StreamId { get; set; }
    public long TimeUnixMs { get; set; }
    public long StartUnixMs { get; set; }
    public double Sum { get; set; }
    public long Count { get; set; }
}

/// <summary>What senders counted, per 5 minutes. Key: slot, series, measure.</summary>
public sealed class MeasuredUsage
{
    public long SlotUnixSeconds { get; set; }
    public int SeriesId { get; set; }
    public Measure Measure { get; set; }
    public double Value { get; set; }
}
