using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>A spike's scope as words and as a report's filter.</summary>
internal static class SpikeScopes
{
    public static SpendFilter Filter(Dimensions dimensions, SpikeScope scope, int id) => DimensionOf(scope) is { } dimension
        ? new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [dimension] = [id == 0 ? SpendQuery.Unattributed : dimensions.Name(id)] })
        : SpendFilter.None;

    public static SpendDimension? DimensionOf(SpikeScope scope) => scope switch
    {
        SpikeScope.Feature => SpendDimension.Feature,
        SpikeScope.Account => SpendDimension.Account,
        SpikeScope.Model => SpendDimension.Model,
        _ => null,
    };

    /// <summary>What people read: "contract-summary", "All GenAI spend".</summary>
    public static string Name(Dimensions dimensions, SpikeScope scope, int id) =>
        scope == SpikeScope.Total ? "All GenAI spend" : id == 0 ? $"Without {scope.ToString().ToLowerInvariant()}" : dimensions.Label(id);
}
