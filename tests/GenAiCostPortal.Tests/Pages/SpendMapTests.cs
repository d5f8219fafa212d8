using System.Globalization;
using System.Xml.Linq;
using GenAiCostPortal.Charts;
using GenAiCostPortal.Ledger.Costs;
using Xunit;

namespace GenAiCostPortal.Pages.Spend;

/// <summary>The rows of the Spend table as areas.</summary>
public sealed class SpendMapTests
{
    private static async Task<(MapChart Map, SpendTable Table)> MapAsync(SpendAnswer answer)
    {
        await using var bench = await PageBench.OpenAsync();
        var picture = SpendPivotTests.Picture(answer);
        var table = SpendTable.Of(picture);
        return (bench.Get<SpendMap>().Of(picture, table), table);
    }

    private static double Number(XElement e, string name) => double.Parse(e.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    [Fact]
    public async Task Areas_and_what_remains_add_up_to_the_total_of_the_table()
    {
        var (map, table) = await MapAsync(SpendPivotTests.Made);
        Assert.Equal((75.50m, table.TotalUsd), (map.TotalUsd, map.TotalUsd));
        Assert.Equal(["summary", "copilot", "Unattributed", "Not yet billed"], map.Areas.Select(a => a.Label));
        Assert.Equal(table.EstimatedUsd, map.Areas[^1].Usd);
        Assert.Equal("url(#h-rest)", map.Areas[^1].Fill);
        Assert.All(map.Areas.Where(a => a.Parts.Count > 0), a => Assert.Equal(a.Usd, a.Parts.Sum(p => p.Usd)));
        Assert.Contains("model=sonnet", map.Areas[0].Parts[0].Href, StringComparison.Ordinal);
        Assert.Null(map.Areas[2].Href);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_area_is_in_proportion_and_every_word_inside_its_area(bool narrow)
    {
        var (map, _) = await MapAsync(SpendPivotTests.Made);
        var svg = XElement.Parse(new MapDrawing(map, narrow).Draw());
        var points = svg.Elements("g").ToArray();
        // Two models of summary, one of copilot, no owner, not yet billed.
        Assert.Equal(5, points.Length);
        Assert.Equal(["0", "-1", "-1", "-1", "-1"], points.Select(p => p.Attribute("tabindex")!.Value));
        Assert.Equal("summary, sonnet: $40.01, 53.0\u00a0% of the total", points[0].Attribute("aria-label")!.Value);
        // A link is named by the words in it, or where there is no room for any by its area.
        Assert.All(svg.Descendants("a"), a => Assert.Equal(a.Descendants("text").Any() ? null : a.Parent!.Attribute("aria-label")!.Value, a.Attribute("aria-label")?.Value));
        var areas = points.Select(p => p.Descendants("rect").Single(r => r.Attribute("class")?.Value == "area")).ToArray();
        double Size(int i) => Number(areas[i], "width") * Number(areas[i], "height");
        Assert.Equal(40.00 / 15.00, Size(0) / Size(2), 1);
        Assert.Equal(40.00 / 5.50, Size(0) / Size(4), 1);
        var whole = svg.Attribute("viewBox")!.Value.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(whole[2] * whole[3], areas.Select((_, i) => Size(i)).Sum(), 100.0);
        foreach (var (point, area) in points.Zip(areas))
            Assert.All(point.Descendants("text"), t =>
            {
                Assert.InRange(Number(t, "x") + t.Value.Length * 6.4, Number(area, "x"), Number(area, "x") + Number(area, "width"));
                Assert.InRange(Number(t, "y"), Number(area, "y") + 10, Number(area, "y") + Number(area, "height") - 3);
            });
        Assert.Contains(svg.Elements("text"), t => t.Value == "summary");
    }

    [Fact]
    public async Task A_credit_has_no_area_but_its_amount_and_the_tail_is_one()
    {
        var (map, table) = await MapAsync(SpendPivotTests.Answer([.. Enumerable.Range(1, 30).Select(i => SpendPivotTests.Row($"f{i:00}", "m", 100 - i, 0)), SpendPivotTests.Row("refunded", "m", -3m, 0)]));
        Assert.Equal(table.TotalUsd, map.TotalUsd);
        Assert.Equal(25, map.Areas.Count);
        // f25 to f30 and the refund.
        Assert.Equal(("Other (7)", 75m + 74 + 73 + 72 + 71 + 70 - 3), (map.Areas[^1].Label, map.Areas[^1].Usd));
        var (small, _) = await MapAsync(SpendPivotTests.Answer(SpendPivotTests.Row("a", "m", 10, 0), SpendPivotTests.Row("refunded", "m", -3m, 0)));
        Assert.True(small.Areas.Single(a => a.Label == "refunded").HasCredits);
        Assert.Single(XElement.Parse(new MapDrawing(small, false).Draw()).Elements("g"));
    }
}
