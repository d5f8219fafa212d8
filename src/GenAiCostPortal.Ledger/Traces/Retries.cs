using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>Pairs failed attempts with the sibling that tried again (algorithms §5).</summary>
internal static class Retries
{
    private const long WindowNs = 120_000_000_000;
    // Clocks of JavaScript run in steps, so a retry may seem to begin a little before the failure ended.
    private const long ClockStepNs = 10_000_000;

    /// <summary>Marks pairs: a failed attempt has at most one retry, a retry at most one attempt before it. Both lists in order of start.</summary>
    public static void Mark(Call[] calls, List<MergedCall> merged)
    {
        for (var i = 0; i < calls.Length; i++)
        {
            if (calls[i].Status == CallStatus.Ok) continue;
            var endNs = merged[i].Span.EndUnixNs;
            for (var j = i + 1; j < calls.Length; j++)
            {
                var startNs = merged[j].Span.StartUnixNs;
                if (startNs > endNs + WindowNs) break;
                if (startNs < endNs - ClockStepNs || (calls[j].Flags & CallFlags.IsRetry) != 0 || !IsSibling(merged[i], merged[j])
                    || calls[i].Model.Canonical != calls[j].Model.Canonical || calls[i].Operation != calls[j].Operation) continue;
                calls[i] = calls[i] with { Flags = calls[i].Flags | CallFlags.WasRetried };
                calls[j] = calls[j] with { Flags = calls[j].Flags | CallFlags.IsRetry };
                break;
            }
        }
    }

    // A merged call has two parents: that of its innermost and that of its outermost span.
    private static bool IsSibling(MergedCall a, MergedCall b)
    {
        var (inner, outer) = (a.Span.ParentSpanId, a.Outermost.Node.Span.ParentSpanId);
        var (otherInner, otherOuter) = (b.Span.ParentSpanId, b.Outermost.Node.Span.ParentSpanId);
        return inner == otherInner || inner == otherOuter || outer == otherInner || outer == otherOuter;
    }
}
