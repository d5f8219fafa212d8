using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Figures;

/// <summary>
/// The colour of a value: its stored slot, so that a feature looks the same on every page. Unattributed, Other and whatever has
/// no slot share the grey that is never a hue.
/// </summary>
public sealed class Colours(Dimensions dimensions)
{
    /// <summary>1–10; null for the grey.</summary>
    public int? Slot(SpendDimension dimension, string key)
    {
        if (key is SpendQuery.Unattributed or Dimensions.Other or "") return null;
        if (dimension.Kind() is { } kind) return dimensions.Value(dimensions.Find(kind, key))?.ColourSlot;
        return dimension switch
        {
            SpendDimension.Component when Enum.TryParse<CostComponent>(key, ignoreCase: true, out var component) && (int)component < 10 => (int)component + 1,
            SpendDimension.Method when Enum.TryParse<AllocationMethod>(key, ignoreCase: true, out var method) && method > 0 => (int)method,
            SpendDimension.TokenKind when Enum.TryParse<Ledger.Usage.TokenKind>(key, ignoreCase: true, out var token) => (int)token + 1,
            SpendDimension.Tier when Enum.TryParse<Ledger.ModelNames.ServiceTier>(key, ignoreCase: true, out var tier) => (int)tier + 1,
            _ => null,
        };
    }

    /// <summary>Solid: what is billed.</summary>
    public string Solid(SpendDimension dimension, string key) => $"var(--cat-{Name(Slot(dimension, key))})";

    /// <summary>Hatched: what is estimated; patterns of the frame.</summary>
    public string Hatched(SpendDimension dimension, string key) => $"url(#h-{Name(Slot(dimension, key))})";

    /// <summary>For text in the colour.</summary>
    public string Ink(SpendDimension dimension, string key) => $"var(--cat-{Name(Slot(dimension, key))}-ink)";

    /// <summary>What people read for a key: account and model names, words of enumerations.</summary>
    public string Label(SpendDimension dimension, string key) =>
        key == SpendQuery.Unattributed ? key
        : dimension.Kind() is { } kind && dimensions.Find(kind, key) is var id and not 0 ? dimensions.Label(id)
        : DimensionText.Value(dimension, key);

    private static string Name(int? slot) => slot?.ToString(CultureInfo.InvariantCulture) ?? "rest";
}
