using System.Net;
using System.Net.Http.Json;
using GenAiCostPortal.Sources.Sample;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace GenAiCostPortal.Browser;

/// <summary>Every page with figures and with none.</summary>
[Collection(SamplePortal.Name)]
public sealed class FilledPageTests(SamplePortal portal, LookTabs tabs) : IClassFixture<LookTabs>
{
    private const string NotFound = "404 (Not Found)";

    [Theory]
    [InlineData("/")]
    [InlineData("/?show=table&period=7d")]
    [InlineData("/spend")]
    [InlineData("/spend?show=table&groupBy=feature,model")]
    [InlineData("/spend?from=2026-11-17&to=2026-11-18&groupBy=feature")]
    [InlineData("/spend?range=2026-11-16~2026-11-18&flow=table&groupBy=model")]
    [InlineData("/usage")]
    [InlineData("/usage?show=table&groupBy=feature,model&stack=model")]
    [InlineData("/usage?from=2026-11-17&to=2026-11-18&zoom=2026-11-17T09:00~2026-11-17T12:00&feature=contract-summary")]
    [InlineData("/unit-costs")]
    [InlineData("/unit-costs?show=table&groupBy=workflow,release")]
    [InlineData("/reconciliation")]
    [InlineData("/reconciliation/day?date=2026-11-17&feature=contract-summary")]
    [InlineData("/docs")]
    [InlineData("/prices")]
    [InlineData("/prices?show=all&text=claude")]
    [InlineData("/traces")]
    [InlineData("/spikes?thresholds=show")]
    [InlineData("/spikes/1")]
    [InlineData("/explain?from=2026-11-17T08:00&to=2026-11-17T20:00")]
    [InlineData("/assessment")]
    [InlineData("/sources?runs=CostExplorer")]
    [InlineData("/settings")]
    [InlineData("/settings/rules?rule=new")]
    [InlineData("/settings/splits")]
    [InlineData("/settings/actions")]
    [InlineData("/settings/alerts")]
    [InlineData("/access")]
    [InlineData("/welcome")]
    public Task A_page_with_figures_is_fine(string path) => tabs.AssertFineAsync(portal, path);

    [Theory]
    [InlineData("/?feature=no-such-feature")]
    [InlineData("/spend?feature=no-such-feature")]
    [InlineData("/usage?feature=no-such-feature")]
    [InlineData("/unit-costs?feature=no-such-feature")]
    [InlineData("/reconciliation/day?date=2020-01-01")]
    [InlineData("/prices?text=no-such-model")]
    [InlineData("/traces?text=no-such-workflow")]
    [InlineData("/traces/00000000000000000000000000000001")]
    [InlineData("/assessment/999999")]
    [InlineData("/spikes/999999")]
    public Task A_page_with_nothing_to_show_is_fine(string path) => tabs.AssertFineAsync(portal, path);

    [Theory]
    [InlineData("")]
    [InlineData("?view=table")]
    public async Task A_looping_trace_is_fine(string query)
    {
        var dearest = await portal.AskAsync($"/api/v1/traces?from=2026-11-17&to=2026-11-18&feature={Story.Told.Feature}&sort=-costUsd&limit=1");
        await tabs.AssertFineAsync(portal, $"/traces/{dearest.GetProperty("items")[0].GetProperty("traceId").GetString()}{query}");
    }

    [Fact]
    public async Task An_address_that_leads_nowhere_says_so_with_a_way_back()
    {
        await tabs.AssertFineAsync(portal, "/no-such-page", NotFound);
        await using var tab = await portal.OpenAsync();
        Assert.Equal(404, (await tab.GoAsync("/no-such-page")).Status);
        await tab.Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Overview" }).ClickAsync();
        await tab.WaitForPageAsync("Overview");
        tab.AssertQuiet(NotFound);
    }

