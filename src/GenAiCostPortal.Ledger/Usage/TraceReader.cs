using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>What the spans of one trace mean.</summary>
/// <param name="Calls">The counted calls: leaf inference spans, nested spans of one call merged.</param>
/// <param name="RollUps">Spans that repeat their descendants' usage (agents, wrappers) and are not counted.</param>
/// <param name="Root">The root span, or null while only children have arrived.</param>
/// <param name="RequestOwners">Owners of the request: of the root, else of the first call.</param>
/// <param name="User">Who asked: of the root, else of the first call that knows; empty when none does.</param>
public sealed record TraceReading(
    IReadOnlyList<Call> Calls, IReadOnlySet<SpanId> RollUps, Span? Root, CallOwners RequestOwners,
    IReadOnlyList<TraceLoopReading> Loops, string User = "")
{
    /// <summary>Of <see cref="RollUps"/>, those that wrap a call or add up the calls below them (algorithms §2.5).</summary>
    public required IReadOnlySet<SpanId> Wrappers { get; init; }
}

/// <summary>A step repeated at least five times (algorithms §5).</summary>
public sealed record TraceLoopReading(string Step, IReadOnlyList<SpanId> Calls)
{
    /// <summary>What the step is told apart by in other traces; null for a repeated prompt, which is this trace's own.</summary>
    internal ToolStep? Tool { get; init; }
}

/// <summary>A step that a tool names: agent, canonical model and tool.</summary>
internal readonly record struct ToolStep(string Agent, string Model, string Tool);

/// <summary>
/// The normaliser: from all spans of one trace to its calls (algorithms §2) with retries and loops (§5). Pure: the same spans in
/// any order give the same reading, which is what makes re-delivery and late spans harmless.
/// </summary>
public static class TraceReader
{
    /// <summary>Attributes that the receiver adds to the resource from the ingest key's binding; used when nothing else says.</summary>
    public const string BoundTeam = "portal.ingest.team", BoundEnvironment = "portal.ingest.environment", BoundAccount = "portal.ingest.account";
    /// <summary>Attribute that holds the keyed prompt hash the receiver made before it dropped the text.</summary>
    public const string PromptHash = "portal.prompt_hash";
    /// <summary>Attribute of a record that was picked from many because it was among the dearest or longest.</summary>
    public const string Picked = "portal.picked";

    private static readonly HashSet<SpanId> NoRollUps = [];

    /// <summary>Reads all spans of one trace.</summary>
    public static TraceReading Read(IReadOnlyCollection<Span> spans, OwnerKeys keys)
    {
        var (tree, resources, merged, rollUps, calls, rootName, wrappers) = Understand(spans, keys);
        var loops = Loops.Mark(calls, merged, tree);
        return new(calls, rollUps.Count == 0 ? NoRollUps : rollUps, tree.Root?.Span, RequestOwners(tree, resources, calls, rootName), loops, User(tree, merged))
        {
            Wrappers = wrappers,
        };
    }

    /// <summary>How often each step that a tool names ran in a trace, retries left out.</summary>
    internal static IReadOnlyDictionary<ToolStep, int> StepTimes(IReadOnlyCollection<Span> spans, OwnerKeys keys)
    {
        var (tree, _, merged, _, calls, _, _) = Understand(spans, keys);
        return Loops.Times(calls, merged, tree);
    }

    private static (SpanTree, ResourceShelf, List<MergedCall>, HashSet<SpanId>, Call[], string, HashSet<SpanId> Wrappers) Understand(IReadOnlyCollection<Span> spans, OwnerKeys keys)
    {
        var owners = OwnerLookup.For(keys);
        var tree = SpanTree.Of(spans, owners);
        var resources = new ResourceShelf(owners);
        // A record alone knows nothing of the request it was part of.
        var rootName = tree.Root is { } top && !CallDoors.IsRecord(top.Span) ? top.Span.Name : "";

        var hasSteps = false;
        List<CallCandidate>? records = null;
        foreach (var node in tree.TopDown)
        {
            if (node.Role == SpanRole.Call && CallDoors.IsRecord(node.Span)) (records ??= []).Add(CallCandidate.Of(node, null));
            else if (node.Role == SpanRole.Call) node.Candidate = CallCandidate.Of(node, resources[node.Span.Resource].Language);
            else hasSteps |= node.Facts is { } facts && SpanRoles.HasUsage(facts);
        }
        var rollUps = new HashSet<SpanId>();
        var nested = NestedCalls.Of(tree, rollUps);
        HashSet<SpanId> wrappers = rollUps.Count == 0 ? NoRollUps : [.. rollUps];
        var merged = CallDoors.Merge(nested, records, rollUps);
        if (hasSteps) AddSteps(tree, merged, rollUps);

        var calls = merged.Count == 0 ? [] : new Call[merged.Count];
        for (var i = 0; i < calls.Length; i++) calls[i] = CallReader.Read(merged[i], resources[merged[i].Span.Resource], Owners(merged[i], resources, rootName));
        if (calls.Length > 1) Retries.Mark(calls, merged);
        return (tree, resources, merged, rollUps, calls, rootName, wrappers);
    }

    /// <summary>Whether an attribute carries prompt, completion or tool text, which is not stored unless capture is on.</summary>
    public static bool IsContent(string attributeKey) => ContentAttributes.IsContent(attributeKey);

    // Agents, chains and workflows that repeat the usage of calls below them.
    private static void AddSteps(SpanTree tree, List<MergedCall> merged, HashSet<SpanId> rollUps)
    {
        foreach (var call in merged)
            for (var node = call.Innermost.Node.Parent; node is { HasCallBelow: false }; node = node.Parent) node.HasCallBelow = true;
        foreach (var node in tree.Nodes)
            if (node is { HasCallBelow: true, Role: SpanRole.Agent or SpanRole.Step or SpanRole.Tool, Facts: { } facts } && SpanRoles.HasUsage(facts))
                rollUps.Add(node.Span.SpanId);
    }

    private static CallOwners Owners(MergedCall call, ResourceShelf resources, string rootName)
    {
        var own = resources[call.Span.Resource].Complete(call.Innermost.Node, rootName);
        return call.Record is { Node: var record } ? Or(own, resources[record.Span.Resource].Complete(record, "")) : own;
    }

    // What the root does not say, its first call may: frameworks name the feature on the call, web servers make the root.
    private static CallOwners RequestOwners(SpanTree tree, ResourceShelf resources, Call[] calls, string rootName)
    {
        var first = calls.Length > 0 ? calls[0].Owners : null;
        if (tree.Root is null) return first ?? CallOwners.None;
        var root = resources[tree.Root.Span.Resource].Complete(tree.Root, rootName);
        if (first is null) return root;
        return Or(root, first);
    }

    // A call knows its user from its own spans, from those above it, or from the log's record.
    private static string User(SpanTree tree, List<MergedCall> calls)
    {
        var user = tree.Root?.User ?? calls.Select(c => c.Innermost.Node.User ?? c.Facts.Text(SpanField.User)).FirstOrDefault(u => u is not null);
        return user?.Trim() ?? "";
    }

    private static CallOwners Or(CallOwners first, CallOwners second)
    {
        static string Or(string a, string b) => a.Length > 0 ? a : b;
        return new(Or(first.Feature, second.Feature), Or(first.Team, second.Team), Or(first.Application, second.Application),
            Or(first.Environment, second.Environment), Or(first.Release, second.Release), Or(first.Workflow, second.Workflow), Or(first.Agent, second.Agent));
    }
}
