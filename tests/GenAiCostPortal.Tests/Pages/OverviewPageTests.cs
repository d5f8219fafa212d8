using Xunit;
using Bunit;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Pages.Overview;
using GenAiCostPortal.Pages.Welcome;
using Microsoft.AspNetCore.Components;

namespace GenAiCostPortal.Pages;

public sealed class OverviewPageTests
{
    [Fact]
    public async Task An_empty_store_leads_to_the_welcome_page()
    {
        await using var store = await PageStore.CreateAsync();
        var page = store.Pages.Render<OverviewPage>();
        await page.WaitForStateAsync(() => store.Get<NavigationManager>().Uri.EndsWith("/welcome", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Empty(page.FindAll(".figures"));
    }

    [Fact]
    public async Task The_lead_names_the_dear_day_its_usual_and_its_feature_from_the_bill()
    {
        await using var store = await PageStore.CreateAsync();
        await store.BillAsync();
        var page = store.Pages.Render<OverviewPage>();
        await page.WaitForElementAsync(".lead", TimeSpan.FromSeconds(30));
        var lead = page.Find(".lead").TextContent;
        // 404 USD in all; 17 Nov is 116 against a usual Tuesday of 16, contract-summary 110 against 10.
        Assert.Contains("November stands at $404, and $100 of it is one day above its usual.", lead, StringComparison.Ordinal);
        Assert.Contains("On Tuesday 17 Nov, contract-summary cost $110 against a usual $10.00: $116 in a day against a usual $16.00, 7.3 times as much.", lead, StringComparison.Ordinal);
        Assert.DoesNotContain("release", lead, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_ladder_and_the_tiles_show_the_same_total_as_the_spend_page()
    {
        await using var store = await PageStore.CreateAsync();
        await store.BillAsync();
        var page = store.Pages.Render<OverviewPage>();
        await page.WaitForElementAsync(".figures", TimeSpan.FromSeconds(30));
        Assert.Equal("$404.00", page.Find(".ladder [data-figure=total]").TextContent);
        Assert.StartsWith("$404.00", page.Find(".figure .value").TextContent, StringComparison.Ordinal);
        // 385 of 404 dollars carry a tag.
        Assert.Contains("95.3\u00a0%", page.FindAll(".figure .value")[^1].TextContent, StringComparison.Ordinal);
        Assert.Contains("+$100.00", page.Find(".moved").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_rule_gave_to_a_team_is_not_called_unattributed_though_it_names_no_feature()
    {
        await using var store = await PageStore.CreateAsync();
        await store.BillAsync();
        await store.Get<RuleDesk>().AddAsync(new OwnerRuleDraft { Name = "Safety", Team = "Support", Conditions = [new(RuleSubject.UsageType, RuleMatch.Contains, "Guardrail"), new(RuleSubject.Account, RuleMatch.Is, "111122223333")] }, "Ada");
        await store.Get<LedgerBuild>().BuildDueAsync();
        var page = store.Pages.Render<OverviewPage>();
        await page.WaitForElementAsync(".figures", TimeSpan.FromSeconds(30));
        var tile = page.FindAll(".figure")[^1].TextContent;
        Assert.Contains("and 4.7\u00a0% declared", tile, StringComparison.Ordinal);
        Assert.Contains("all of it has an owner", tile, StringComparison.Ordinal);
        Assert.Equal("$19.00 owned, no feature", page.Find(".ladder tr.rest .note").TextContent);
    }

    [Fact]
    public async Task The_newest_closed_day_is_told_and_the_cost_metric_is_named()
    {
        await using var store = await PageStore.CreateAsync();
        await store.BillAsync();
        var page = store.Pages.Render<OverviewPage>();
        await page.WaitForElementAsync(".figures", TimeSpan.FromSeconds(30));
        // 19 Nov ended 37 hours before the last read: still open. Nothing was estimated, because no call was recorded.
        var tile = page.FindAll(".figure").Single(f => f.QuerySelector("dt")!.TextContent.StartsWith("Not yet billed", StringComparison.Ordinal));
        Assert.Contains("18 Nov closed: $16.00 billed; no estimate was made before its first bill.", tile.TextContent, StringComparison.Ordinal);
        Assert.Contains("unblended cost in USD", page.Find(".head .sub").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_known_is_unknown_and_not_zero()
    {
        await using var store = await PageStore.CreateAsync();
        await store.BillAsync();
        var page = store.Pages.Render<OverviewPage>();
        await page.WaitForElementAsync(".figures", TimeSpan.FromSeconds(30));
        var tile = page.FindAll(".figure").Single(f => f.TextContent.Contains("Cost per 1,000 requests", StringComparison.Ordinal));
        Assert.Equal("unknown", tile.QuerySelector(".value")!.TextContent.Trim());
    }

    [Fact]
    public async Task A_broken_store_shows_retry_on_the_overview_too()
    {
        await using var store = await PageStore.CreateAsync();
        store.Stores.Fault = "secret text";
        var page = store.Pages.Render<OverviewPage>();
        await page.WaitForElementAsync(".state.error button", TimeSpan.FromSeconds(30));
        Assert.DoesNotContain("secret text", page.Markup, StringComparison.Ordinal);
        Assert.EndsWith("/", store.Get<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_welcome_page_shows_this_portals_own_address_and_goes_on_when_data_arrives()
    {
        await using var store = await PageStore.CreateAsync();
        store.Get<NavigationManager>().NavigateTo("/welcome?send=collector");
        var page = store.Pages.Render<WelcomePage>();
        await page.WaitForStateAsync(() => page.FindAll(".snippet").Count > 0, TimeSpan.FromSeconds(30));
        Assert.Contains("endpoint: http://localhost", page.Markup, StringComparison.Ordinal);
        Assert.Contains("ce:GetCostAndUsage", page.Markup, StringComparison.Ordinal);
        await store.BillAsync();
        await page.WaitForStateAsync(() => !store.Get<NavigationManager>().Uri.Contains("welcome", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
    }
}
