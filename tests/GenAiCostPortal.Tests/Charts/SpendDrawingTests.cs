using Xunit;
using System.Globalization;
using System.Xml.Linq;

namespace GenAiCostPortal.Charts;

public sealed class SpendDrawingTests
{
    private static SpendColumns Month(params decimal[] usd)
    {
        var start = new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);
        var columns = usd.Select((u, i) => new SpendColumn(start.AddDays(i), $"day {i}", $"{i + 1}", null, false, false, $"/spend?d={i}",
            [new ColumnPart("a", "a <b> & c", "red", "url(#h-1)", u, 0, "/spend?feature=a"), new ColumnPart("b", "b", "blue", "url(#h-2)", 0, 5, null)])).ToArray();
        return new SpendColumns(columns, null, null, "The point.");
    }

    private static XElement Draw(SpendColumns data, bool cut, bool narrow = false) => XElement.Parse(new SpendDrawing(data, cut, narrow, narrow ? 358 : 1168, 280).Draw());

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static IEnumerable<XElement> Segments(XElement svg, string fill) => svg.Descendants("rect").Where(r => r.Attribute("fill")?.Value == fill);

    [Fact]
    public void Heights_are_in_proportion_to_money_from_zero()
    {
        var heights = Segments(Draw(Month(10, 20, 40, 30), cut: false), "red").Select(r => Number(r, "height")).ToArray();
        Assert.Equal(4, heights.Length);
        Assert.Equal(2, heights[1] / heights[0], 2);
        Assert.Equal(4, heights[2] / heights[0], 2);
    }

    [Fact]
    public void Estimated_is_hatched_and_above_what_is_billed()
    {
        var svg = Draw(Month(10, 20, 40, 30), cut: false);
        var billed = Segments(svg, "red").First();
        var estimated = Segments(svg, "url(#h-2)").First();
        Assert.Equal(Number(billed, "y"), Number(estimated, "y") + Number(estimated, "height"), 1);
    }

    [Fact]
    public void A_cut_column_ends_above_the_usual_ones_and_the_axis_says_where()
    {
        var data = Month(100, 110, 120, 1000, 105);
        Assert.True(data.Scale(cut: true).IsCut);
        Assert.False(data.Scale(cut: false).IsCut);
        var tops = Segments(Draw(data, cut: true), "red").Select(r => Number(r, "y")).ToArray();
        Assert.True(tops[3] < tops.Where((_, i) => i != 3).Min());
    }

    [Fact]
    public void Even_days_are_never_cut() => Assert.False(Month(100, 110, 120, 130).Scale(cut: true).CanCut);

    [Fact]
    public void Many_dear_days_are_not_cut() => Assert.False(Month(10, 10, 10, 10, 10, 10, 100, 100, 100, 100, 100).Scale(cut: true).CanCut);

    [Fact]
    public void Every_point_can_be_reached_and_says_its_value()
    {
        var points = Draw(Month(10, 20), cut: false).Descendants("g").Where(g => g.Attribute("data-point") is not null).ToArray();
        Assert.Equal(["0", "-1"], points.Select(p => p.Attribute("tabindex")!.Value));
        Assert.Contains("$25.00, billed in part, the rest estimated", points[1].Attribute("aria-label")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_can_be_chosen_by_steps_and_the_chosen_one_is_marked()
    {
        var start = new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);
        var data = Month(10, 20, 30, 40);
        data = data with
        {
            Columns = [.. data.Columns.Select((c, i) => c with { Covers = (start.AddDays(i), start.AddDays(i + 1)) })], Brush = "/spend?range=__FROM__~__TO__",
            Chosen = new Filters.BrushedRange(start.AddDays(1), start.AddDays(3)),
        };
        var svg = Draw(data, cut: false);
        Assert.Equal(("/spend?range=__FROM__~__TO__", "/spend?range=__FROM__~__TO__"), (svg.Attribute("data-brush")!.Value, svg.Attribute("data-brush-days")!.Value));
        var points = svg.Descendants("g").Where(g => g.Attribute("data-point") is not null).ToArray();
        Assert.Equal(("2026-11-02T00:00", "2026-11-03T00:00"), (points[1].Attribute("data-from")!.Value, points[1].Attribute("data-to")!.Value));
        var chosen = Assert.Single(svg.Descendants("rect"), r => r.Attribute("class")?.Value == "brush");
        var fields = svg.Descendants("rect").Where(r => r.Attribute("class")?.Value == "ring-focus").ToArray();
        // From the second field to the end of the third; each field is half a pixel narrower on both sides.
        Assert.Equal(Number(fields[1], "x") - 0.5, Number(chosen, "x"), 1);
        Assert.Equal(Number(fields[3], "x") - 0.5, Number(chosen, "x") + Number(chosen, "width"), 1);
        Assert.Null(Draw(Month(10, 20), cut: false).Attribute("data-brush"));
    }

    [Fact]
    public void Names_from_outside_stay_text()
    {
        var text = new SpendDrawing(Month(10, 20), false, false, 1168, 280).Draw();
        Assert.DoesNotContain("<b>", text, StringComparison.Ordinal);
        Assert.Contains("a &lt;b&gt; &amp; c", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Narrow_is_another_drawing_with_fewer_labels()
    {
        var data = Month([.. Enumerable.Repeat(10m, 30)]);
        int Labels(bool narrow) => Draw(data, false, narrow).Descendants("text").Count(t => t.Attribute("text-anchor")?.Value == "middle");
        Assert.Equal(30, Labels(narrow: false));
        Assert.InRange(Labels(narrow: true), 4, 9);
    }

    [Fact]
    public void Negative_amounts_hang_below_zero()
    {
        var data = Month(10, -20, 30);
        Assert.True(data.Scale(cut: false).Min <= -15);
        var negative = Segments(Draw(data, cut: false), "red").ElementAt(1);
        Assert.True(Number(negative, "y") > Number(Segments(Draw(data, cut: false), "red").First(), "y"));
    }

    [Fact]
    public void Ticks_are_round_few_and_hold_every_value()
    {
        var random = new Random(2);
        for (var run = 0; run < 500; run++)
        {
            var values = Enumerable.Range(0, 10).Select(_ => (decimal)(random.NextDouble() * Math.Pow(10, random.Next(-2, 7)))).ToArray();
            var scale = ValueScale.Of(values, cut: false);
            Assert.InRange(scale.Ticks.Count(), 3, 7);
            Assert.True(scale.Max >= values.Max());
        }
    }
}
