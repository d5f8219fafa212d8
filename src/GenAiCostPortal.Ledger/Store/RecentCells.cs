using System.Diagnostics.CodeAnalysis;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Place of a rollup cell.</summary>
internal readonly record struct CellKey(Usage.RollupSpan Span, long SlotUnixSeconds, int SeriesId) : IComparable<CellKey>
{
    /// <summary>The order of the tables' keys.</summary>
    public int CompareTo(CellKey other) =>
        Span != other.Span ? Span.CompareTo(other.Span)
        : SlotUnixSeconds != other.SlotUnixSeconds ? SlotUnixSeconds.CompareTo(other.SlotUnixSeconds) : SeriesId.CompareTo(other.SeriesId);
}

/// <summary>
/// Cells used lately, bounded: when the young half is full it becomes the old half, and what is not asked for again goes with
/// the next turn. Cheaper than a list of ages, and cells in use always stay.
/// </summary>
internal sealed class RecentCells<TCell>(int half) where TCell : class
{
    private Dictionary<CellKey, TCell> _young = [];
    private Dictionary<CellKey, TCell> _old = [];

    public bool TryGet(in CellKey key, [NotNullWhen(true)] out TCell? cell)
    {
        if (_young.TryGetValue(key, out cell)) return true;
        if (!_old.Remove(key, out cell)) return false;
        _young[key] = cell;
        return true;
    }

    public void Keep(in CellKey key, TCell cell) => _young[key] = cell;

    /// <summary>Between transactions only: a cell that was changed and not yet written must not be forgotten.</summary>
    public void Turn()
    {
        if (_young.Count < half) return;
        (_young, _old) = (_old, _young);
        _young.Clear();
    }

    public void Clear()
    {
        _young.Clear();
        _old.Clear();
    }
}
