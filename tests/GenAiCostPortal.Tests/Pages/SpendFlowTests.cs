using System.Globalization;
using System.Xml.Linq;
using GenAiCostPortal.Charts;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Pages.Spend;

/// <summary>Money from team to feature to model, by hand: $70 billed, $5 not yet.</summary>
public sealed class SpendFlowTests
{
    private const string None = SpendQuery.Unattributed;

    private static SpendAnswer Answer(SpendDimension[] by, params (string First, string Second, decimal Billed, decimal Open)[] rows) => new(
        new SpendQuery(DateTime.UnixEpoch, DateTime.UnixEpoch.AddDays(1), by, Granularity.None, SpendView.Ledger, SpendFilter.None), DateTime.UnixEpoch, null,
        rows.Sum(r => r.Billed + r.Open), rows.Sum(r => r.Billed), rows.Sum(r => r.Open), 0, null, null, null, 0, 0, 0,
        [.. rows.Select(r => new SpendRow(null, [r.First, r.Second], r.Billed + r.Open, r.Billed, r.Open, 0, Basis.Billed, new Dictionary<AllocationMethod, decimal>(), new Dictionary<UnattributedReason, decimal>(), 0, 0, default, 0))]);

    private static async Task<FlowChart?> FlowAsync(SpendAnswer byFeature, SpendAnswer byModel)
    {
        await using var bench = await PageBench.OpenAsync();
        var period = Period.Custom(new(2026, 11, 1), new(2026, 11, 22));
        var picture = new SpendPicture(PortalUrl.Read("/spend"), period, [SpendDimension.Team, SpendDimension.Feature], period.To, null, byFeature, null, null, byFeature, byFeature, [], [], byFeature, byModel);
        return bench.Get<SpendFlow>().Of(picture);
    }

    private static SpendAnswer Teams => Answer([SpendDimension.Team, SpendDimension.Feature], ("Billing", "summary", 40.004m, 3m), ("Billing", "extraction", 10.003m, 0), ("Support", "copilot", 15.003m, 2m), (None, None, 4.99m, 0));
    private static SpendAnswer Models => Answer([SpendDimension.Feature, SpendDimension.Model], ("summary", "sonnet", 30.004m, 3m), ("summary", "haiku", 10m, 0), ("extraction", "haiku", 10.003m, 0), ("copilot", "haiku", 15.003m, 2m), (None, None, 4.99m, 0));

    [Fact]
    public async Task Every_column_and_every_pair_of_columns_adds_up_to_the_total_of_the_page()
    {
        var flow = (await FlowAsync(Teams, Models))!;
        Assert.Equal(75m, flow.TotalUsd);
        for (var column = 0; column < 3; column++) Assert.Equal(75m, flow.Nodes.Where(n => n.Column == column).Sum(n => n.Usd));
        for (var column = 0; column < 2; column++) Assert.Equal(75m, flow.Links.Where(l => l.From.Column == column).Sum(l => l.Usd));
        Assert.Equal(["Billing", "Support", "Unattributed", "Not yet billed"], flow.Nodes.Where(n => n.Column == 0).Select(n => n.Label));
        Assert.Equal(["haiku", "sonnet", "No model: storage, guardrails", "Not yet billed"], flow.Nodes.Where(n => n.Column == 2).Select(n => n.Label));
        // 10.00 + 10.003 + 15.003.
        Assert.Equal(35.01m, flow.Nodes.Single(n => n.Key == "haiku").Usd);
        Assert.Equal(5m, flow.Links.Single(l => l.From.Column == 0 && l.To.Label == "Not yet billed").Usd);
        Assert.Contains("feature=summary", flow.Nodes.Single(n => n.Key == "summary").Href, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_eleventh_feature_and_those_after_it_are_one()
    {
        var teams = Answer([SpendDimension.Team, SpendDimension.Feature], [.. Enumerable.Range(1, 12).Select(i => ("T", $"f{i:00}", 100m - i, 0m))]);
        var models = Answer([SpendDimension.Feature, SpendDimension.Model], [.. Enumerable.Range(1, 12).Select(i => ($"f{i:00}", "m", 100m - i, 0m))]);
        var flow = (await FlowAsync(teams, models))!;
        // (100 − 11) + (100 − 12).
        Assert.Equal(("Other", 177m), flow.Nodes.Where(n => n.Column == 1).Select(n => (n.Label, n.Usd)).Last());
        Assert.Equal(11, flow.Nodes.Count(n => n.Column == 1));
        Assert.Equal(flow.TotalUsd, flow.Links.Where(l => l.From.Column == 1).Sum(l => l.Usd));
    }

    [Fact]
    public async Task What_is_only_open_yet_has_no_band_of_its_own()
    {
        var flow = (await FlowAsync(
            Answer([SpendDimension.Team, SpendDimension.Feature], ("Billing", "summary", 10m, 0), ("Growth", "launch", 0, 4m)),
            Answer([SpendDimension.Feature, SpendDimension.Model], ("summary", "sonnet", 10m, 0), ("launch", "opus", 0, 4m))))!;
        Assert.Equal(["Billing", "Not yet billed", "summary", "Not yet billed", "sonnet", "Not yet billed"], flow.Nodes.Select(n => n.Label));
        Assert.Equal(14m, flow.Nodes.Where(n => n.Column == 2).Sum(n => n.Usd));
    }

    [Fact]
    public async Task Answers_of_two_moments_make_no_flow() =>
        Assert.Null(await FlowAsync(Teams, Answer([SpendDimension.Feature, SpendDimension.Model], ("summary", "sonnet", 1m, 0))));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nodes_are_as_high_as_their_money_and_no_name_lies_on_another(bool narrow)
    {
        var svg = XElement.Parse(new FlowDrawing((await FlowAsync(Teams, Models))!, narrow).Draw());
        double Number(XElement e, string name) => double.Parse(e.Attribute(name)!.Value, CultureInfo.InvariantCulture);
        var points = svg.Descendants("g").Where(g => g.Attribute("data-point") is not null).ToArray();
        Assert.Equal(4 + 5 + 4, points.Length);
        Assert.Equal("Team Billing: $50.01, 66.7\u00a0%. To summary $40.01, extraction $10.00", points[0].Attribute("aria-label")!.Value);
        double Height(string key) => points.Where(p => p.Attribute("aria-label")!.Value.Contains(key, StringComparison.Ordinal)).SelectMany(p => p.Descendants("rect")).Where(r => r.Attribute("class") is null).Select(r => Number(r, "height")).First();
        Assert.Equal(50.01 / 15.0, Height("Team Billing") / Height("Team Support"), 1);
        foreach (var column in points.GroupBy(p => Number(p.Descendants("rect").First(), "x")))
        {
            var lines = column.Select(p => Number(p.Descendants("text").First(), "y")).ToArray();
            Assert.All(lines.Zip(lines.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 14));
        }
        // Four bands and what is open from teams, five and what is open from features.
        Assert.Equal(5 + 6, svg.Descendants("path").Count());
    }
}
