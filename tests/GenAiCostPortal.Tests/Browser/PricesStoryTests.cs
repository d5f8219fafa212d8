using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace GenAiCostPortal.Browser;

/// <summary>An administrator enters what was agreed, prices the past anew, and takes it back.</summary>
[Collection(OwnPortalStories.Name)]
public sealed class PricesStoryTests(ChromiumHost chromium)
{
    [Fact]
    public async Task An_agreed_price_is_previewed_for_the_past_moves_spend_and_can_be_undone()
    {
        await using var portal = OwnPortal.Start(chromium.Browser, isOpen: true);
        // A million input tokens at the list price of $3.00.
        Assert.Equal(HttpStatusCode.OK, await portal.SendAsync("summarise"));
        Assert.Equal(3m, await EstimatedAsync(portal));

        await using var tab = await portal.OpenAsync();
        await tab.GoAsync("/prices?add=global.anthropic.claude-sonnet-4-6");
        var form = tab.Page.Locator("form.own-price");
        await form.GetByLabel("Holds from (UTC)").FillAsync(TimeProvider.System.GetUtcNow().AddDays(-7).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await form.GetByLabel("Input, $ per 1 M").FillAsync("1.5");
        await form.GetByRole(AriaRole.Button, new() { Name = "Add the price" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Re-price the past?" }).ClickAsync();

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Expect(tab.Page.Locator(".reprice-preview")).ToContainTextAsync("$3.00 becomes $1.50");
        Assert.Equal(3m, await EstimatedAsync(portal));
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Re-price 1 call" }).ClickAsync();
        var row = tab.Page.Locator("table.repricings tbody tr");
        await Expect(row).ToContainTextAsync("done");
        Assert.Equal(1.5m, await EstimatedAsync(portal));
        await tab.GoAsync("/spend");
        await Expect(tab.Page.Locator("main")).ToContainTextAsync("$1.50");

        await tab.GoAsync("/prices?tab=repricing");
        await row.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(row).ToContainTextAsync("undone by");
        Assert.Equal(3m, await EstimatedAsync(portal));
        tab.AssertQuiet();
    }

    private static async Task<decimal> EstimatedAsync(OwnPortal portal)
    {
        using var client = new HttpClient { BaseAddress = new Uri(portal.Address) };
        var now = TimeProvider.System.GetUtcNow();
        return (await client.GetFromJsonAsync<JsonElement>(string.Create(CultureInfo.InvariantCulture, $"/api/v1/spend?from={now.AddDays(-3):yyyy-MM-dd}&to={now.AddDays(1):yyyy-MM-dd}&view=estimated"))).GetProperty("totalUsd").GetDecimal();
    }
}
