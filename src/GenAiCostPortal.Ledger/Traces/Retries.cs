using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>Pairs failed attempts with the sibling that tried again (algorithms §5).</summary>
internal static class Retries
{
    private const long WindowNs = 120_000_000_000;
    // Clocks of JavaScript run in steps, so a retry may seem to begin a little before the failure ended.
    private const long ClockStepNs = 10_000_000;

    // A thousand failures at once must not cost a million comparisons.
    private const int MostLookedAt = 256;

    /// <summary>Marks pairs: a failed attempt has at most one retry, a retry at most one attempt before it. Both lists in order of start.</summary>
    public static void Mark(Call[] calls, List<MergedCall> merged)
    {
        Dictionary<SpanId, List<int>>? siblings = null;
        for (var i = 0; i < calls.Length; i++)
        {
            if (calls[i].Status == CallStatus.Ok) continue;
            siblings ??= Siblings(merged);
            var (inner, outer) = Parents(merged[i]);
            var retry = Retry(i, siblings[inner], calls, merged);
            if (outer != inner && Retry(i, siblings[outer], calls, merged) is var other and >= 0 && (retry < 0 || other < retry)) retry = other;
            if (retry < 0) continue;
            calls[i] = calls[i] with { Flags = calls[i].Flags | CallFlags.WasRetried };
            calls[retry] = calls[retry] with { Flags = calls[retry].Flags | CallFlags.IsRetry };
        }
    }

    private static int Retry(int failed, List<int> siblings, Call[] calls, List<MergedCall> merged)
    {
        var (startNs, endNs) = (merged[failed].Span.StartUnixNs, merged[failed].Span.EndUnixNs);
        var at = siblings.BinarySearch(failed) + 1;
        for (var last = Math.Min(siblings.Count, at + MostLookedAt); at < last; at++)
        {
            var later = siblings[at];
            var laterNs = merged[later].Span.StartUnixNs;
            if (laterNs > endNs + WindowNs) break;
            if (laterNs > startNs && laterNs >= endNs - ClockStepNs && (calls[later].Flags & CallFlags.IsRetry) == 0
                && calls[failed].Model.Canonical == calls[later].Model.Canonical && calls[failed].Operation == calls[later].Operation) return later;
        }
        return -1;
    }

    private static Dictionary<SpanId, List<int>> Siblings(List<MergedCall> merged)
    {
        var byParent = new Dictionary<SpanId, List<int>>();
        for (var i = 0; i < merged.Count; i++)
        {
            var (inner, outer) = Parents(merged[i]);
            Enter(inner, i);
            if (outer != inner) Enter(outer, i);
        }
        return byParent;

        void Enter(SpanId parent, int call)
        {
            if (!byParent.TryGetValue(parent, out var calls)) byParent[parent] = calls = [];
            calls.Add(call);
        }
    }

    // A merged call has two parents: that of its innermost and that of its outermost span.
    private static (SpanId Inner, SpanId Outer) Parents(MergedCall call) => (call.Span.ParentSpanId, call.Outermost.Node.Span.ParentSpanId);
}
