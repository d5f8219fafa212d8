using GenAiCostPortal.Access;
using GenAiCostPortal.Actions;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Pages.Spikes;

/// <summary>Everything the list shows.</summary>
/// <param name="Thresholds">Null while their panel is closed.</param>
public sealed record SpikesPicture(IReadOnlyList<SpikeItem> All, ThresholdAnswer? Thresholds, bool MayChange);

/// <summary>What left its usual course, newest or largest first.</summary>
public sealed partial class SpikesPage
{
    private const int DaysShown = 400;

    protected override bool Concerns(LedgerPart part) => part == LedgerPart.Spikes;

    protected override async Task<SpikesPicture> ReadAsync(PortalUrl url, CancellationToken cancel)
    {
        var all = await Spikes.ReadAsync(Now.AddDays(-DaysShown), Now.AddDays(1), withCourse: true, cancel);
        var thresholds = url["thresholds"] is null ? null : await Choices.ReadAsync(Now, cancel);
        return new SpikesPicture([.. all.Where(s => Fits(s, url.Filter))], thresholds, await Actions.MayAsync(Policies.Analyst));
    }

    private string Sub => Reading.Answer is not { } picture ? "" : picture.All.Count(s => s.Status == SpikeStatus.Open) is var open && open == 0
        ? "nothing is open · tested every 5 minutes · times in UTC" : $"{open} open · tested every 5 minutes · times in UTC";

    private bool ByImpact => Url["sort"] == "impact";

    private static string Word(SpikeStatus status) => status.ToString().ToLowerInvariant();

    private List<SpikeItem> Shown(SpikesPicture picture)
    {
        var shown = picture.All.Where(s => Url["status"] is not { } word || Word(s.Status) == word);
        return [.. ByImpact ? shown.OrderByDescending(s => Math.Abs(s.ImpactUsd)) : shown];
    }

    // A filter on features keeps other scopes out; a filter that a spike has no word for leaves it in.
    private static bool Fits(SpikeItem spike, SpendFilter filter) =>
        new[] { SpendDimension.Feature, SpendDimension.Account, SpendDimension.Model }.All(d => filter[d].Count == 0 || spike.Filter[d].Intersect(filter[d]).Any());

    private Task<bool> SetAsync(SpikeThreshold threshold) => Actions.RunAsync(Policies.Analyst, "Set spike thresholds", Target(threshold.Scope, threshold.ScopeId), async who =>
    {
        await Desk.SetThresholdAsync(threshold, who);
        return new ActionOutcome("The next look in at most five minutes uses them.");
    });

    private Task<bool> DropAsync(ThresholdValue value) => Actions.RunAsync(Policies.Analyst, "Drop spike thresholds", Target(value.Scope, value.Id), async _ =>
        await Desk.DropThresholdAsync(value.Scope, value.Id) ? new ActionOutcome("From the next look on its scope's thresholds hold.") : new ActionOutcome("It had none of its own.", IsDone: false));

    private string Target(SpikeScope scope, int id) => $"{scope} {Reading.Answer?.Thresholds?.Values.FirstOrDefault(v => v.Scope == scope && v.Id == id)?.Label}".Trim();
}
