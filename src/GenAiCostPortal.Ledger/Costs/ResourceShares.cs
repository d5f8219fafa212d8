using GenAiCostPortal.Ledger.Inventory;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// Shares of what is paid for by being there or by its own units (algorithms §4, step 4): by the calls through it in the hours it
/// was used, the hours without a call to its owner as idle; guardrails by their own text units.
/// </summary>
internal sealed class ResourceShares(LedgerDayInputs inputs)
{
    private const int HoursOfDay = 24;
    private readonly ILookup<(int Account, int Region, string Kind), ResourceUse> _byPlace =
        inputs.Resources.OrderBy(r => r.Id, StringComparer.Ordinal).ToLookup(r => (r.AccountId, r.RegionId, r.Kind));

    /// <summary>Owners with their weight; a part may be nobody's. Empty where the resource or its use is not known.</summary>
    public IReadOnlyList<(PartOwner Owner, decimal Weight)> Of(BillCell cell)
    {
        if (inputs.Resources.Count == 0) return [];
        if (cell.ResourceId != 0 && inputs.ResourceById.TryGetValue(cell.ResourceId, out var named)) return Shares(named);
        switch (cell.Component)
        {
            case CostComponent.Hosting: return OfOnly(cell, ResourceKinds.SageMakerEndpoint);
            case CostComponent.ProvisionedThroughput: return OfOnly(cell, ResourceKinds.ProvisionedThroughput);
            case CostComponent.Guardrails:
                return [.. _byPlace[(cell.AccountId, cell.RegionId, ResourceKinds.Guardrail)].Where(g => g.Units > 0).Select(g => (Owned(g), g.Units))];
            default: return [];
        }
    }

    // The bill names none: which of several it is about would be a guess.
    private IReadOnlyList<(PartOwner Owner, decimal Weight)> OfOnly(BillCell cell, string kind)
    {
        var there = _byPlace[(cell.AccountId, cell.RegionId, kind)].ToList();
        return there.Count == 1 ? Shares(there[0]) : [];
    }

    private IReadOnlyList<(PartOwner Owner, decimal Weight)> Shares(ResourceUse resource)
    {
        var calls = inputs.Claims.Where(c => c.AccountId == resource.AccountId && c.RegionId == resource.RegionId && resource.Models.Contains(c.ModelId)).ToList();
        if (resource.HoursUsed is null && calls.Count == 0) return [(Owned(resource), 1)];
        var used = Math.Min(HoursOfDay, resource.HoursUsed ?? HoursOfDay);
        var parts = new List<(PartOwner, decimal)>();
        var byTokens = calls.Exists(c => c.Tokens.Total > 0);
        var all = calls.Sum(c => byTokens ? (decimal)c.Tokens.Total : c.Calls);
        // Recorded calls in hours that nothing metered are calls all the same.
        if (calls.Count > 0 && used == 0) used = 1;
        foreach (var call in calls)
            parts.Add((PartOwner.Of(call, LedgerFlags.None) with { Method = call.FeatureId != 0 ? AllocationMethod.Resource : AllocationMethod.Unattributed }, used * (byTokens ? call.Tokens.Total : call.Calls) / all));
        if (calls.Count == 0 && used > 0) parts.Add((Owned(resource), used));
        if (used < HoursOfDay) parts.Add((Owned(resource) with { Flags = LedgerFlags.Idle }, HoursOfDay - used));
        return parts;
    }

    private static PartOwner Owned(ResourceUse resource) =>
        resource.Owner.IsSomebody ? resource.Owner with { Method = AllocationMethod.Resource } : PartOwner.Nobody(UnattributedReason.NoUsageSignal);
}
