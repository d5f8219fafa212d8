using System.Text;
using GenAiCostPortal.Api;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Pages.Spend;

/// <summary>Spend as rows × columns and as areas, by hand.</summary>
public sealed class SpendPivotTests
{
    private const string None = SpendQuery.Unattributed;

    internal static SpendRow Row(string first, string second, decimal billed, decimal open, long unpriced = 0) =>
        new(null, [first, second], billed + open, billed, open, 0, Basis.Billed, new Dictionary<AllocationMethod, decimal>(), new Dictionary<UnattributedReason, decimal>(), unpriced, 0, default, unpriced);

    internal static SpendAnswer Answer(params SpendRow[] rows) => new(
        new SpendQuery(DateTime.UnixEpoch, DateTime.UnixEpoch.AddDays(1), [SpendDimension.Feature, SpendDimension.Model], Granularity.None, SpendView.Ledger, SpendFilter.None), DateTime.UnixEpoch, null,
        rows.Sum(r => r.CostUsd), rows.Sum(r => r.BilledUsd), rows.Sum(r => r.EstimatedUsd), 0, null, null, null, 0, 0, 0, rows);

    internal static SpendPicture Picture(SpendAnswer answer, string address = "/spend?groupBy=feature,model") => new(
        PortalUrl.Read(address), Period.Custom(new(2026, 11, 1), new(2026, 11, 22)), answer.Query.GroupBy, new(2026, 11, 22), null, answer, null, null, answer, answer, [], [], answer, answer);

    // $70.004 billed and $5.50 not yet; the copilot's opus has no price.
    internal static SpendAnswer Made => Answer(
        Row("summary", "sonnet", 40.004m, 3m), Row("summary", "haiku", 10.003m, 0), Row("copilot", "haiku", 15.003m, 2m), Row("copilot", "opus", 0, 0, unpriced: 4), Row(None, None, 4.994m, 0.5m));

    [Fact]
    public void Rows_and_columns_add_up_to_the_total_of_the_report()
    {
        var (answer, pivot) = (Made, SpendPivot.Of(Made));
        Assert.Equal(["summary", "copilot", None], pivot.Rows.Select(r => r.Key));
        Assert.Equal(["sonnet", "haiku", "opus", None], pivot.Columns);
        Assert.Equal((answer.BilledUsd, answer.EstimatedUsd, answer.TotalUsd), (pivot.Usd, pivot.NotYetBilledUsd, pivot.TotalUsd));
        Assert.Equal(answer.TotalUsd, pivot.Rows.Sum(r => r.TotalUsd));
        Assert.Equal(answer.BilledUsd, pivot.ColumnSums.Sum(c => c.Usd));
        Assert.All(pivot.Rows, r => Assert.Equal(r.Usd, r.Cells.Sum(c => c?.Usd ?? 0)));
        Assert.Equal(25.006m, pivot.ColumnSums[1].Usd);
        Assert.Null(pivot.Rows[0].Cells[3]);
        Assert.Equal(new SpendPivotCell(0, 4), pivot.Rows[1].Cells[2]);
    }

    [Fact]
    public void What_is_beyond_the_dearest_is_one_row_and_one_column()
    {
        var answer = Answer([.. Enumerable.Range(1, 6).Select(i => Row($"f{i}", $"m{i}", 10 - i, 0)), Row(None, "m1", 1, 0)]);
        var pivot = SpendPivot.Of(answer, mostRows: 2, mostColumns: 3);
        Assert.Equal(["f1", "f2", SpendPivot.Other, None], pivot.Rows.Select(r => r.Key));
        Assert.Equal(["m1", "m2", "m3", SpendPivot.Other], pivot.Columns);
        // 7 + 6 + 5 + 4, of which m3 has 7.
        Assert.Equal([0, 0, 7, 15], pivot.Rows[2].Cells.Select(c => c?.Usd ?? 0));
        Assert.Equal(answer.TotalUsd, pivot.Rows.Sum(r => r.TotalUsd));
        Assert.Equal(6, SpendPivot.Of(answer, 5).Rows.Count(r => r.Key is not (SpendPivot.Other or None)));
    }