    [Fact]
    public async Task Channels_and_what_they_were_told_fit_a_phone()
    {
        using var made = await portal.Api.PostAsJsonAsync("/api/v1/alert-channels", new { name = "Architects", kind = "Email", address = "ada@example.com, bo@example.com", quietFrom = "22:00", quietTo = "07:00", loudFromUsd = 500 });
        var channel = made.Headers.Location!.ToString();
        // No mail server is configured here: it fails, and says so.
        using var tried = await portal.Api.PostAsync(channel + "/test", null);
        await using var tab = await portal.OpenAsync(isPhone: true);
        await tab.GoAsync("/settings/alerts");
        await Expect(tab.Page.GetByRole(AriaRole.Rowheader, new() { Name = "Architects", Exact = true })).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("No mail server is configured: set Alerts:Smtp:Host")).ToBeVisibleAsync();
        await tab.AssertNoSidewaysScrollAsync();
        using var gone = await portal.Api.DeleteAsync(channel);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
    }

    [Fact]
    public async Task The_look_sees_what_is_wrong()
    {
        await using var tab = await portal.OpenAsync();
        await tab.GoAsync("/welcome");
        await tab.Page.EvaluateAsync("""document.querySelector('main').insertAdjacentHTML('beforeend', '<p style="background:#fff;color:#eee">pale</p><button></button>')""");
        var found = await Axe.RunAsync(tab.Page, onlyColours: false, part: null);
        Assert.Contains(found, f => f.StartsWith("color-contrast", StringComparison.Ordinal));
        Assert.Contains(found, f => f.StartsWith("button-name", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Menus_are_fine_when_they_are_open()
    {
        await using var tab = await portal.OpenAsync();
        await new SpendScreen(tab).GoAsync("?feature=contract-summary");
        foreach (var menu in await tab.Page.Locator("details.menu > summary").AllAsync())
        {
            await menu.ClickAsync();
            await Expect(tab.Page.Locator("details.menu[open] :is(.menu-list, .filter-columns, form)").First).ToBeVisibleAsync();
            await tab.AssertAccessibleAsync(within: tab.Page.Locator("details.menu[open]"));
            await tab.Page.Keyboard.PressAsync("Escape");
        }
        tab.AssertQuiet();
    }
}

/// <summary>Every page of a portal that has nothing yet, and of one whose store does not answer.</summary>
[Collection(OwnPortalStories.Name)]
public sealed class EmptyAndFaultyPageTests(ChromiumHost chromium)
{
    [Fact]
    public async Task Each_page_of_an_empty_portal_is_fine()
    {
        await using var portal = OwnPortal.Start(chromium.Browser, isOpen: true);
        await using var tabs = new LookTabs();
        foreach (var path in new[] { "/welcome", "/spend", "/usage", "/unit-costs", "/reconciliation", "/prices", "/traces", "/assessment", "/sources", "/access" })
            await tabs.AssertFineAsync(p => portal.OpenAsync(p), path);
    }

    [Fact]
    public async Task A_page_whose_figures_cannot_be_read_says_so_without_a_technical_word_and_tries_again()
    {
        await using var portal = OwnPortal.Start(chromium.Browser, isOpen: true);
        await portal.SendAsync("POST /summaries");
        await using var tab = await portal.OpenAsync();
        foreach (var (path, table) in new[] { ("/", "usage_rollup"), ("/spend", "usage_rollup"), ("/usage", "usage_rollup"), ("/unit-costs", "usage_rollup"), ("/reconciliation", "outside_scope_cost"), ("/prices", "inference_profile"), ("/traces", "trace"), ("/assessment", "assessment_draft"), ("/sources", "feed_run"), ("/access", "action_record") })
        {
            await using var broken = await portal.BreakAsync(table);
            await tab.GoAsync(path);
            var fault = tab.Page.Locator(".state.error[role=alert]");
            await Expect(fault).ToHaveCountAsync(1);
            await Looks.AssertAsync(tab);
            foreach (var text in new[] { await tab.Page.ContentAsync(), await tab.Page.Locator("body").InnerTextAsync() })
                foreach (var word in new[] { "Exception", "SQLite", "no such table", "   at ", table + "\"" })
                    Assert.DoesNotContain(word, text, StringComparison.OrdinalIgnoreCase);

            await broken.DisposeAsync();
            await fault.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
            await Expect(fault).ToHaveCountAsync(0);
            await Expect(tab.Page.Locator(".reading").First).ToBeVisibleAsync();
        }
        tab.AssertQuiet();
    }

    [Fact]
    public async Task The_sign_in_is_fine_in_both_themes_and_on_a_phone()
    {
        await using var portal = OwnPortal.Start(chromium.Browser, isOpen: false);
        foreach (var theme in Enum.GetValues<Theme>())
            foreach (var isPhone in new[] { false, true })
            {
                await using var tab = await portal.OpenAsync(isPhone, theme);
                await tab.Page.GotoAsync("/sign-in");
                await tab.AssertAccessibleAsync();
                await tab.AssertNoSidewaysScrollAsync();
                tab.AssertQuiet();
            }
    }
}
