using GenAiCostPortal.Access;
using GenAiCostPortal.Actions;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Pages.Settings;

/// <summary>What the page shows.</summary>
/// <param name="Entered">All entries.</param>
public sealed record CapacityAnswer(IReadOnlyList<ThroughputRow> Rows, IReadOnlyList<ThroughputCapacity> Entered, bool MayEdit)
{
    /// <summary>What an entry may be about, as far as it is known.</summary>
    public IReadOnlyList<string> Targets { get; } = [.. Rows.Select(r => r.Arn).Concat(Rows.Select(r => r.Model).Where(m => m.Length > 0)).Distinct()];
}

/// <summary>What model units of provisioned throughput can carry.</summary>
public sealed partial class CapacityPage
{
    private const int DaysShown = 7;
    private CapacityForm _form = new();

    protected override bool Concerns(LedgerPart part) => part is LedgerPart.Rules or LedgerPart.Inventory;

    protected override async Task<CapacityAnswer> ReadAsync(PortalUrl url, CancellationToken cancel) => new(
        (await Report.ReadAsync(Now.AddDays(-DaysShown), Now, SpendFilter.None, cancel)).Rows, (await Desk.ReadAsync(cancel)).All, await Act.MayAsync(Policies.Administrator));

    private static string Tokens(long? perMinute) => perMinute is { } tokens ? NumberText.Count(tokens) : "not entered";

    private void Edit(string target, CapacityAnswer answer) => _form = CapacityForm.Of(target, answer.Entered.FirstOrDefault(e => e.Target.Equals(target, StringComparison.OrdinalIgnoreCase)));

    private async Task SaveAsync()
    {
        var entry = _form.Entry;
        await Act.RunAsync(Policies.Administrator, CapacityActions.Change, entry.Target, async _ =>
        {
            if ((await Desk.ReadAsync()).All.Count >= CapacityDesk.Most) return new ActionOutcome($"No more than {CapacityDesk.Most} capacities are kept; remove one first.", IsDone: false);
            await Desk.SaveAsync(entry);
            _form = new CapacityForm();
            return new ActionOutcome("The ledger of the last weeks is built again with it.");
        });
        await ReadAgainAsync();
    }

    private async Task RemoveAsync(ThroughputCapacity entry)
    {
        await Act.RunAsync(Policies.Administrator, CapacityActions.Remove, entry.Target, async _ =>
            await Desk.RemoveAsync(entry.Target) ? new ActionOutcome("Its hours are told apart by calls again.") : new ActionOutcome("It was removed meanwhile.", IsDone: false));
        await ReadAgainAsync();
    }
}
