using System.Text.Json;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Keys of reports: from what people write to numbers, and back.</summary>
internal sealed class SpendWords(Dimensions dimensions)
{
    /// <summary>The kind of name behind a dimension; null for those that are words of our own.</summary>
    public static DimensionKind? KindOf(SpendDimension dimension) => dimension switch
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

    public string Word(SpendDimension dimension, int key) => key == 0 ? SpendQuery.Unattributed : dimension switch
    {
        SpendDimension.Component => ((CostComponent)(key - 1)).ToString(),
        SpendDimension.Method => ((AllocationMethod)(key - 1)).ToString(),
        SpendDimension.TokenKind => JsonNamingPolicy.CamelCase.ConvertName(((TokenKind)(key - 1)).ToString()),
        SpendDimension.Tier => JsonNamingPolicy.CamelCase.ConvertName(((ServiceTier)(key - 1)).ToString()),
        _ => dimensions.Name(key),
    };

    /// <summary>The number of a word; −1 when nothing has that name.</summary>
    public int Key(SpendDimension dimension, string word)
    {
        if (KindOf(dimension) is { } kind)
            return dimensions.Find(kind, word) is var id and not 0 ? id : word.Length == 0 || word == SpendQuery.Unattributed ? 0 : -1;
        return dimension switch
        {
            SpendDimension.Component => Parse<CostComponent>(word),
            SpendDimension.Method => Parse<AllocationMethod>(word),
            SpendDimension.TokenKind => Parse<TokenKind>(word),
            _ => Parse<ServiceTier>(word),
        };
    }

    private static int Parse<T>(string word) where T : struct, Enum
    {
        if (Enum.TryParse<T>(word, ignoreCase: true, out var value)) return Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture) + 1;
        return word.Length == 0 || word == SpendQuery.Unattributed ? 0 : -1;
    }
}
