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

    private sealed class Below
    {
        /// <summary>Calls directly below: no other call, tool or agent between.</summary>
        public readonly List<MergedCall> Near = [];
        public readonly List<MergedCall> All = [];
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
        var isSum = false;
        if (below is null) calls.Add(own = new MergedCall(candidate));
        else if (Inner(candidate, below.Near) is { } inner)
        {
            inner.Absorb(candidate);
            _rollUps.Add(candidate.Node.Span.SpanId);
            isSum = true;
        }
        else if (IsSum(candidate, below))
        {
            _rollUps.Add(candidate.Node.Span.SpanId);
            isSum = true;
        }
        else calls.Add(own = new MergedCall(candidate));

        if (candidate.Node.CallAbove is not { } above) return;
        if (!_below.TryGetValue(above, out var under)) _below[above] = under = new Below();
        if (own is not null) under.All.Add(own);
        if (below is not null) under.All.AddRange(below.All);
        if (candidate.Node.IsApart) return;
        if (own is not null) under.Near.Add(own);
        else if (isSum) under.Near.AddRange(below!.Near);
    }

    /// <summary>The call that this span wraps, or null.</summary>
    private static MergedCall? Inner(CallCandidate wrapper, List<MergedCall> near)
    {
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
        return IsSum(wrapper.Reading, below.Near, wrapper) || IsSum(wrapper.Reading, below.Near, null) || IsSum(wrapper.Reading, below.All, null);
    }

    private static bool IsSum(TokenReading whole, List<MergedCall> calls, CallCandidate? sameModelAs)
    {
        long input = 0, prompt = 0, output = 0;
        var counted = 0;
        var leavesOutCaches = !whole.HasCaches;
        foreach (var call in calls)
        {
            if (call.Reading.IsUnknown || sameModelAs is not null && !call.SharesModelWith(sameModelAs)) continue;
            counted++;
            input += call.Reading.Input ?? 0;
            prompt += call.Reading.Prompt;
            output += call.Reading.Output ?? 0;
            leavesOutCaches |= !call.Reading.HasCaches;
        }
        if (counted < 2 || whole.Output is { } generated && generated != output) return false;
        if (whole.Input is null && !whole.HasCaches) return whole.Output is not null;
        return whole.Prompt == prompt || leavesOutCaches && (whole.Input ?? 0) == input;
    }
}
