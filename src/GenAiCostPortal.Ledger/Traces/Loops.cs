using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>Steps that a trace repeats: the same agent, model and tool or prompt, five times or more (algorithms §5).</summary>
internal static class Loops
{
    public const int Repeats = 5;

    /// <summary>Marks the calls of loops; both lists in order of start.</summary>
    public static IReadOnlyList<TraceLoopReading> Mark(Call[] calls, List<MergedCall> merged, SpanTree tree)
    {
        if (calls.Length < Repeats) return [];
        FollowTools(merged, tree);
        var steps = new Dictionary<(string Agent, string Model, string? Tool, long Prompt), List<int>>();
        for (var i = 0; i < calls.Length; i++)
        {
            var call = calls[i];
            if (merged[i].Tool is { } tool) Enter(steps, (call.Owners.Agent, call.Model.Canonical, tool, 0), i);
            if (call.PromptHash is { } prompt) Enter(steps, (call.Owners.Agent, call.Model.Canonical, null, prompt), i);
        }
        List<TraceLoopReading>? loops = null;
        // A call is in one loop at most, or its repeats would be summed twice. Tools first: they name the step better than a prompt.
        foreach (var (step, all) in steps.OrderBy(s => s.Key.Tool is null).ThenBy(s => s.Value[0]))
        {
            var at = all.FindAll(i => (calls[i].Flags & CallFlags.IsLoop) == 0);
            if (at.Count < Repeats) continue;
            foreach (var i in at) calls[i] = calls[i] with { Flags = calls[i].Flags | CallFlags.IsLoop };
            (loops ??= []).Add(new(Name(step.Agent, step.Tool, calls[at[0]]), at.ConvertAll(i => calls[i].SpanId))
            {
                Tool = step.Tool is { } tool ? new ToolStep(step.Agent, step.Model, tool) : null,
            });
        }
        return loops ?? (IReadOnlyList<TraceLoopReading>)[];
    }

    /// <summary>How often each step that a tool names ran; retries are no further run.</summary>
    public static Dictionary<ToolStep, int> Times(Call[] calls, List<MergedCall> merged, SpanTree tree)
    {
        FollowTools(merged, tree);
        var times = new Dictionary<ToolStep, int>();
        for (var i = 0; i < calls.Length; i++)
        {
            if (merged[i].Tool is not { } tool || (calls[i].Flags & CallFlags.IsRetry) != 0) continue;
            var step = new ToolStep(calls[i].Owners.Agent, calls[i].Model.Canonical, tool);
            times[step] = times.GetValueOrDefault(step) + 1;
        }
        return times;
    }

    private static void Enter(Dictionary<(string, string, string?, long), List<int>> steps, (string, string, string?, long) step, int call)
    {
        if (!steps.TryGetValue(step, out var at)) steps[step] = at = [];
        at.Add(call);
    }

    private static string Name(string agent, string? tool, Call call) =>
        (agent.Length > 0 ? agent + ": " : "") + (tool is null ? "the same prompt" : "tool " + tool) + ", " + call.Model.Display;

    // An agent's step is a call and the tool it asks for: the first tool that follows the call under the same agent.
    private static void FollowTools(List<MergedCall> merged, SpanTree tree)
    {
        var last = new Dictionary<SpanNode, MergedCall>();
        var next = 0;
        foreach (var node in tree.Nodes)
        {
            while (next < merged.Count && merged[next].Innermost.Node.Order <= node.Order)
            {
                var call = merged[next++];
                last[call.Innermost.Node.Scene!] = call;
            }
            if (node.Role == SpanRole.Tool && last.TryGetValue(node.Scene!, out var asked)) asked.Tool ??= node.Tool;
        }
    }
}
