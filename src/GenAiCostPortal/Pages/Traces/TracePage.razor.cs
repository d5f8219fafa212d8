using System.Globalization;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.AspNetCore.Components;

namespace GenAiCostPortal.Pages.Traces;

/// <summary>A trace that was asked for; null when there is none.</summary>
public sealed record OpenedTrace(TraceDetail? Detail);

/// <summary>One trace: what it cost, what of it was waste, and where the time went.</summary>
public sealed partial class TracePage
{
    // Spans of a request may arrive for some minutes; after that a trace does not change and is not read again.
    private static readonly TimeSpan Settles = TimeSpan.FromMinutes(10);

    [Parameter] public string TraceHex { get; set; } = "";

    protected override bool Concerns(LedgerPart part) => part == LedgerPart.Traces && (Reading.Answer?.Detail is not { } trace || !IsSettled(trace));

    protected override async Task<OpenedTrace> ReadAsync(PortalUrl url, CancellationToken cancel)
    {
        var hex = url.Path["/traces/".Length..];
        // Selecting a span changes only the address: the spans are the same.
        if (Reading.Answer is { Detail: { } known } shown && known.Trace.TraceId == hex && IsSettled(known)) return shown;
        return new OpenedTrace(TraceId.TryParse(hex, out var id) ? await Search.OpenAsync(id, cancel) : null);
    }

    private bool IsSettled(TraceDetail trace) => trace.Trace.Start.AddMilliseconds(trace.Trace.DurationMs) <= Now - Settles;

    private bool IsTable => Url["view"] == "table";

    private string Title => Reading.Answer?.Detail?.Trace is { Workflow.Length: > 0 } item ? $"Trace of {item.Workflow}" : "Trace";

    private string Sub => Reading.Answer?.Detail?.Trace is not { } item ? "" : string.Join(" · ", new[]
    {
        item.Start.ToString("d MMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture) + " UTC",
        item.Feature.Length == 0 ? "no feature" : item.Release.Length == 0 ? item.Feature : $"{item.Feature}, release {item.Release}",
        item.Environment, $"received by {TraceText.Doors(item.Source)}",
    }.Where(part => part.Length > 0));

    /// <summary>The span of the address; else the dearest call, else the first span.</summary>
    private TraceSpan Selected(TraceDetail trace)
    {
        var id = Url["span"];
        return trace.Spans.FirstOrDefault(s => s.SpanId.ToString() == id)
            ?? trace.Spans.Where(s => s.IsCall).MaxBy(s => s.EstimatedCostUsd ?? 0) ?? trace.Spans[0];
    }

    private string SpanHref(string spanId) => Url.With("span", spanId).ToString();

    private void Select(string spanId) => Addresses.NavigateTo(SpanHref(spanId), replace: true);
}
