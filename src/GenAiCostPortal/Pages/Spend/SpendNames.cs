using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Pages.Spend;

/// <summary>What a key is called on the Spend page.</summary>
public static class SpendNames
{
    /// <summary>The label of a key; by model or provider, what has none is storage, guardrails and the like.</summary>
    public static string Of(Colours colours, SpendDimension dimension, string key) =>
        key == SpendPivot.Other ? "Other"
        : key == SpendQuery.Unattributed && (dimension is SpendDimension.Model or SpendDimension.Provider) ? "No model: storage, guardrails and the like"
        : colours.Label(dimension, key);
}
