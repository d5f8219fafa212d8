using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Pages.Spend;

/// <summary>A name at the side or the head of the pivot.</summary>
/// <param name="Href">One level down; null where the name cannot be filtered on.</param>
public sealed record PivotName(string Label, string Colour, string? Href, bool IsRest);

/// <summary>A line of the pivot. Amounts are as displayed: cells add up to the line's and the columns' sums, and those to the total.</summary>
public sealed record PivotLine(PivotName Name, IReadOnlyList<string> Cells, decimal Usd, decimal NotYetBilledUsd, bool IsUnknown)
{
    public decimal TotalUsd => Usd + NotYetBilledUsd;
    public string UsdText => IsUnknown ? "unknown" : Figures.UsdText.Exact(Usd);
    public string TotalText => IsUnknown && NotYetBilledUsd == 0 ? "unknown" : Figures.UsdText.Exact(TotalUsd);
}

/// <summary>Spend as rows × columns. What is beyond the dearest is one row and one column; the CSV has all.</summary>
public sealed class PivotTable(Colours colours)
{
    private const int MostRows = 40, MostColumns = 7;

    public sealed record Drawn(IReadOnlyList<PivotName> Columns, IReadOnlyList<decimal> ColumnUsd, IReadOnlyList<string> ColumnTexts, IReadOnlyList<PivotLine> Lines, decimal Usd, decimal NotYetBilledUsd, bool IsEstimated, bool IsShortened)
    {
        public decimal TotalUsd => Usd + NotYetBilledUsd;
    }

    public Drawn Of(SpendPicture picture)
    {
        var pivot = SpendPivot.Of(picture.Series, MostRows, MostColumns);
        var total = DisplayedUsd.Parts(pivot.TotalUsd, [pivot.Usd, pivot.NotYetBilledUsd]);
        var rows = DisplayedUsd.Parts(total[0], [.. pivot.Rows.Select(r => r.Usd)]);
        var open = DisplayedUsd.Parts(total[1], [.. pivot.Rows.Select(r => r.NotYetBilledUsd)]);
        var columns = DisplayedUsd.Parts(total[0], [.. pivot.ColumnSums.Select(s => s.Usd)]);
        var cells = pivot.Columns.Count == 0 ? [] : DisplayedGrid.Cells(rows, columns, [.. pivot.Rows.Select(r => r.Cells.Select(c => c?.Usd ?? 0).ToArray())]);
        return new Drawn(
            [.. pivot.Columns.Select(key => Name(picture, 1, key))], columns, [.. pivot.ColumnSums.Select((sum, j) => Text(sum, columns[j]))],
            [.. pivot.Rows.Select((row, i) => new PivotLine(Name(picture, 0, row.Key), [.. row.Cells.Select((cell, j) => Text(cell, cells[i][j]))], rows[i], open[i], row.Sum.IsUnknown))],
            total[0], total[1], pivot.IsEstimated, pivot.Columns.Contains(SpendPivot.Other) || pivot.Rows.Any(r => r.Key == SpendPivot.Other));
    }

    // Empty where the two never met; calls without a price are not a cost of zero.
    private static string Text(SpendPivotCell? cell, decimal shown) =>
        cell is null && shown == 0 ? "" : cell is { IsUnknown: true } && shown == 0 ? "unknown" : UsdText.Exact(shown);

    private PivotName Name(SpendPicture picture, int at, string key)
    {
        var dimension = picture.GroupBy[at];
        var isRest = key is SpendPivot.Other or SpendQuery.Unattributed;
        return new PivotName(SpendNames.Of(colours, dimension, key), isRest ? "var(--cat-rest)" : colours.Solid(dimension, key), isRest ? null : DrillDown.Href(picture.Url, picture.GroupBy, dimension, key), isRest);
    }
}
