namespace GenAiCostPortal.Ledger.Traces;

/// <summary>What placing a span needs. Times are nanoseconds since 1970, UTC.</summary>
public readonly record struct WaterfallSpan(SpanId Id, SpanId ParentId, long StartUnixNs, long EndUnixNs);

/// <summary>A span's place in the waterfall.</summary>
/// <param name="Index">Position in the list given to <see cref="Waterfall.Place"/>.</param>
/// <param name="Depth">0 for a root, an orphan and the span at which a cycle was cut.</param>
/// <param name="OffsetNs">From the start of the earliest span, so never negative.</param>
/// <param name="IsOrphan">Its parent is named but not here, or lies on a cycle that was cut at this span.</param>
/// <param name="IsOnCriticalPath">Shortening this span would shorten the trace.</param>
public readonly record struct WaterfallPlace(int Index, int Depth, long OffsetNs, bool IsOrphan, bool IsOnCriticalPath);

/// <summary>
/// Places the spans of a trace: parents before children, children by start. Pure, and independent of the order the spans came in.
/// Nothing recurses, so a chain of 10,000 spans is placed like any other.
/// </summary>
public static class Waterfall
{
    private const int NoParent = -1;

    /// <summary>Places of all spans in drawing order; each span exactly once. Ids are distinct (they are keys in the store).</summary>
    public static IReadOnlyList<WaterfallPlace> Place(IReadOnlyList<WaterfallSpan> spans)
    {
        if (spans.Count == 0) return [];
        var order = Enumerable.Range(0, spans.Count).ToArray();
        Array.Sort(order, (a, b) => Compare(spans[a], spans[b]));
        var parents = Parents(spans, order, out var orphans);
        var children = Children(order, parents);
        var path = CriticalPath.Find(spans, order, parents, orphans, children);
        var traceStart = spans[order[0]].StartUnixNs;

        var places = new List<WaterfallPlace>(spans.Count);
        var stack = new Stack<(int Index, int Depth)>();
        foreach (var root in order)
        {
            if (parents[root] != NoParent) continue;
            stack.Push((root, 0));
            while (stack.TryPop(out var at))
            {
                places.Add(new(at.Index, at.Depth, spans[at.Index].StartUnixNs - traceStart, orphans[at.Index], path[at.Index]));
                var below = children[at.Index];
                for (var i = below.Count - 1; i >= 0; i--) stack.Push((below[i], at.Depth + 1));
            }
        }
        return places;
    }

    /// <summary>By start, the longer first (it is the likelier parent), then by id so that ties do not depend on arrival.</summary>
    private static int Compare(WaterfallSpan a, WaterfallSpan b)
    {
        var start = a.StartUnixNs.CompareTo(b.StartUnixNs);
        if (start != 0) return start;
        var end = b.EndUnixNs.CompareTo(a.EndUnixNs);
        return end != 0 ? end : a.Id.Value.CompareTo(b.Id.Value);
    }

    /// <summary>Index of each span's parent, or <see cref="NoParent"/>; every cycle is cut at its earliest span.</summary>
    private static int[] Parents(IReadOnlyList<WaterfallSpan> spans, int[] order, out bool[] orphans)
    {
        var byId = new Dictionary<SpanId, int>(spans.Count);
        foreach (var index in order) byId.TryAdd(spans[index].Id, index);
        var parents = new int[spans.Count];
        orphans = new bool[spans.Count];
        foreach (var index in order)
        {
            var parent = spans[index].ParentId;
            parents[index] = parent.IsNone ? NoParent : byId.GetValueOrDefault(parent, NoParent);
            orphans[index] = !parent.IsNone && parents[index] == NoParent;
        }

        // Walks upwards in drawing order; a walk that meets itself has found a cycle.
        var walk = new int[spans.Count];
        var rank = new int[spans.Count];
        for (var i = 0; i < order.Length; i++) rank[order[i]] = i;
        for (var number = 1; number <= order.Length; number++)
        {
            var at = order[number - 1];
            while (at != NoParent && walk[at] == 0)
            {
                walk[at] = number;
                at = parents[at];
            }
            if (at == NoParent || walk[at] != number) continue;
            var cut = at;
            for (var next = parents[at]; next != at; next = parents[next])
                if (rank[next] < rank[cut]) cut = next;
            parents[cut] = NoParent;
            orphans[cut] = true;
        }
        return parents;
    }

    private static List<int>[] Children(int[] order, int[] parents)
    {
        var children = new List<int>[parents.Length];
        for (var i = 0; i < children.Length; i++) children[i] = [];
        foreach (var index in order)
            if (parents[index] != NoParent) children[parents[index]].Add(index);
        return children;
    }
}

/// <summary>
/// The chain of spans that decides how long a trace takes: from the end of the root backwards, always to the child that ended last
/// before the point reached. A child that outlives its parent counts up to the parent's end.
/// </summary>
internal static class CriticalPath
{
    public static bool[] Find(IReadOnlyList<WaterfallSpan> spans, int[] order, int[] parents, bool[] orphans, List<int>[] children)
    {
        var path = new bool[spans.Count];
        var root = Root(spans, order, parents, orphans);
        var stack = new Stack<(int Index, long UntilNs)>();
        stack.Push((root, spans[root].EndUnixNs));
        while (stack.TryPop(out var at))
        {
            path[at.Index] = true;
            var reached = at.UntilNs;
            var below = children[at.Index]
                .Select(child => (Child: child, End: Math.Min(spans[child].EndUnixNs, at.UntilNs)))
                .OrderByDescending(c => c.End).ThenByDescending(c => spans[c.Child].StartUnixNs).ThenBy(c => spans[c.Child].Id.Value);
            foreach (var (child, end) in below)
            {
                if (end > reached || spans[child].StartUnixNs >= at.UntilNs) continue;
                stack.Push((child, end));
                reached = spans[child].StartUnixNs;
            }
        }
        return path;
    }

    /// <summary>The first true root, else the longest of the spans that stand on their own.</summary>
    private static int Root(IReadOnlyList<WaterfallSpan> spans, int[] order, int[] parents, bool[] orphans)
    {
        var best = -1;
        foreach (var index in order)
        {
            if (parents[index] >= 0) continue;
            if (!orphans[index]) return index;
            if (best < 0 || Length(spans[index]) > Length(spans[best])) best = index;
        }
        return best;
    }

    private static long Length(WaterfallSpan span) => span.EndUnixNs - span.StartUnixNs;
}
