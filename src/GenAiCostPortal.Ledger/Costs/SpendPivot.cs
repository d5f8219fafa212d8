namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What one row and one column have in common. USD.</summary>
/// <param name="CallsWithoutCost">Recorded calls without a known price, where nothing waits for its bill: with no amount beside them the cost is not known.</param>
public sealed record SpendPivotCell(decimal Usd, long CallsWithoutCost)
{
    /// <summary>Calls were recorded and none of them has a price: not a cost of zero.</summary>
    public bool IsUnknown => Usd == 0 && CallsWithoutCost > 0;
}

/// <summary>A row of a pivot.</summary>
/// <param name="Cells">One per column; null where the two never met.</param>
/// <param name="Sum">Of the cells.</param>
/// <param name="NotYetBilledUsd">Beside the cells.</param>
public sealed record SpendPivotRow(string Key, IReadOnlyList<SpendPivotCell?> Cells, SpendPivotCell Sum, decimal NotYetBilledUsd)
{
    /// <summary>Sum of the cells.</summary>
    public decimal Usd => Sum.Usd;

    /// <summary>Cells and what is not billed yet.</summary>
    public decimal TotalUsd => Usd + NotYetBilledUsd;
}

/// <summary>
/// A spend answer as rows × columns: its first grouping by its second. Cells hold what is billed; what is not billed yet stands
/// beside them, so that rows and columns add up to the answer's total. Where nothing is billed at all, cells hold the estimate.
/// </summary>
/// <param name="Columns">Keys; none with a single grouping.</param>
/// <param name="ColumnSums">Of the cells of each column.</param>
public sealed record SpendPivot(
    bool IsEstimated, IReadOnlyList<string> Columns, IReadOnlyList<SpendPivotCell> ColumnSums, IReadOnlyList<SpendPivotRow> Rows, decimal Usd, decimal NotYetBilledUsd)
{
    /// <summary>The key of what is beyond the rows or columns asked for; no name is like it.</summary>
    public const string Other = "\u001fother";

    /// <summary>The answer's total.</summary>
    public decimal TotalUsd => Usd + NotYetBilledUsd;

    /// <summary>Dearest first; then what is beyond <paramref name="mostRows"/> or <paramref name="mostColumns"/>; then what has no owner.</summary>
    public static SpendPivot Of(SpendAnswer answer, int mostRows = int.MaxValue, int mostColumns = int.MaxValue)
    {
        var isEstimated = answer.BilledUsd == 0 && answer.EstimatedUsd != 0;
        decimal Usd(SpendRow row) => isEstimated ? row.EstimatedUsd : row.BilledUsd;
        decimal Open(SpendRow row) => isEstimated ? row.BilledUsd : row.EstimatedUsd;
        SpendPivotCell Sum(IEnumerable<SpendRow> rows) => new(rows.Sum(Usd), rows.Sum(Open) == 0 ? rows.Sum(r => r.CallsWithoutCost) : 0);
        var asked = answer.Rows.Where(r => r.BilledUsd != 0 || r.EstimatedUsd != 0 || r.CallsWithoutCost > 0).ToArray();
        var (rowOf, rowKeys) = Keys(asked, r => r.Keys[0], Usd, mostRows);
        (Func<SpendRow, string> Of, string[] Keys) second = answer.Query.GroupBy.Count < 2 ? (_ => "", []) : Keys(asked, r => r.Keys[1], Usd, mostColumns);
        var (columnOf, columns) = second;
        var cells = asked.GroupBy(r => (Row: rowOf(r), Column: columnOf(r))).ToDictionary(g => g.Key, g => Sum(g));
        var (byRow, byColumn) = (asked.ToLookup(rowOf), asked.ToLookup(columnOf));
        var rows = rowKeys.Select(key => new SpendPivotRow(key, [.. columns.Select(c => cells.GetValueOrDefault((key, c)))], Sum(byRow[key]), byRow[key].Sum(Open))).ToArray();
        return new SpendPivot(isEstimated, columns, [.. columns.Select(c => Sum(byColumn[c]))], rows, asked.Sum(Usd), asked.Sum(Open));
    }

    private static (Func<SpendRow, string> Of, string[] Keys) Keys(SpendRow[] rows, Func<SpendRow, string> key, Func<SpendRow, decimal> usd, int most)
    {
        var named = rows.Where(r => key(r) != SpendQuery.Unattributed).GroupBy(key).Select(g => (g.Key, Usd: g.Sum(usd), TotalUsd: g.Sum(r => r.CostUsd)))
            .OrderByDescending(k => k.Usd).ThenByDescending(k => k.TotalUsd).ThenBy(k => k.Key, StringComparer.Ordinal).Select(k => k.Key).ToArray();
        // One alone beyond the most is shown by its name.
        var shown = named.Length - 1 <= most ? named : named[..most];
        var known = shown.Append(SpendQuery.Unattributed).ToHashSet();
        var rest = rows.Any(r => key(r) == SpendQuery.Unattributed) ? [SpendQuery.Unattributed] : Array.Empty<string>();
        return (r => known.Contains(key(r)) ? key(r) : Other, [.. shown, .. shown.Length < named.Length ? [Other] : Array.Empty<string>(), .. rest]);
    }
}
