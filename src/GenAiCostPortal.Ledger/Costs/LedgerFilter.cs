using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Which ledger entries a filter asks for. The same words as in reports; workflow and agent are not in the ledger and match nothing.</summary>
internal sealed class LedgerFilter
{
    private readonly List<(SpendDimension Dimension, HashSet<int> Keys)> _filters = [];

    public LedgerFilter(SpendFilter filter, Dimensions dimensions)
    {
        var words = new SpendWords(dimensions);
        foreach (var (dimension, values) in filter.Values.Where(v => v.Value.Count > 0))
            _filters.Add((dimension, values.Select(v => words.Key(dimension, v)).ToHashSet()));
    }

    /// <summary>Nothing is filtered out.</summary>
    public bool IsOpen => _filters.Count == 0;

    public bool Wants(LedgerEntry entry)
    {
        if (IsOpen) return true;
        var key = LedgerMoney.Of(entry).Key;
        foreach (var (dimension, keys) in _filters)
            if (dimension is SpendDimension.Workflow or SpendDimension.Agent || !keys.Contains(key[dimension])) return false;
        return true;
    }
}
