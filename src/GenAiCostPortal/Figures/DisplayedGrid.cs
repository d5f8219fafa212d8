namespace GenAiCostPortal.Figures;

/// <summary>Cells of a table rounded to cents so that they add up to the displayed sums of their rows and of their columns.</summary>
public static class DisplayedGrid
{
    /// <param name="rowSums">As displayed; each at least the whole cents of its cells, and together what the columns make.</param>
    /// <param name="columnSums">As displayed.</param>
    public static decimal[][] Cells(IReadOnlyList<decimal> rowSums, IReadOnlyList<decimal> columnSums, decimal[][] exact)
    {
        var cents = exact.Select(row => row.Select(usd => decimal.Floor(usd * 100m)).ToArray()).ToArray();
        var ofRow = rowSums.Select((sum, i) => sum * 100m - cents[i].Sum()).ToArray();
        var ofColumn = columnSums.Select((sum, j) => sum * 100m - cents.Sum(row => row[j])).ToArray();
        var places = Enumerable.Range(0, ofRow.Length).SelectMany(i => Enumerable.Range(0, ofColumn.Length).Select(j => (Row: i, Column: j))).ToArray();

        // The largest remainders first; what they cannot place goes to any cell with money, then to any.
        Place(places.OrderByDescending(p => exact[p.Row][p.Column] * 100m - cents[p.Row][p.Column]).Where(p => exact[p.Row][p.Column] * 100m != cents[p.Row][p.Column]).ToArray(), once: true);
        Place(places.Where(p => exact[p.Row][p.Column] != 0).ToArray(), once: false);
        Place(places, once: false);
        return [.. cents.Select(row => row.Select(c => c / 100m).ToArray())];

        void Place((int Row, int Column)[] into, bool once)
        {
            foreach (var (i, j) in into)
            {
                while (ofRow[i] > 0 && ofColumn[j] > 0)
                {
                    cents[i][j]++;
                    ofRow[i]--;
                    ofColumn[j]--;
                    if (once) break;
                }
            }
        }
    }
}
