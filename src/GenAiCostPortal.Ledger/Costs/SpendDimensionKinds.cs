using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Which names stand behind the dimensions of reports.</summary>
public static class SpendDimensionKinds
{
    /// <summary>The kind of name; null for dimensions that are words of our own (component, token kind, tier, method).</summary>
    public static DimensionKind? Kind(this SpendDimension dimension) => dimension switch
    {
        SpendDimension.Team => DimensionKind.Team,
        SpendDimension.Application => DimensionKind.Application,
        SpendDimension.Feature => DimensionKind.Feature,
        SpendDimension.Environment => DimensionKind.Environment,
        SpendDimension.Account => DimensionKind.Account,
        SpendDimension.Region => DimensionKind.Region,
        SpendDimension.Model => DimensionKind.Model,
        SpendDimension.Provider => DimensionKind.Provider,
        SpendDimension.Release => DimensionKind.Release,
        SpendDimension.Workflow => DimensionKind.Workflow,
        SpendDimension.Agent => DimensionKind.Agent,
        SpendDimension.Service => DimensionKind.BilledService,
        _ => null,
    };
}
