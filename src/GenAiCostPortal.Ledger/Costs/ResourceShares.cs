using GenAiCostPortal.Ledger.Inventory;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// Shares of what is paid for by being there or by its own units (algorithms §4, step 4): provisioned throughput by how full it was
/// where its capacity is known; else by the calls through it in the hours it was used, the hours without a call to its owner as idle;
/// guardrails by the calls through them.
/// </summary>
internal sealed class ResourceShares
{
    private const int HoursOfDay = 24;
    private readonly LedgerDayInputs _in;
    private readonly ILookup<(int Account, int Region, string Kind), ResourceUse> _byPlace;
    private readonly GuardrailShares _guardrails;
    private readonly Dictionary<ResourceUse, IReadOnlyList<(PartOwner Owner, decimal Weight)>> _known = new(ReferenceEqualityComparer.Instance);

    public ResourceShares(LedgerDayInputs inputs)
    {
        _in = inputs;
        _byPlace = inputs.Resources.OrderBy(r => r.Id, StringComparer.Ordinal).ToLookup(r => (r.AccountId, r.RegionId, r.Kind));
        _guardrails = new GuardrailShares(inputs);
    }

    /// <summary>Owners with their weight; a part may be nobody's. Empty where the resource or its use is not known.</summary>
    public IReadOnlyList<(PartOwner Owner, decimal Weight)> Of(BillCell cell)
    {
        if (_in.Resources.Count == 0) return [];
        if (cell.ResourceId != 0 && _in.ResourceById.TryGetValue(cell.ResourceId, out var named)) return Shares(named);
        return cell.Component switch
        {
            CostComponent.Hosting => OfOnly(_byPlace[(cell.AccountId, cell.RegionId, ResourceKinds.SageMakerEndpoint)].ToList()),
            CostComponent.ProvisionedThroughput => OfThroughput(cell),
            CostComponent.Guardrails => _guardrails.OfPlace(cell.AccountId, cell.RegionId),
            _ => [],
        };
    }

    /// <summary>Who a call's part belongs to; a call without a feature stays unattributed and keeps what else it knows.</summary>
    public static PartOwner OwnerOf(CallClaim call)
    {
        var owner = PartOwner.Of(call, LedgerFlags.None);
        return owner.FeatureId == 0 ? owner : owner with { Method = AllocationMethod.Resource };
    }

    /// <summary>Whom a resource's tags name; nobody where they name none.</summary>
    public static PartOwner Owned(ResourceUse resource) =>
        resource.Owner.IsSomebody ? resource.Owner with { Method = AllocationMethod.Resource } : PartOwner.Nobody(UnattributedReason.NoUsageSignal);

    /// <summary>A fixed order of owners, so that rounding goes the same way whatever came first.</summary>
    public static (int, int, int, int, int, int) Order(PartOwner o) => (o.FeatureId, o.TeamId, o.ApplicationId, o.EnvironmentId, o.ReleaseId, ((int)o.Method << 8) | (int)o.Flags);

    // Lines of one model are shared by the model units of those that serve it: a unit hour has one price.
    private IReadOnlyList<(PartOwner Owner, decimal Weight)> OfThroughput(BillCell cell)
    {
        var there = _byPlace[(cell.AccountId, cell.RegionId, ResourceKinds.ProvisionedThroughput)].ToList();
        if (there.Count < 2) return OfOnly(there);
        var ofModel = cell.ModelId == 0 ? [] : there.FindAll(t => t.BaseModelId == cell.ModelId);
        if (ofModel.Count < 2 || ofModel.Exists(t => t.ModelUnits == 0)) return OfOnly(ofModel);
        return [.. ofModel.SelectMany(t => Scaled(Shares(t), t.ModelUnits))];
    }

    private static IEnumerable<(PartOwner Owner, decimal Weight)> Scaled(IReadOnlyList<(PartOwner Owner, decimal Weight)> parts, decimal to)
    {
        var all = parts.Sum(p => p.Weight);
        return parts.Select(p => (p.Owner, p.Weight * to / all));
    }

    // The bill names none: which of several it is about would be a guess.
    private IReadOnlyList<(PartOwner Owner, decimal Weight)> OfOnly(IReadOnlyList<ResourceUse> there) => there.Count == 1 ? Shares(there[0]) : [];

    private IReadOnlyList<(PartOwner Owner, decimal Weight)> Shares(ResourceUse resource) =>
        _known.TryGetValue(resource, out var known) ? known : _known[resource] = Read(resource);

    private IReadOnlyList<(PartOwner Owner, decimal Weight)> Read(ResourceUse resource) =>
        resource.Kind == ResourceKinds.Guardrail ? _guardrails.Of(resource)
        : resource.Throughput is { } throughput ? ThroughputShares.Of(throughput, Owned(resource))
        : ByHours(resource);

    private IReadOnlyList<(PartOwner Owner, decimal Weight)> ByHours(ResourceUse resource)
    {
        var calls = _in.Claims.Where(c => c.AccountId == resource.AccountId && c.RegionId == resource.RegionId && resource.Models.Contains(c.ModelId)).ToList();
        if (resource.HoursUsed is null && calls.Count == 0) return [(Owned(resource), 1)];
        var used = Math.Min(HoursOfDay, resource.HoursUsed ?? HoursOfDay);
        var parts = new List<(PartOwner, decimal)>();
        var byTokens = calls.Exists(c => c.Tokens.Total > 0);
        var all = calls.Sum(c => byTokens ? (decimal)c.Tokens.Total : c.Calls);
        // Recorded calls in hours that nothing metered are calls all the same.
        if (calls.Count > 0 && used == 0) used = 1;
        foreach (var call in calls) parts.Add((OwnerOf(call), used * (byTokens ? call.Tokens.Total : call.Calls) / all));
        if (calls.Count == 0 && used > 0) parts.Add((Owned(resource), used));
        if (used < HoursOfDay) parts.Add((Owned(resource) with { Flags = LedgerFlags.Idle }, HoursOfDay - used));
        return parts;
    }
}
