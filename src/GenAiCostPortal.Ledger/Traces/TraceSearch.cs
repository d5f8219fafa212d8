using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>Order of a trace list.</summary>
public enum TraceSort { Start, CostUsd, Tokens, DurationMs }

/// <summary>A question to the trace list.</summary>
public sealed record TraceQuery(DateTime From, DateTime To, SpendFilter Filter)
{
    public TraceSort Sort { get; init; } = TraceSort.Start;
    public bool Descending { get; init; } = true;
    public int Limit { get; init; } = 100;
    public int Offset { get; init; }
    public decimal? MinCostUsd { get; init; }
    public long? MinTokens { get; init; }
    public double? MinDurationMs { get; init; }
    public bool? HasErrors { get; init; }
    public bool? HasRetries { get; init; }
    public bool? HasLoop { get; init; }
    public string? Text { get; init; }
}

/// <summary>A trace in a list. Cost is estimated, USD; null when unknown.</summary>
public sealed record TraceItem(
    string TraceId, DateTime Start, double DurationMs, string Workflow, string Feature, string Release, string Environment,
    IReadOnlyList<string> Models, int Calls, int Spans, long Tokens, decimal? EstimatedCostUsd, CostState CostState, SpanStatus Status,
    int Errors, int Retries, decimal RetryCostUsd, int Loops, string Source);

/// <summary>A page of the list. The total is honest: counted, not capped.</summary>
public sealed record TracePage(long TotalCount, IReadOnlyList<TraceItem> Items);

/// <summary>A span as shown: placed in the waterfall, with its call's numbers.</summary>
/// <param name="Depth">0 for the root.</param>
/// <param name="OffsetMs">From the trace's start.</param>
/// <param name="PriceText">"$3.00 in, $15.00 out per 1 M, list of 1 Aug 2026"; empty without a price.</param>
/// <param name="StoredAttributes">Sender's attributes, resource last; prompt text never, unless capture is on.</param>
public sealed record TraceSpan(
    SpanId SpanId, SpanId ParentSpanId, string Name, SpanKind Kind, DateTime Start, double OffsetMs, double DurationMs, int Depth,
    SpanStatus Status, string StatusMessage, string Service, string Model, TokenCounts? Tokens, TokenState TokenState, decimal? EstimatedCostUsd,
    CostState CostState, bool IsCall, bool IsRollUp, bool IsRetry, bool WasRetried, bool IsLoop, bool IsOnCriticalPath, bool IsOrphan,
    string Reading, string PriceText, decimal? SenderReportedCostUsd, IReadOnlyList<KeyValuePair<string, string>> StoredAttributes);

/// <summary>A trace with all its spans in drawing order (parents before children, by start).</summary>
public sealed record TraceDetail(TraceItem Trace, IReadOnlyList<TraceSpan> Spans, IReadOnlyList<TraceLoop> Loops);

/// <summary>A step that repeats: how often and what its repeats cost.</summary>
public sealed record TraceLoop(string Step, int Times, decimal? EstimatedCostUsd, IReadOnlyList<SpanId> Spans);

/// <summary>Reads traces for lists and for the waterfall.</summary>
public sealed class TraceSearch
{
    /// <summary>A page of traces.</summary>
    public Task<TracePage> FindAsync(TraceQuery query, CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>One trace, or null when there is none (or its retention has passed).</summary>
    public Task<TraceDetail?> OpenAsync(TraceId id, CancellationToken cancel = default) => throw new NotImplementedException();
}
