using GenAiCostPortal.Ledger.Costs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace GenAiCostPortal.Browser;

/// <summary>An administrator gives an account its owner, sees the money move, and takes it back.</summary>
[Collection(OwnPortalStories.Name)]
public sealed class RulesStoryTests(ChromiumHost chromium)
{
    private const string Account = "518846220934";

    [Fact]
    public async Task A_rule_for_an_account_shows_what_it_moves_moves_it_and_is_undone()
    {
        await using var portal = OwnPortal.Start(chromium.Browser, isOpen: true);
        await BillAsync(portal);
        await using var tab = await portal.OpenAsync();
        await tab.GoAsync("/settings/rules");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Add a rule" }).ClickAsync();
        await tab.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Search account");
        await tab.Page.GetByLabel("Value of condition 1").FillAsync(Account);
        await tab.Page.GetByLabel("Feature", new() { Exact = true }).FillAsync("product-search");
        // By hand: three days of $10 usage less $1 credit.
        await Expect(tab.Page.Locator(".rule-effect .lead")).ToContainTextAsync("$27.00 would get another owner on 3 days");
        await Expect(tab.Page.Locator(".rule-effect .moves tbody tr").First).ToContainTextAsync("product-search");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Add the rule" }).ClickAsync();
        await Expect(tab.Page.Locator(".rules .use")).ToContainTextAsync("$27.00");

        var row = tab.Page.Locator(".spend-table tbody tr", new() { HasText = "product-search" });
        await tab.GoAsync("/spend?period=30d&groupBy=feature");
        await Expect(row).ToContainTextAsync("$27.00");

        await tab.GoAsync("/settings/history");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Undo the change of Search account" }).ClickAsync();
        await Expect(tab.Page.Locator(".rules.history > li")).ToHaveCountAsync(2);
        await tab.GoAsync("/spend?period=30d&groupBy=feature");
        await Expect(tab.Page.Locator(".spend-table")).ToBeVisibleAsync();
        await Expect(row).ToHaveCountAsync(0);
        tab.AssertQuiet();
    }

    private static async Task BillAsync(OwnPortal portal)
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var days = new[] { today.AddDays(-6), today.AddDays(-5), today.AddDays(-4) };
        var lines = days.SelectMany(day => new[]
        {
            new BilledLineRead(day, Account, "us-east-1", "Amazon Bedrock", "USE1-NovaLite-input-tokens", ChargeCategory.Usage, null, 10m, 100m, "1K tokens", false),
            new BilledLineRead(day, Account, "", "Amazon Bedrock", "", ChargeCategory.Credit, null, -1m, null, "", false),
            new BilledLineRead(day, "111122223333", "us-east-1", "Amazon Bedrock", "USE1-NovaLite-input-tokens", ChargeCategory.Usage, "contract-summary", 5m, 50m, "1K tokens", false),
        });
        await portal.Services.GetRequiredService<BillWriter>().ReplaceAsync(new BilledDaysRead(
            "CostExplorer", days[0], days[^1].AddDays(1), TimeProvider.System.GetUtcNow().UtcDateTime, [.. lines], [], new Dictionary<string, string>()));
        await portal.Services.GetRequiredService<LedgerBuild>().BuildDueAsync();
    }
}
