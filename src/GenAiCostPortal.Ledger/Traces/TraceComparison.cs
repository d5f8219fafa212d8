namespace GenAiCostPortal.Ledger.Traces;

/// <summary>All spans of one name in a trace. Cost is estimated, USD; durations are added up, also where spans overlap.</summary>
public sealed record StepSum(int Spans, int Calls, long Tokens, decimal EstimatedCostUsd, double DurationMs)
{
    public static readonly StepSum None = new(0, 0, 0, 0, 0);

    internal static StepSum Of(IEnumerable<TraceSpan> spans)
    {
        var (count, calls, tokens, cost, duration) = (0, 0, 0L, 0m, 0.0);
        foreach (var s in spans)
        {
            count++;
            if (s.IsCall) (calls, tokens, cost) = (calls + 1, tokens + (s.Tokens?.Total ?? 0), cost + (s.EstimatedCostUsd ?? 0));
            duration += s.DurationMs;
        }
        return new StepSum(count, calls, tokens, cost, duration);
    }
}

/// <summary>A step in two traces, matched by its name.</summary>
public sealed record StepChange(string Name, bool HasCalls, StepSum First, StepSum Second)
{
    public decimal CostChangeUsd => First.EstimatedCostUsd - Second.EstimatedCostUsd;
    public long TokensChange => First.Tokens - Second.Tokens;
    public int SpansChange => First.Spans - Second.Spans;
    public double DurationChangeMs => First.DurationMs - Second.DurationMs;
}

/// <summary>Two traces step by step. Calls, tokens and cost of the steps add up to those of the traces.</summary>
public sealed record TraceComparison(TraceDetail First, TraceDetail Second, IReadOnlyList<StepChange> Steps)
{
    /// <summary>Steps by how much their cost differs, then by how often they ran.</summary>
    public static TraceComparison Of(TraceDetail first, TraceDetail second)
    {
        var (a, b) = (first.Spans.ToLookup(Step), second.Spans.ToLookup(Step));
        var steps = a.Select(g => g.Key).Union(b.Select(g => g.Key)).Select(name => new StepChange(
            name, a[name].Concat(b[name]).Any(s => s.IsCall), StepSum.Of(a[name]), StepSum.Of(b[name])));
        return new TraceComparison(first, second,
            [.. steps.OrderByDescending(s => Math.Abs(s.CostChangeUsd)).ThenByDescending(s => Math.Abs(s.SpansChange)).ThenBy(s => s.Name, StringComparer.Ordinal)]);
    }

    // Many senders call every model call "chat": there the model tells steps apart.
    private static string Step(TraceSpan span) => span.IsCall && span.Model.Length > 0 && !span.Name.Contains(span.Model, StringComparison.OrdinalIgnoreCase) ? $"{span.Name} · {span.Model}" : span.Name;
}
