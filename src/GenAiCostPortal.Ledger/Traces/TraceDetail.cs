using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>A span as shown: placed in the waterfall, with its call's numbers.</summary>
/// <param name="Depth">0 for the root.</param>
/// <param name="OffsetMs">From the trace's start.</param>
/// <param name="PriceText">"$3.00 in, $15.00 out per 1 M, list of 1 Aug 2026"; empty without a price.</param>
/// <param name="StoredAttributes">Sender's attributes, resource last; prompt text never, unless capture is on.</param>
public sealed record TraceSpan(
    SpanId SpanId, SpanId ParentSpanId, string Name, SpanKind Kind, DateTime Start, double OffsetMs, double DurationMs, int Depth,
    SpanStatus Status, string StatusMessage, string Service, string Model, TokenCounts? Tokens, TokenState TokenState, decimal? EstimatedCostUsd,
    CostState CostState, bool IsCall, bool IsRollUp, bool IsRetry, bool WasRetried, bool IsLoop, bool IsOnCriticalPath, bool IsOrphan,
    string Reading, string PriceText, decimal? SenderReportedCostUsd, IReadOnlyList<KeyValuePair<string, string>> StoredAttributes)
{
    /// <summary>How the call ended; null for other spans.</summary>
    public CallStatus? CallStatus { get; init; }
    /// <summary>Milliseconds to the first token of a stream; null when not sent.</summary>
    public double? TimeToFirstTokenMs { get; init; }
    /// <summary>Tokens and cost by kind at the price that held at the call; empty for other spans and unknown tokens.</summary>
    public IReadOnlyList<TokenLine> TokenLines { get; init; } = [];
    public CallFlags Flags { get; init; }
    /// <summary>A repeat beyond what its step usually needs (<see cref="TraceLoop.Usual"/>).</summary>
    public bool IsRepeat { get; init; }
    /// <summary>Cost at the rates of its account's closed bill of that day, USD; null while open or where the bill shows none. The call's own estimate stays beside it.</summary>
    public decimal? BilledCostUsd { get; init; }
    /// <summary>Cost at the price that a later re-pricing gave its usage, USD; null where there was none.</summary>
    public decimal? RepricedCostUsd { get; init; }
}

/// <summary>One token kind of one call. USD; null where the kind has no price.</summary>
public sealed record TokenLine(TokenKind Kind, long Tokens, decimal? UsdPerMillion, decimal? EstimatedCostUsd);

/// <summary>A trace with all its spans in drawing order (parents before children, by start).</summary>
public sealed record TraceDetail(TraceItem Trace, IReadOnlyList<TraceSpan> Spans, IReadOnlyList<TraceLoop> Loops)
{
    /// <summary>What this workflow usually takes; null while too few requests are known.</summary>
    public WorkflowUsual? Usual { get; init; }

    /// <summary>Cost of the whole trace at billed rates, USD; null unless every billable call has one.</summary>
    public decimal? BilledCostUsd
    {
        get
        {
            var calls = Spans.Where(s => s.IsCall && s.CostState != CostState.NotBillable).ToList();
            return calls.Count > 0 && calls.TrueForAll(c => c.BilledCostUsd is not null) ? calls.Sum(c => c.BilledCostUsd) : null;
        }
    }
}

/// <summary>
/// Medians over the workflow's earlier requests (newest first, at most 1,000 of 28 days; at least 20). Cost is estimated, USD.
/// </summary>
public sealed record WorkflowUsual(int Requests, decimal EstimatedCostUsd, int Calls, long Tokens, double DurationMs);

/// <summary>A step that repeats: how often and what its repeats cost.</summary>
/// <param name="EstimatedCostUsd">Cost of the runs beyond <see cref="Usual"/>, else beyond the first; null when a price is missing for all of them.</param>
/// <param name="Spans">Its calls by start.</param>
public sealed record TraceLoop(string Step, int Times, decimal? EstimatedCostUsd, IReadOnlyList<SpanId> Spans)
{
    /// <summary>How often the step runs in the workflow's other traces (median); null while that is not known.</summary>
    public int? Usual { get; init; }
    /// <summary>Runs beyond the usual number, else beyond the first.</summary>
    public int Repeats => Math.Max(0, Times - (Usual ?? 1));
}
