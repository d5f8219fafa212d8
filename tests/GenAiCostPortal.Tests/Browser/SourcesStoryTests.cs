using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace GenAiCostPortal.Browser;

/// <summary>An operator reads a feed again.</summary>
[Collection(SamplePortal.Name)]
public sealed class SourcesStoryTests(SamplePortal portal)
{
    [Fact]
    public async Task A_feed_run_by_hand_is_seen_with_who_asked_for_it_and_changes_no_figure()
    {
        var before = await SpentAsync();
        await using var tab = await portal.OpenAsync();
        var sources = new SourcesScreen(tab);
        await sources.GoAsync("?runs=CostExplorer");
        var runs = await sources.Runs.CountAsync();
        await sources.RunNowAsync("CostExplorerLarkfield Production");
        await Expect(sources.Runs).ToHaveCountAsync(runs + 1);
        await Expect(sources.Runs.First.Locator(".tag")).ToHaveTextAsync("done");
        await Expect(sources.Runs.First).ToContainTextAsync("You (this machine)");
        Assert.Equal(before, await SpentAsync());

        await tab.GoAsync("/access");
        await Expect(tab.Page.Locator("tr", new() { HasText = "Run now" }).First).ToContainTextAsync("Cost Explorer");
        tab.AssertQuiet();
    }

    [Fact]
    public async Task A_range_read_again_is_replaced_and_counted_once()
    {
        var before = await SpentAsync();
        await using var tab = await portal.OpenAsync();
        var sources = new SourcesScreen(tab);
        await sources.GoAsync("?runs=CostExplorer");
        var runs = await sources.Runs.CountAsync();
        await tab.Page.Locator("summary", new() { HasText = "Backfill a range" }).ClickAsync();
        var form = tab.Page.Locator("form.backfill");
        await form.Locator("select").SelectOptionAsync("CostExplorer");
        await form.GetByLabel("From").FillAsync("2026-11-02");
        await form.GetByLabel("to, inclusive").FillAsync("2026-11-06");
        await form.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(sources.Runs).ToHaveCountAsync(runs + 1);
        await Expect(sources.Runs.First.Locator(".tag")).ToHaveTextAsync("done");
        await Expect(sources.Runs.First).ToContainTextAsync("2 Nov");
        Assert.Equal(before, await SpentAsync());
        tab.AssertQuiet();
    }

    private async Task<decimal> SpentAsync() => (await portal.AskAsync("/api/v1/spend?from=2026-10-01&to=2026-11-22")).GetProperty("totalUsd").GetDecimal();
}
