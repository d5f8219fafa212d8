using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>The spans of one trace in their order and places. Built without recursion: a trace may be as deep as it is long.</summary>
internal sealed class SpanTree
{
    private const int SmallTrace = 12;

    /// <summary>By start, then span id; one per span id.</summary>
    public required SpanNode[] Nodes { get; init; }
    /// <summary>Parents before children.</summary>
    public required SpanNode[] TopDown { get; init; }
    /// <summary>The earliest span without a parent id, or null while it has not arrived.</summary>
    public SpanNode? Root { get; private init; }

    public static SpanTree Of(IReadOnlyCollection<Span> spans, OwnerLookup owners)
    {
        var sorted = new Span[spans.Count];
        var at = 0;
        foreach (var span in spans) sorted[at++] = span;
        if (sorted.Length > 1) sorted = Ordered(sorted);
        var nodes = new SpanNode[sorted.Length];
        for (var i = 0; i < nodes.Length; i++) nodes[i] = new SpanNode(sorted[i], i);
        Dictionary<SpanId, SpanNode>? byId = null;
        if (nodes.Length > SmallTrace)
        {
            byId = new(nodes.Length);
            foreach (var node in nodes) byId[node.Span.SpanId] = node;
        }
        foreach (var node in nodes) node.Parent = Find(nodes, byId, node);

        var tree = new SpanTree { Nodes = nodes, TopDown = FromTheTop(nodes), Root = Array.Find(nodes, n => n.Span.IsRoot) };
        foreach (var node in tree.TopDown) Inherit(node, owners);
        return tree;
    }

    private static Span[] Ordered(Span[] spans)
    {
        Array.Sort(spans, Compare);
        var ids = new HashSet<SpanId>(spans.Length);
        var kept = 0;
        // A span sent twice with different content counts once: the longer, richer one.
        foreach (var span in spans)
        {
            if (ids.Add(span.SpanId)) spans[kept++] = span;
            else
            {
                var first = Array.FindIndex(spans, 0, kept, s => s.SpanId == span.SpanId);
                if (Richer(span, spans[first]) > 0) spans[first] = span;
            }
        }
        if (kept == spans.Length) return spans;
        Array.Resize(ref spans, kept);
        Array.Sort(spans, Compare);
        return spans;
    }

    private static int Compare(Span a, Span b)
    {
        var byStart = a.StartUnixNs.CompareTo(b.StartUnixNs);
        return byStart != 0 ? byStart : a.SpanId.Value.CompareTo(b.SpanId.Value);
    }

    private static int Richer(Span a, Span b)
    {
        var order = a.EndUnixNs.CompareTo(b.EndUnixNs);
        if (order == 0) order = a.Attributes.Items.Count.CompareTo(b.Attributes.Items.Count);
        if (order == 0) order = string.CompareOrdinal(a.Attributes.ToJson(), b.Attributes.ToJson());
        return order != 0 ? order : string.CompareOrdinal(a.Name + a.StatusMessage, b.Name + b.StatusMessage);
    }

    private static SpanNode? Find(SpanNode[] nodes, Dictionary<SpanId, SpanNode>? byId, SpanNode child)
    {
        var id = child.Span.ParentSpanId;
        if (id.IsNone || id == child.Span.SpanId) return null;
        if (byId is not null) return byId.GetValueOrDefault(id);
        foreach (var node in nodes)
            if (node.Span.SpanId == id) return node;
        return null;
    }

    private static SpanNode[] FromTheTop(SpanNode[] nodes)
    {
        var ordered = new SpanNode[nodes.Length];
        var done = new bool[nodes.Length];
        var onPath = new bool[nodes.Length];
        var path = new Stack<SpanNode>();
        var count = 0;
        foreach (var start in nodes)
        {
            for (var node = start; node is not null && !done[node.Order]; node = node.Parent)
            {
                if (onPath[node.Order])
                {
                    // Spans that name each other as parents: the one met last becomes a top.
                    path.Peek().Parent = null;
                    break;
                }
                onPath[node.Order] = true;
                path.Push(node);
            }
            while (path.TryPop(out var node))
            {
                done[node.Order] = true;
                ordered[count++] = node;
            }
        }
        return ordered;
    }

    private static void Inherit(SpanNode node, OwnerLookup owners)
    {
        var parent = node.Parent;
        var facts = node.Facts;
        node.Role = SpanRoles.Of(node.Span, facts);
        node.Owners = owners.Of(node.Span.Attributes, parent?.Owners);
        var kind = facts?.Text(SpanField.TraceloopKind);
        node.Agent = facts?.Text(SpanField.Agent) ?? (kind == "agent" ? facts!.Text(SpanField.EntityName) : null) ?? parent?.Agent;
        node.Workflow = facts?.Text(SpanField.Workflow) ?? (kind == "workflow" ? facts!.Text(SpanField.EntityName) : null) ?? parent?.Workflow;
        node.User = facts?.Text(SpanField.User) ?? parent?.User;
        node.Tool = node.Role == SpanRole.Tool
            ? facts?.Text(SpanField.Tool) ?? facts?.Text(SpanField.EntityName) ?? node.Span.Name
            : facts?.Text(SpanField.Tool) ?? parent?.Tool;
        node.Scene = node.Role == SpanRole.Agent ? node : parent?.Scene ?? node;
        if (parent is null) return;
        node.CallAbove = parent.Role == SpanRole.Call ? parent : parent.CallAbove;
        node.IsApart = parent.Role is SpanRole.Agent or SpanRole.Tool || parent.Role != SpanRole.Call && parent.IsApart;
    }
}
