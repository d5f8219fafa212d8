using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>A trace as listed. Kept up to date by the writer in the transaction that stores its spans.</summary>
public sealed class TraceRow
{
    /// <summary>Grows with arrival, so spans and calls of new traces are appended.</summary>
    public long Key { get; set; }
    /// <summary>16 bytes.</summary>
    public required byte[] TraceId { get; set; }
    public long StartUnixMs { get; set; }
    public double DurationMs { get; set; }
    public int WorkflowId { get; set; }
    public int FeatureId { get; set; }
    public int TeamId { get; set; }
    public int ApplicationId { get; set; }
    public int EnvironmentId { get; set; }
    public int ReleaseId { get; set; }
    /// <summary>Account and region of its calls (the first that says).</summary>
    public int AccountId { get; set; }
    public int RegionId { get; set; }
    /// <summary>Dimension ids of the models called, ascending, comma separated with a leading and a trailing comma.</summary>
    public string ModelIds { get; set; } = ",";
    public int Spans { get; set; }
    public int Calls { get; set; }
    public int Errors { get; set; }
    public int Retries { get; set; }
    public int Loops { get; set; }
    public long Tokens { get; set; }
    /// <summary>Estimated cost of its priced calls, nano-USD.</summary>
    public long EstimatedCostNanoUsd { get; set; }
    public long RetryCostNanoUsd { get; set; }
    /// <summary>Worst cost state among its billable calls.</summary>
    public CostState CostState { get; set; }
    public SpanStatus Status { get; set; }
    /// <summary>False while only children have arrived.</summary>
    public bool HasRoot { get; set; }
    /// <summary>Booked as a request: at least one call.</summary>
    public bool IsRequest { get; set; }
    /// <summary>Usage series and start under which the request is booked (to move the booking exactly).</summary>
    public int RequestSeriesId { get; set; }
    public long RequestUnixMs { get; set; }
    /// <summary><see cref="SampledShare"/> of the request; 0 = it stands for itself.</summary>
    public long KeptOf2Pow56 { get; set; }
    /// <summary>Keyed hash of who asked; 0 when no span says.</summary>
    public long UserHash { get; set; }
    /// <summary>Doors of its spans: <c>Otlp</c>, <c>Otlp,InvocationLog</c> …</summary>
    public string Source { get; set; } = "Otlp";
}

/// <summary>A stored span. Key: trace key and span id.</summary>
public sealed class SpanRow
{
    public long TraceKey { get; set; }
    /// <summary>The 8 bytes as a signed number.</summary>
    public long SpanId { get; set; }
    /// <summary>0 for a root.</summary>
    public long ParentSpanId { get; set; }
    public required string Name { get; set; }
    public SpanKind Kind { get; set; }
    public SpanStatus Status { get; set; }
    public string? StatusMessage { get; set; }
    public long StartUnixNs { get; set; }
    public long DurationNs { get; set; }
    /// <summary>Resource and scope, kept once per sender: <see cref="SpanOrigin"/>.</summary>
    public int OriginId { get; set; }
    /// <summary>Compact JSON object.</summary>
    public string Attributes { get; set; } = "{}";
    public Doors Doors { get; set; } = Doors.Otlp;
    /// <summary>A wrapper that repeats the calls below it; counted so at its sender.</summary>
    public bool IsRollUp { get; set; }
}

/// <summary>Resource attributes and instrumentation scope shared by many spans.</summary>
public sealed class SpanOrigin
{
    public int Id { get; set; }
    /// <summary>SHA-256 of what follows, hex.</summary>
    public required string Hash { get; set; }
    public required string ResourceAttributes { get; set; }
    public required string ScopeName { get; set; }
    public required string ScopeVersion { get; set; }
}
