using System.Globalization;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.AspNetCore.Components;

namespace GenAiCostPortal.Pages.Traces;

/// <summary>Two traces side by side; null when one of them is not stored.</summary>
public sealed record ComparedTraces(TraceComparison? Comparison);

/// <summary>What differs between two traces, step by step: usually one of a spike and one from before.</summary>
public sealed partial class ComparePage
{
    [Parameter] public string TraceHex { get; set; } = "";
    [Parameter] public string OtherHex { get; set; } = "";

    // Traces that are compared have settled.
    protected override bool Concerns(LedgerPart part) => false;

    protected override async Task<ComparedTraces> ReadAsync(PortalUrl url, CancellationToken cancel)
    {
        var parts = url.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 4 && await OpenAsync(parts[1], cancel) is { } first && await OpenAsync(parts[3], cancel) is { } second
            ? new ComparedTraces(TraceComparison.Of(first, second)) : new ComparedTraces(null);
    }

    private async Task<TraceDetail?> OpenAsync(string hex, CancellationToken cancel) => TraceId.TryParse(hex, out var id) ? await Search.OpenAsync(id, cancel) : null;

    private string Title => Reading.Answer?.Comparison?.First.Trace is { Workflow.Length: > 0 } trace ? $"Two traces of {trace.Workflow}" : "Two traces";

    private static string Sentence(TraceComparison c)
    {
        var (a, b) = (c.First.Trace, c.Second.Trace);
        var change = (a.EstimatedCostUsd ?? 0) - (b.EstimatedCostUsd ?? 0);
        var said = $"The first cost {TraceText.Cost(a)}, the second {TraceText.Cost(b)}.";
        var step = c.Steps.FirstOrDefault(s => s.HasCalls && s.CostChangeUsd != 0 && Math.Sign(s.CostChangeUsd) == Math.Sign(change));
        return step is null ? said : $"{said} Most of the difference is {step.Name}: {TraceText.Many(step.First.Spans, "time", "times")} against {step.Second.Spans}, {Delta(step.CostChangeUsd)}.";
    }

    private static string Short(string hex) => hex.Length > 8 ? hex[..8] : hex;
    private static string Signed(long change) => change == 0 ? "0" : (change < 0 ? "−" : "+") + NumberText.Count(Math.Abs(change));
    private static string Delta(decimal usd) => usd == 0 ? "$0" : (usd < 0 ? "−" : "+") + TraceText.Usd4(Math.Abs(usd)).ToString(CultureInfo.InvariantCulture);
}
