using System.Globalization;
using Microsoft.Playwright;
using Xunit;

namespace GenAiCostPortal.Browser;

/// <summary>Usage and unit costs of the sample organisation: the same figures on the page, in the API, in the CSV and from the raw inputs; and the ways through them.</summary>
[Collection(SamplePortal.Name)]
public sealed class UsageStoryTests(SamplePortal portal)
{
    private const string Closed = "from=2026-11-09&to=2026-11-19";
    private static readonly DateOnly From = new(2026, 11, 9), To = new(2026, 11, 19);

    private static List<RawCall> Raw => [.. RawSample.Of.AllCalls.Where(c => c.Day >= From && c.Day < To)];

    [Fact]
    public async Task Tokens_calls_and_requests_are_the_raw_ones_on_the_page_in_the_api_and_in_the_csv()
    {
        var api = (await portal.AskAsync($"/api/v1/usage?{Closed}&groupBy=feature")).GetProperty("rows").EnumerateArray().ToDictionary(r => r.GetProperty("keys").GetProperty("feature").GetString()!);
        foreach (var feature in Raw.GroupBy(c => c.Feature))
        {
            var row = api[feature.Key];
            Assert.Equal(feature.Sum(c => c.Input), row.GetProperty("tokens").GetProperty("input").GetInt64());
            Assert.Equal(feature.Sum(c => c.CacheRead), row.GetProperty("tokens").GetProperty("cacheRead").GetInt64());
            Assert.Equal(feature.Sum(c => c.Output), row.GetProperty("tokens").GetProperty("output").GetInt64());
            Assert.Equal(feature.Count(), row.GetProperty("calls").GetInt64());
            Assert.Equal(feature.Select(c => c.Trace).Distinct().Count(), row.GetProperty("requests").GetInt64());
            Assert.Equal(feature.Count(c => c.Error == "ThrottlingException"), row.GetProperty("throttles").GetInt64());
        }
        await using var tab = await portal.OpenAsync();
        var usage = new UsageScreen(tab);
        await usage.GoAsync($"?{Closed}&groupBy=feature");
        Assert.Equal(Raw.Sum(c => c.Prompt), await usage.PromptTokensAsync());
        var csv = await usage.CsvAsync();
        Assert.Equal(Raw.Sum(c => c.Output), csv.Sum(l => long.Parse(l["outputTokens"], CultureInfo.InvariantCulture)));
        Assert.Equal(Raw.Count, csv.Sum(l => long.Parse(l["calls"], CultureInfo.InvariantCulture)));
        tab.AssertQuiet();
    }

    [Fact]
    public async Task A_request_costs_what_its_calls_cost_at_the_list_price()
    {
        foreach (var feature in new[] { "contract-summary", "support-copilot" })
        {
            var calls = Raw.Where(c => c.Feature == feature).ToList();
            var usd = calls.Sum(c => RawPrices.ListUsd(c)!.Value);
            var total = (await portal.AskAsync($"/api/v1/unit-costs?{Closed}&feature={feature}")).GetProperty("total");
            Assert.InRange(total.GetProperty("costUsd").GetDecimal(), usd - 0.000_01m, usd + 0.000_01m);
            var requests = calls.Select(c => c.Trace).Distinct().Count();
            Assert.InRange(total.GetProperty("costPerRequestUsd").GetDecimal(), usd / requests - 0.000_001m, usd / requests + 0.000_001m);
            Assert.InRange(total.GetProperty("costPerCallUsd").GetDecimal(), usd / calls.Count(c => c.IsBillable) - 0.000_001m, usd / calls.Count(c => c.IsBillable) + 0.000_001m);
            var dearest = calls.GroupBy(c => c.Trace).Max(t => t.Sum(c => RawPrices.ListUsd(c)!.Value));
            Assert.InRange(total.GetProperty("maxUsd").GetDecimal(), dearest - 0.000_001m, dearest + 0.000_001m);
        }
    }

    [Fact]
    public async Task A_range_is_zoomed_into_by_dragging_and_by_keys_and_a_point_opens_its_traces()
    {
        await using var tab = await portal.OpenAsync();
        var usage = new UsageScreen(tab);
        await usage.GoAsync("?from=2026-11-17&to=2026-11-18");
        await usage.DragAsync("2026-11-17T09:00", "2026-11-17T11:00");
        await tab.WaitForAddressAsync("zoom=2026-11-17T09:00~2026-11-17T12:00");
        await tab.Page.Locator(".filter-chip", new() { HasText = "17 Nov 09:00" }).WaitForAsync();
        await usage.Point("2026-11-17T09:05").WaitForAsync();

        await usage.GoAsync("?from=2026-11-16&to=2026-11-19&granularity=day");
        await usage.Point("2026-11-16T00:00").FocusAsync();
        await tab.Page.Keyboard.PressAsync("Shift+ArrowRight");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.WaitForAddressAsync("from=2026-11-16", "to=2026-11-18", "!zoom=");

        await usage.GoAsync("?from=2026-11-17&to=2026-11-18&feature=contract-summary");
        await usage.Point("2026-11-17T10:00").Locator("rect.ring-focus").ClickAsync(new() { Position = new() { X = 2, Y = 2 } });
        await tab.WaitForAddressAsync("/traces?", "feature=contract-summary", "zoom=2026-11-17T10:00~2026-11-17T11:00");
        var traces = new TracesScreen(tab);
        await traces.WaitAsync();
        var inHour = Raw.Where(c => c.Feature == "contract-summary" && c.Start >= new DateTime(2026, 11, 17, 10, 0, 0) && c.Start < new DateTime(2026, 11, 17, 11, 0, 0)).Select(c => c.Trace).Distinct().Count();
        var shown = int.Parse((await tab.Page.Locator(".trace-sum").InnerTextAsync()).Split(' ')[0].Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        // A request of before ten may call after ten, and the other way round.
        Assert.InRange(shown, inHour - 3, inHour + 3);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task The_release_that_cost_most_stands_out_on_unit_costs()
    {
        await using var tab = await portal.OpenAsync();
        await tab.GoAsync($"/unit-costs?{Closed}&feature=contract-summary");
        var row = tab.Page.Locator("section", new() { HasText = "By release" }).Locator("tbody tr", new() { HasText = "2.4.1" });
        await row.WaitForAsync();
        var cost = PortalTab.Usd(await row.Locator("td.r >> nth=1").InnerTextAsync());
        var calls = Raw.Where(c => c.Feature == "contract-summary" && c.Release == "2.4.1").ToList();
        var expected = calls.Sum(c => RawPrices.ListUsd(c)!.Value) / calls.Select(c => c.Trace).Distinct().Count() * 1000;
        Assert.InRange(cost, expected - 0.01m, expected + 0.01m);
        tab.AssertQuiet();
    }
}