    [Fact]
    public async Task The_shown_cells_add_up_both_ways_and_what_is_not_known_is_no_zero()
    {
        await using var bench = await PageBench.OpenAsync();
        var drawn = bench.Get<PivotTable>().Of(Picture(Made));
        Assert.Equal(75.50m, drawn.TotalUsd);
        Assert.Equal(drawn.TotalUsd, drawn.Lines.Sum(l => l.TotalUsd));
        Assert.Equal(drawn.Usd, drawn.ColumnUsd.Sum());
        decimal Usd(string text) => text is "" or "unknown" ? 0 : decimal.Parse(text[1..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.All(drawn.Lines, l => Assert.Equal(l.Usd, l.Cells.Sum(Usd)));
        for (var j = 0; j < drawn.ColumnUsd.Count; j++) Assert.Equal(drawn.ColumnUsd[j], drawn.Lines.Sum(l => Usd(l.Cells[j])));
        Assert.Equal(["", "$15.00", "unknown", ""], drawn.Lines[1].Cells);
        Assert.Equal(["$40.00", "$25.01", "unknown", "$4.99"], drawn.ColumnTexts);
        Assert.Equal("No model: storage, guardrails and the like", drawn.Columns[3].Label);
        Assert.Contains("feature=summary", drawn.Lines[0].Name.Href, StringComparison.Ordinal);
        Assert.Contains("model=haiku", drawn.Columns[1].Href, StringComparison.Ordinal);
        Assert.Null(drawn.Lines[2].Name.Href);
    }

    [Fact]
    public async Task A_row_whose_calls_have_no_price_is_unknown_not_free()
    {
        await using var bench = await PageBench.OpenAsync();
        var drawn = bench.Get<PivotTable>().Of(Picture(Answer(Row("summary", "sonnet", 5m, 0), Row("draft", "opus", 0, 0, unpriced: 2))));
        Assert.Equal(("unknown", "unknown"), (drawn.Lines[1].UsdText, drawn.Lines[1].TotalText));
        Assert.Equal(("$5.00", 5m), (drawn.Lines[0].TotalText, drawn.TotalUsd));
    }

    [Fact]
    public void Where_nothing_is_billed_cells_hold_the_estimate()
    {
        var pivot = SpendPivot.Of(Answer(Row("summary", "sonnet", 0, 3m), Row("copilot", "haiku", 0, 2m)));
        Assert.True(pivot.IsEstimated);
        Assert.Equal((5m, 0m), (pivot.Usd, pivot.NotYetBilledUsd));
        Assert.Equal(3m, pivot.Rows[0].Cells[0]!.Usd);
    }

    [Fact]
    public async Task The_csv_has_every_cell_its_total_and_no_formula()
    {
        var answer = Answer(Row("=cmd()", "+sonnet", 40.0041m, 3m), Row("copilot", "haiku", -1.5m, 0), Row("copilot", "opus", 0, 0, unpriced: 4));
        using var body = new MemoryStream();
        await CsvTable.WriteAsync(body, PivotApi.Heads(answer, SpendPivot.Of(answer)), PivotApi.Rows(answer, SpendPivot.Of(answer)), CancellationToken.None);
        var lines = Encoding.UTF8.GetString(body.ToArray()).Split("\r\n");
        Assert.Equal("feature,\"'+sonnet\",opus,haiku,cellsUsd,notYetBilledUsd,totalUsd,basis,asOf", lines[0]);
        Assert.StartsWith("\"'=cmd()\",40.0041,,,40.0041,3,43.0041,Billed,1970-01-01T00:00:00Z", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("copilot,,,-1.5,-1.5,0,-1.5,Billed", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("Total,40.0041,,-1.5,38.5041,3,41.5041,Billed", lines[3], StringComparison.Ordinal);
    }
}
