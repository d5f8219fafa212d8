using System.Net;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Pages.Traces;

/// <summary>What a request cost and what of it was waste, in one sentence.</summary>
internal static class TraceSentence
{
    /// <summary>Markup: names are encoded.</summary>
    public static string Of(TraceDetail trace)
    {
        var item = trace.Trace;
        if (item.Calls == 0) return "<strong>No model was called in this trace.</strong>";
        var cost = item.EstimatedCostUsd is { } usd
            ? $"This request cost {(TraceText.IsPartial(item.CostState) ? "at least " : "")}{UsdText.Fine(usd)}"
              + (trace.Usual is { EstimatedCostUsd: > 0 } usual && usd >= 2 * usual.EstimatedCostUsd ? $", {NumberText.Times(usd / usual.EstimatedCostUsd)} the usual {UsdText.Fine(usual.EstimatedCostUsd)}" : "")
            : "The cost of this request is unknown: its models have no price, or its calls no tokens";
        var words = $"<strong>{Html(cost)}.</strong>";
        foreach (var loop in trace.Loops)
            words += $" {Html(Capital(TraceText.Step(loop)))} ran {loop.Times} times{(loop.Usual is { } times ? $" instead of {times}" : "")}"
                + (loop.EstimatedCostUsd is { } wasted ? $": the {loop.Repeats} repeats cost {UsdText.Round(wasted)}." : ".");
        if (item.Retries > 0)
            words += $" {TraceText.Many(item.Retries, "retry", "retries")}: " + (item.RetryCostUsd > 0 ? $"{UsdText.Fine(item.RetryCostUsd)} wasted." : "nothing wasted, the failed attempts were not billed.");
        if (trace.Loops.Count == 0 && item.Retries == 0) words += " No step repeats and nothing was retried.";
        return words;
    }

    /// <summary>Milliseconds in which at least one model call was under way.</summary>
    public static double WaitingMs(IReadOnlyList<TraceSpan> spans)
    {
        double waiting = 0, until = 0;
        foreach (var call in spans.Where(s => s.IsCall).OrderBy(s => s.OffsetMs))
        {
            var end = call.OffsetMs + call.DurationMs;
            if (end <= until) continue;
            waiting += end - Math.Max(call.OffsetMs, until);
            until = end;
        }
        return waiting;
    }

    private static string Capital(string words) => words.Length > 0 && words.StartsWith("the ", StringComparison.Ordinal) ? "T" + words[1..] : words;

    private static string Html(string text) => WebUtility.HtmlEncode(text);
}
