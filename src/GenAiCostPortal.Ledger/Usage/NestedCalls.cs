using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// Which call spans above each other are one call, which are two, and which only add up what lies below (algorithms §2.5).
/// Decided from the inside out, so that a wrapper meets what was already understood below it.
/// </summary>
internal sealed class NestedCalls
{
    // Clocks of JavaScript run in steps: a child may seem to begin a little before its parent.
    private const long ClockStepNs = 10_000_000;

    // A span over more calls than this is no wrapper of one; sums are still seen.
    private const int MostCompared = 256;

    /// <summary>What lies below a call span.</summary>
    private sealed class Below
    {
        /// <summary>Calls directly below: no other call, tool or agent between.</summary>
        public List<MergedCall> Near { get; private set; } = [];
        /// <summary>Of every call below.</summary>
        public CallSum All { get; } = new();

        // Long chains hand their lists up instead of copying them.
        public void TakeNear(List<MergedCall> calls)
        {
            if (Near.Count >= calls.Count) Near.AddRange(calls);
            else
            {
                calls.AddRange(Near);
                Near = calls;
            }
        }
    }

    private readonly Dictionary<SpanNode, Below> _below = [];
    private readonly HashSet<SpanId> _rollUps;

    private NestedCalls(HashSet<SpanId> rollUps) => _rollUps = rollUps;

    /// <summary>The calls of a trace in order; wrappers and sums are added to <paramref name="rollUps"/>.</summary>
    public static List<MergedCall> Of(SpanTree tree, HashSet<SpanId> rollUps)
    {
        var calls = new List<MergedCall>();
        NestedCalls? nested = null;
        for (var i = tree.TopDown.Length - 1; i >= 0; i--)
        {
            var node = tree.TopDown[i];
            if (node.Candidate is not { } candidate) continue;
            if (node.CallAbove is null && nested?._below.ContainsKey(node) != true)
            {
                calls.Add(new MergedCall(candidate));
                continue;
            }
            nested ??= new(rollUps);
            nested.Decide(candidate, calls);
        }
        calls.Sort((a, b) => a.Innermost.Node.Order.CompareTo(b.Innermost.Node.Order));
        return calls;
    }

    private void Decide(CallCandidate candidate, List<MergedCall> calls)
    {
        var below = _below.GetValueOrDefault(candidate.Node);
        MergedCall? own = null;
        var isOver = false;
        if (below is null) calls.Add(own = new MergedCall(candidate));
        else if (Inner(candidate, below.Near) is { } inner)
        {
            below.All.Remove(inner.Reading);
            inner.Absorb(candidate);
            below.All.Add(inner.Reading);
            _rollUps.Add(candidate.Node.Span.SpanId);
            isOver = true;
        }
        else if (IsSum(candidate, below))
        {
            _rollUps.Add(candidate.Node.Span.SpanId);
            isOver = true;
        }
        else calls.Add(own = new MergedCall(candidate));

        if (candidate.Node.CallAbove is not { } above) return;
        if (!_below.TryGetValue(above, out var under)) _below[above] = under = new Below();
        if (own is not null) under.All.Add(own.Reading);
        if (below is not null) under.All.Add(below.All);
        if (candidate.Node.IsApart) return;
        if (own is not null) under.Near.Add(own);
        else if (isOver) under.TakeNear(below!.Near);
    }

    /// <summary>The call that this span wraps, or null.</summary>
    private static MergedCall? Inner(CallCandidate wrapper, List<MergedCall> near)
    {
        if (near.Count > MostCompared) return null;
        MergedCall? agreeing = null, silent = null;
        int same = 0, silentOnes = 0, counting = 0;
        foreach (var call in near)
        {
            if (!IsWithin(call, wrapper)) continue;
            same++;
            if (call.Reading.IsUnknown)
            {
                if (call.Status != CallStatus.Ok && CallOutcome.Of(wrapper.Node.Span, wrapper.Facts) == CallStatus.Ok) continue;
                silentOnes++;
                silent = Later(silent, call);
            }
            else
            {
                counting++;
                if (!wrapper.Reading.IsUnknown && MergedCall.Agree(call.Reading, wrapper.Reading)) agreeing = Later(agreeing, call);
            }
        }
        if (wrapper.Reading.IsUnknown) return same == 1 ? near.Find(call => IsWithin(call, wrapper)) : null;
        if (agreeing is not null) return agreeing;
        return counting == 0 && silentOnes == 1 ? silent : null;
    }

    private static bool IsWithin(MergedCall call, CallCandidate wrapper) =>
        call.SharesModelWith(wrapper)
        && SpanRoles.IsEmbedding(call.Facts) == SpanRoles.IsEmbedding(wrapper.Facts)
        && call.Span.StartUnixNs >= wrapper.Node.Span.StartUnixNs - ClockStepNs
        && call.Span.StartUnixNs <= wrapper.Node.Span.EndUnixNs + ClockStepNs;

    // After retries inside a wrapper it is the last, successful attempt whose counts the wrapper repeats.
    private static MergedCall Later(MergedCall? held, MergedCall call)
    {
        if (held is null) return call;
        if ((held.Status == CallStatus.Ok) != (call.Status == CallStatus.Ok)) return call.Status == CallStatus.Ok ? call : held;
        return call.Innermost.Node.Order > held.Innermost.Node.Order ? call : held;
    }

    private static bool IsSum(CallCandidate wrapper, Below below)
    {
        if (wrapper.Reading.IsUnknown)
        {
            var wrapped = 0;
            foreach (var call in below.Near)
                if (IsWithin(call, wrapper)) wrapped++;
            return wrapped > 1;
        }
        if (below.All.Matches(wrapper.Reading)) return true;
        CallSum near = new(), sameModel = new();
        foreach (var call in below.Near)
        {
            near.Add(call.Reading);
            if (call.SharesModelWith(wrapper)) sameModel.Add(call.Reading);
        }
        return near.Matches(wrapper.Reading) || sameModel.Matches(wrapper.Reading);
    }
}
