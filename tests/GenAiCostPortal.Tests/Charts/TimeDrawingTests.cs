using System.Text.RegularExpressions;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using Xunit;

namespace GenAiCostPortal.Charts;

public sealed class TimeDrawingTests
{
    private static readonly DateTime From = new(2026, 11, 17, 0, 0, 0, DateTimeKind.Utc);

    private static TimeChart Chart(bool isStacked, params decimal?[] values)
    {
        var steps = TimeStep.All(From, From.AddHours(values.Length), Granularity.Hour);
        return new TimeChart(steps, [new TimeSeries("p95", "var(--cat-1)", values)], isStacked, v => $"{v} ms", (v, _) => $"{v}", s => $"/traces?at={s.Start:HH}", ("/usage?from=__FROM__&to=__TO__", "/usage?zoom=__FROM__~__TO__"), "Times.");
    }

    private static string Draw(TimeChart chart) => new TimeDrawing(chart, narrow: false, 600, 200).Draw();

    [Fact]
    public void A_gap_is_not_bridged_and_a_lonely_value_is_a_dot()
    {
        var svg = Draw(Chart(false, 1, 2, null, 3, null, 4, 5));
        Assert.Equal(2, Regex.Count(Regex.Match(svg, " d=\"([^\"]+)\"").Groups[1].Value, "M"));
        Assert.Equal(1, Regex.Count(svg, "<circle[^>]*r=\"2.25\""));
    }

    [Fact]
    public void Missing_time_has_a_word_and_steps_still_to_come_have_none()
    {
        var svg = Draw(Chart(true, null, null, null, null, 5, 6, null, null, null, null, null));
        Assert.Equal(1, Regex.Count(svg, ">nothing recorded</text>"));
        Assert.Contains("Tue 17 Nov 00:00. nothing recorded", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_point_says_its_value_knows_its_time_and_leads_to_its_traces()
    {
        var svg = Draw(Chart(true, 5, 6));
        Assert.Contains("aria-label=\"Tue 17 Nov 01:00: 6 ms. p95 6 ms\"", svg, StringComparison.Ordinal);
        Assert.Contains("data-from=\"2026-11-17T01:00\" data-to=\"2026-11-17T02:00\"", svg, StringComparison.Ordinal);
        Assert.Contains("href=\"/traces?at=01\"", svg, StringComparison.Ordinal);
        Assert.Contains("data-brush=\"/usage?zoom=__FROM__~__TO__\"", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_name_at_the_end_of_a_line_has_room_inside_the_chart()
    {
        var chart = Chart(false, 1, 2, 3);
        chart = chart with { Series = [chart.Series[0] with { Label = "estimated before the bill" }, chart.Series[0] with { Label = "billed" }] };
        var label = Regex.Match(Draw(chart), "<text x=\"([0-9.]+)\"[^>]*>estimated before the bill 3 ms</text>");
        // 30 characters of 6 units at 12 px.
        Assert.InRange(double.Parse(label.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) + 30 * 6, 300, 600);
    }

    [Fact]
    public void A_label_that_is_markup_is_text()
    {
        var chart = Chart(true, 5);
        Assert.DoesNotContain("<script", Draw(chart with { Series = [chart.Series[0] with { Label = "<script>" }] }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Granularity.Minute5, "2026-11-17T09:02", "2026-11-17T09:11", 3)]
    [InlineData(Granularity.Hour, "2026-11-17T09:30", "2026-11-17T11:00", 2)]
    [InlineData(Granularity.Day, "2026-11-17T00:00", "2026-11-20T00:00", 3)]
    [InlineData(Granularity.Week, "2026-11-17T00:00", "2026-11-24T00:00", 2)]
    [InlineData(Granularity.Month, "2026-10-17T00:00", "2026-12-02T00:00", 3)]
    public void Steps_cover_the_whole_time(Granularity step, string from, string to, int count)
    {
        DateTime At(string text) => DateTime.SpecifyKind(DateTime.ParseExact(text, "yyyy-MM-dd'T'HH:mm", null), DateTimeKind.Utc);
        var steps = TimeStep.All(At(from), At(to), step);
        Assert.Equal(count, steps.Count);
        Assert.True(steps[0].Start <= At(from) && steps[^1].End >= At(to));
    }

    [Fact]
    public void A_mark_lies_at_its_moment_and_labels_never_lie_on_each_other()
    {
        var start = new DateTime(2026, 11, 17, 0, 0, 0, DateTimeKind.Utc);
        DateTime[] starts = [start, start.AddHours(1), start.AddHours(2)];
        Assert.Equal(100 + 50 * 1.5, TimeMarks.Place(starts, start.AddHours(3), start.AddMinutes(90), 100, 50));
        Assert.Null(TimeMarks.Place(starts, start.AddHours(3), start.AddHours(3), 100, 50));
        Assert.Null(TimeMarks.Place(starts, start.AddHours(3), start.AddTicks(-1), 100, 50));
        var svg = new SvgText();
        TimeMarks.Draw(svg, [new(start, "2.4.0", "a 2.4.0", null), new(start.AddMinutes(1), "2.4.1", "a 2.4.1", "/traces"), new(start.AddHours(2), "2.4.2", "a 2.4.2", null)],
            at => TimeMarks.Place(starts, start.AddHours(3), at, 100, 50), 0, 100, 300);
        var text = svg.ToString();
        Assert.Equal(3, text.Split("class=\"release\"").Length - 1);
        Assert.Contains(">2.4.0<", text, StringComparison.Ordinal);
        Assert.DoesNotContain(">2.4.1<", text, StringComparison.Ordinal);
        Assert.Contains(">2.4.2<", text, StringComparison.Ordinal);
        Assert.Contains("a 2.4.1", text, StringComparison.Ordinal);
    }
}
