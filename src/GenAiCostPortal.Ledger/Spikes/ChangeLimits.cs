using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>What an explanation cannot know, said instead of guessed.</summary>
internal static class ChangeLimits
{
    public static IReadOnlyList<string> Of(
        Dimensions dimensions, ChangeFilter filter, ChangeAssembly assembly, ChangeWindow earlier, WindowMoney moneyBefore, WindowMoney moneyNow, ChangeInputs inputs, RecordedUse now)
    {
        var said = new List<string>();
        if (earlier.IsEmpty) said.Add("Nothing is known of earlier hours, so everything counts as new.");
        else if (earlier.HoursWithoutBaseline > 0) said.Add($"For {earlier.HoursWithoutBaseline} hours nothing earlier is known to compare with.");
        if (assembly.BilledOnly.Count > 0)
            said.Add($"Of {string.Join(", ", assembly.BilledOnly.Select(f => f == 0 ? "usage without a feature" : dimensions.Label(f)).Order(StringComparer.Ordinal).Take(5))} the bill is known but not all calls: quantity, mix and rate by usage type, no requests and prompts.");
        else if (inputs.Billed.Count > 0) said.Add("Some money has no recorded call in one of the two windows; it is told apart by usage type only.");
        if (moneyNow.HasBill != moneyBefore.HasBill && inputs.Cells.Count > 0 && !earlier.IsEmpty)
            said.Add("One window is billed and the other still estimated: a small effect of unit price may be the difference between list and bill.");
        if (!filter.KnowsRequests) said.Add("Requests have no account and no region, so with this filter only calls are counted.");
        else if (inputs.Features.Any(f => !f.Value.KnowsRequests && f.Value is { FirstCalls: > 0, FirstCallsBefore: > 0 })) said.Add("Some features send calls without requests around them: there, requests and calls per request are one factor.");
        foreach (var dimension in filter.NotApplied) said.Add($"Money is not known by {dimension.ToString().ToLowerInvariant()}; that filter is left out.");
        if (now.FreeErrors.Values.Sum() is var errors and >= 1) said.Add($"{errors:#,0} attempts were throttled, denied or invalid: they cost nothing and are in no factor.");
        said.Add("Retries that an SDK makes inside one span are not visible.");
        return said;
    }
}
