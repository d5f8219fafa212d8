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
    /// <summary>Part of a workflow's or feature's name, or the beginning of a trace id.</summary>
    public string? Text { get; init; }
}

/// <summary>A trace in a list. Cost is estimated, USD; null when unknown.</summary>
public sealed record TraceItem(
    string TraceId, DateTime Start, double DurationMs, string Workflow, string Feature, string Release, string Environment,
    IReadOnlyList<string> Models, int Calls, int Spans, long Tokens, decimal? EstimatedCostUsd, CostState CostState, SpanStatus Status,
    int Errors, int Retries, decimal RetryCostUsd, int Loops, string Source);

/// <summary>A page of the list. The total is honest: counted, not capped.</summary>
/// <param name="TotalCount">All that match, also beyond <see cref="TraceSearch.Window"/>.</param>
public sealed record TracePage(long TotalCount, IReadOnlyList<TraceItem> Items)
{
    /// <summary>Estimated cost of all that match, USD; unknown costs are not in it.</summary>
    public decimal EstimatedCostUsd { get; init; }
    /// <summary>Traces that match and whose cost is unknown or partly unknown.</summary>
    public long WithoutFullCost { get; init; }
    public long WithRetries { get; init; }
    public long WithLoops { get; init; }
    /// <summary>Cost of failed attempts that were retried, USD; part of <see cref="EstimatedCostUsd"/>.</summary>
    public decimal RetryCostUsd { get; init; }
    /// <summary>Filters that traces cannot answer (cost component, method …); they were not applied, and the page says so.</summary>
    public IReadOnlyList<SpendDimension> NotApplied { get; init; } = [];
}
