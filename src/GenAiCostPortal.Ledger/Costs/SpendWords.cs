using System.Text.Json;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Keys of reports: from what people write to numbers, and back.</summary>
internal sealed class SpendWords(Dimensions dimensions)
{
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
        if (dimension.Kind() is { } kind)
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
