using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;
using GenAiCostPortal.Sources.Sample;

namespace GenAiCostPortal.Browser;

/// <summary>Somebody who has never seen the portal finds out why a day was dear, by clicking alone.</summary>
[Collection(SamplePortal.Name)]
public sealed class VisitorStoryTests(SamplePortal portal)
{
    private static readonly Story Story = Story.Told;

    [Fact]
    public async Task From_the_overview_over_the_dear_day_and_its_feature_to_the_trace_that_loops()
    {
        await using var tab = await portal.OpenAsync();
        var overview = new OverviewScreen(tab);
        await overview.GoAsync();
        await Expect(overview.Lead).ToContainTextAsync(Story.Feature);
        await Expect(overview.Lead).ToContainTextAsync("Tuesday 17 Nov");
        Assert.InRange(await overview.TimesUsualAsync(), Story.DearDay.TimesUsual - 0.15m, Story.DearDay.TimesUsual + 0.15m);
        await Expect(overview.Lead).ToContainTextAsync($"elease {Story.ReleaseDear}");

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "What Tue 17 Nov was spent on" }).ClickAsync();
        var spend = new SpendScreen(tab);
        await tab.WaitForAddressAsync("/spend?", "from=2026-11-17", "to=2026-11-18");
        await spend.WaitAsync("from=2026-11-17");
        Assert.InRange(await spend.TotalUsdAsync(), Story.DearDay.TotalUsd * 0.997m, Story.DearDay.TotalUsd * 1.003m);
        var features = await spend.BilledAsync();
        Assert.Equal(Story.Feature, features.MaxBy(f => f.Value).Key);

        await spend.Row(Story.Feature).Locator("a.key").ClickAsync();
        await tab.WaitForAddressAsync("feature=" + Story.Feature, "from=2026-11-17");
        await spend.WaitAsync("feature=" + Story.Feature);
        Assert.Equal(features[Story.Feature], await spend.TotalUsdAsync());

        await tab.Page.Locator("nav.nav").GetByRole(AriaRole.Link, new() { Name = "Traces" }).ClickAsync();
        var traces = new TracesScreen(tab);
        await tab.WaitForAddressAsync("/traces?", "feature=" + Story.Feature, "from=2026-11-17");
        await traces.WaitAsync();
        await traces.SortByAsync("Cost");
        var costs = await traces.CostsAsync(30);
        Assert.Equal(costs.OrderDescending(), costs);
        await Expect(traces.List.First.Locator(".chip.warn")).ToHaveTextAsync("loop");
        await Expect(traces.List.First).ToContainTextAsync(Story.ReleaseDear);

        await traces.OpenAsync(traces.List.First);
        var trace = new TraceScreen(tab);
        await Expect(trace.LoopHead.First).ToContainTextAsync($"ran {Story.Dear.LoopedStepCalls} times");
        await Expect(trace.LoopHead.First).ToContainTextAsync($"usual {Story.Usual.LoopedStepCalls}");
        Assert.True(await trace.Repeats.CountAsync() >= Story.Dear.LoopedStepCalls - Story.Usual.LoopedStepCalls);
        Assert.True(await trace.Retries.CountAsync() >= 1);
        Assert.True(await trace.Failed.CountAsync() >= 1);
        Assert.Equal(costs[0], decimal.Round(await trace.TotalUsdAsync(), 2));
        await Expect(trace.Lead).ToContainTextAsync("instead of");
        tab.AssertQuiet();
    }

    [Fact]
    public async Task A_click_on_the_dear_column_opens_that_day_by_the_hour()
    {
        await using var tab = await portal.OpenAsync();
        var overview = new OverviewScreen(tab);
        await overview.GoAsync();
        await overview.OpenDayAsync(new(2026, 11, 17));
        await tab.WaitForAddressAsync("/spend?", "from=2026-11-17", "to=2026-11-18");
        await new SpendScreen(tab).WaitAsync("from=2026-11-17");
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Period_filter_grouping_and_view_survive_reload_and_back()
    {
        await using var tab = await portal.OpenAsync();
        var spend = new SpendScreen(tab);
        await spend.GoAsync();
        var everything = await spend.TotalUsdAsync();

        await tab.Page.Locator("summary", new() { HasText = "month to date" }).ClickAsync();
        await tab.Page.Locator(".menu-list a", new() { HasText = "Last 7 days" }).First.ClickAsync();
        await tab.WaitForAddressAsync("period=");
        await spend.WaitAsync("from=2026-11-15");
        await spend.GroupByAsync("Model");
        await tab.WaitForAddressAsync("groupBy=model");
        await spend.WaitAsync("from=2026-11-15", "groupBy=model");
        await spend.Row("Claude Sonnet 4.6").Locator("a.key").ClickAsync();
        await tab.WaitForAddressAsync("&model=", "period=");
        await spend.WaitAsync("from=2026-11-15", "model=anthropic");
        var (address, total) = (tab.PathAndQuery, await spend.TotalUsdAsync());
        Assert.True(total < everything);

        await tab.ReloadAsync();
        await spend.WaitAsync("model=anthropic");
        Assert.Equal((address, total), (tab.PathAndQuery, await spend.TotalUsdAsync()));

        for (var i = 0; i < 3; i++) await tab.Page.GoBackAsync();
        await tab.WaitForAddressAsync("/spend", "!period=", "!groupBy=", "!model=");
        await Expect(tab.Page.Locator(".equation [data-figure=total]")).ToHaveTextAsync(FormattableString.Invariant($"${everything:N2}"));
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Sorting_and_the_selected_span_survive_reload_and_back()
    {
        await using var tab = await portal.OpenAsync();
        var traces = new TracesScreen(tab);
        await traces.GoAsync("?from=2026-11-17&to=2026-11-18&feature=" + Story.Feature);
        await traces.SortByAsync("Duration");
        await tab.WaitForAddressAsync("sort=-durationMs");
        await tab.ReloadAsync();
        await Expect(tab.Page.Locator("th[aria-sort=descending]")).ToContainTextAsync("Duration");

        await traces.OpenAsync(traces.List.First);
        var trace = new TraceScreen(tab);
        var row = trace.Spans.Nth(3);
        var (id, name) = (await row.GetAttributeAsync("data-span"), await row.Locator(".nm").InnerTextAsync());
        await row.Locator(".nm").ClickAsync();
        await tab.WaitForAddressAsync("span=" + id);
        await Expect(trace.Panel.Locator("h3").First).ToHaveTextAsync(name);
        await tab.ReloadAsync();
        await Expect(trace.Selected).ToHaveAttributeAsync("data-span", id!);
        await Expect(trace.Panel.Locator("h3").First).ToHaveTextAsync(name);

        // The name of a span is a link, so the first step back unselects it.
        await tab.Page.GoBackAsync();
        await tab.WaitForAddressAsync("/traces/", "!span=");
        await tab.Page.GoBackAsync();
        await tab.WaitForAddressAsync("/traces?", "sort=-durationMs");
        await Expect(tab.Page.Locator("th[aria-sort=descending]")).ToContainTextAsync("Duration");
        tab.AssertQuiet();
    }
}
