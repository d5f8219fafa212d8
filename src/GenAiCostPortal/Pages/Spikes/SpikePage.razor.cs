using GenAiCostPortal.Access;
using GenAiCostPortal.Actions;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Store;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace GenAiCostPortal.Pages.Spikes;

/// <summary>A spike that was asked for; null when there is none.</summary>
public sealed record OpenedSpike(SpikeDetail? Detail, bool MayChange);

/// <summary>One spike: how it ran, why, where, which traces show it, and what people made of it.</summary>
public sealed partial class SpikePage
{
    [Parameter] public long Id { get; set; }

    protected override bool Concerns(LedgerPart part) => part == LedgerPart.Spikes;

    protected override async Task<OpenedSpike> ReadAsync(PortalUrl url, CancellationToken cancel) =>
        new(await Spikes.OpenAsync(Id, cancel), await Actions.MayAsync(Policies.Analyst));

    private async Task PrintAsync() => await Script.InvokeVoidAsync("print");

    private string Title => Reading.Answer?.Detail is { } detail ? SpikeWords.Title(detail.Spike) : "Spike";
    private string Sub => Reading.Answer?.Detail is not { } detail ? "" : $"{detail.Spike.ScopeName} · {SpikeWords.When(detail.Spike)} UTC{(detail.Change is { } change ? $" · compared with the {change.Baseline}" : "")}";
    private string Feature => Reading.Answer?.Detail?.Change?.Effects.Select(e => e.Feature).FirstOrDefault(f => f.Length > 0) ?? "";
    private bool IsTable => Url["show"] == "table";

    private Task SetStatusAsync(SpikeStatus status) => Actions.RunAsync(Policies.Analyst, $"Mark the spike {status.ToString().ToLowerInvariant()}", $"S-{Id}", async who =>
        await Desk.SetStatusAsync(Id, status, who) ? new ActionOutcome("Kept.") : new ActionOutcome("The spike is gone.", IsDone: false), isQuiet: true);

    private Task AssignAsync(string owner) => Actions.RunAsync(Policies.Analyst, "Assign the spike", $"S-{Id}", async _ =>
        await Desk.AssignAsync(Id, owner) ? new ActionOutcome("Kept.") : new ActionOutcome("The spike is gone.", IsDone: false), isQuiet: true);

    private Task CommentAsync(string text) => Actions.RunAsync(Policies.Analyst, "Comment on the spike", $"S-{Id}", async who =>
        await Desk.CommentAsync(Id, text, who) is not null ? new ActionOutcome("Kept.") : new ActionOutcome("The spike is gone.", IsDone: false), isQuiet: true);
}
