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
        var places = Enumerable.Range(0, ofRow.Length).SelectMany(i => Enumerable.Range(0, ofColumn.Length).Select(j => new Place(i, j))).ToArray();
        var raised = new HashSet<Place>();
        decimal Remainder(Place p) => exact[p.Row][p.Column] * 100m - decimal.Floor(exact[p.Row][p.Column] * 100m);
        bool MayRise(Place p) => Remainder(p) > 0 && !raised.Contains(p);
        bool IsMissing(Place p) => ofRow[p.Row] > 0 && ofColumn[p.Column] > 0;

        void Raise(Place p)
        {
            raised.Add(p);
            cents[p.Row][p.Column]++;
            ofRow[p.Row]--;
            ofColumn[p.Column]--;
        }

        void Lower(Place p)
        {
            raised.Remove(p);
            cents[p.Row][p.Column]--;
            ofRow[p.Row]++;
            ofColumn[p.Column]++;
        }

        // The largest remainders first. Where row and column that still miss a cent meet at none, a raised cell gives its place to two others.
        foreach (var p in places.Where(p => Remainder(p) > 0).OrderByDescending(Remainder)) if (IsMissing(p)) Raise(p);
        foreach (var p in places)
        {
            while (IsMissing(p) && raised.Where(r => MayRise(new(p.Row, r.Column)) && MayRise(new(r.Row, p.Column))).Select(r => (Place?)r).FirstOrDefault() is { } between)
            {
                Lower(between);
                Raise(new(p.Row, between.Column));
                Raise(new(between.Row, p.Column));
            }
        }
        // What is left goes to any cell with money, and only then to any.
        foreach (var p in places.OrderByDescending(p => exact[p.Row][p.Column] != 0)) while (IsMissing(p)) Raise(p);
        return [.. cents.Select(row => row.Select(c => c / 100m).ToArray())];
    }

    private readonly record struct Place(int Row, int Column);
}
