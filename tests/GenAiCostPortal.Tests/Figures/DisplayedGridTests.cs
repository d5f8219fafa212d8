using Xunit;

namespace GenAiCostPortal.Figures;

public sealed class DisplayedGridTests
{
    [Fact]
    public void Cells_add_up_to_the_shown_sums_of_rows_and_columns()
    {
        // Thirds of a cent everywhere: rounded one by one, nothing would add up.
        decimal[][] exact = [[0.0133m, 0.0133m, 0.0134m], [1.0033m, 0m, 0.0034m], [0.0134m, 2.0133m, 0.0033m]];
        decimal[] rows = DisplayedUsd.Parts(3.08m, [.. exact.Select(r => r.Sum())]);
        decimal[] columns = DisplayedUsd.Parts(3.08m, [.. Enumerable.Range(0, 3).Select(j => exact.Sum(r => r[j]))]);
        var cells = DisplayedGrid.Cells(rows, columns, exact);
        for (var i = 0; i < 3; i++) Assert.Equal(rows[i], cells[i].Sum());
        for (var j = 0; j < 3; j++) Assert.Equal(columns[j], cells.Sum(r => r[j]));
        Assert.All(Enumerable.Range(0, 9), n => Assert.True(Math.Abs(cells[n / 3][n % 3] - exact[n / 3][n % 3]) <= 0.01m));
        Assert.Equal(0m, cells[1][1]);
    }

    [Fact]
    public void Many_made_tables_add_up_and_no_cell_is_far_from_its_amount()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var (height, width) = (random.Next(1, 9), random.Next(1, 9));
            decimal[][] exact = [.. Enumerable.Range(0, height).Select(_ => Enumerable.Range(0, width).Select(_ => random.Next(3) == 0 ? 0m : random.Next(-20_000, 1_000_000) / 10_000m).ToArray())];
            var total = decimal.Round(exact.Sum(r => r.Sum()), 2, MidpointRounding.ToEven);
            var rows = DisplayedUsd.Parts(total, [.. exact.Select(r => r.Sum())]);
            var columns = DisplayedUsd.Parts(total, [.. Enumerable.Range(0, width).Select(j => exact.Sum(r => r[j]))]);
            var cells = DisplayedGrid.Cells(rows, columns, exact);
            Assert.Equal(rows, cells.Select(r => r.Sum()));
            Assert.Equal(columns, Enumerable.Range(0, width).Select(j => cells.Sum(r => r[j])));
            Assert.All(Enumerable.Range(0, height * width), n => Assert.True(Math.Abs(cells[n / width][n % width] - exact[n / width][n % width]) < 0.05m));
        }
    }
}
