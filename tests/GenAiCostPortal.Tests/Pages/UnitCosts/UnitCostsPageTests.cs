using Bunit;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace GenAiCostPortal.Pages.UnitCosts;

/// <summary>
/// Global Claude Sonnet 4.6 at 3 and 15 USD a million: a call of 100,000 in and 1,000 out is 0.315 USD. One request of
/// contract-summary with four of them (1.26 USD), one of questions with one.
/// </summary>
public sealed class UnitCostsPageTests
{
    private static async Task<PageStore> FilledAsync()
    {
        var store = await PageStore.CreateAsync();
        await store.Get<PriceFinder>().LoadAsync();
        var second = new TraceId(1, 2);
        await store.Get<TraceWriter>().WriteAsync([.. MadeSpans.Agent(new TraceId(1, 1), 4), MadeSpans.Root(second, "ask", 5_000, "questions"), MadeSpans.Call(second, 2, 1, 5_100, 100_000, 1_000)]);
        return store;
    }

    private static async Task<IRenderedComponent<UnitCostsPage>> OpenAsync(PageStore store, string address = "/unit-costs")
    {
        store.Get<NavigationManager>().NavigateTo(address);
        var page = store.Pages.Render<UnitCostsPage>();
        await page.WaitForStateAsync(() => page.FindAll(".figures, .state").Count > 0, TimeSpan.FromSeconds(30));
        return page;
    }

    private static string Tile(IRenderedComponent<UnitCostsPage> page, string name) => page.FindAll(".figure").Single(f => f.QuerySelector("dt")!.FirstChild!.TextContent == name).QuerySelector("dd.value")!.TextContent;

    [Fact]
    public async Task Tiles_and_rows_cost_what_was_computed_by_hand()
    {
        await using var store = await FilledAsync();
        var page = await OpenAsync(store);
        // 1.575 USD ÷ 2 × 1,000; ÷ 5 × 1,000; ÷ 505,000 × 1,000,000.
        Assert.Equal(("$787.50", "$315.00", "$3.12"), (Tile(page, "Cost per 1,000 requests"), Tile(page, "Cost per 1,000 calls"), Tile(page, "Cost per 1 M tokens")));
        Assert.Equal("$1.26", Tile(page, "A request, p95"));
        Assert.Equal("unknown", Tile(page, "Fixed overhead per call"));
        var row = page.FindAll("table.usage-table tbody tr").Single(r => r.QuerySelector("th")!.TextContent.Contains("questions", StringComparison.Ordinal));
        Assert.Equal("$0.32 1 $315.00 $0.3150", string.Join(' ', row.QuerySelectorAll("td").Take(4).Select(c => c.TextContent)));
        Assert.Contains("estimated from recorded calls", page.Find(".basis").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_of_sampled_traces_count_as_often_as_they_stand_for_and_the_page_says_so()
    {
        await using var store = await FilledAsync();
        var third = new TraceId(1, 3);
        await store.Get<TraceWriter>().WriteAsync([MadeSpans.Root(third, "ask", 9_000, "batch") with { TraceState = "ot=th:c" }, MadeSpans.Call(third, 2, 1, 9_100, 100_000, 1_000) with { TraceState = "ot=th:c" }]);
        var page = await OpenAsync(store);
        var row = page.FindAll("table.usage-table tbody tr").Single(r => r.QuerySelector("th")!.TextContent.Contains("batch", StringComparison.Ordinal));
        // One recorded call of 0.315 USD stands for four requests of that price.
        Assert.Equal("$0.32 4 $315.00", string.Join(' ', row.QuerySelectorAll("td").Take(3).Select(c => c.TextContent)));
        // 1.575 + 4 × 0.315 USD for 2 + 4 requests.
        Assert.Equal("$472.50", Tile(page, "Cost per 1,000 requests"));
        Assert.Contains("3 requests were recorded; those of sampled traces count 1 ÷ their sampling probability", page.Markup, StringComparison.Ordinal);
        Assert.Contains("senders that sample without saying so cannot be recognised", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Charts_lead_to_the_dearest_traces_and_stand_as_a_table_too()
    {
        await using var store = await FilledAsync();
        var page = await OpenAsync(store);
        Assert.Contains(page.FindAll("svg.wide[aria-label^='Cost of a request'] a"), a => a.GetAttribute("href") == "/traces?feature=questions&sort=-costUsd");
        Assert.Equal(2, page.FindAll("svg.wide circle.bubble").Count);
        page = await OpenAsync(store, "/unit-costs?show=table");
        Assert.Empty(page.FindAll("circle.bubble"));
        Assert.Contains(page.FindAll("table"), t => t.TextContent.Contains("Feature, model", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_costs_what_was_computed_by_hand_and_nobody_known_is_said()
    {
        await using var store = await FilledAsync();
        var page = await OpenAsync(store);
        Assert.Equal("no user known", Tile(page, "Cost per user"));
        Assert.Contains("no user on these requests", page.Find(".figures").TextContent, StringComparison.Ordinal);
        foreach (var (trace, user) in new[] { (5UL, "anna"), (6UL, "ben"), (7UL, "anna") })
            await store.Get<TraceWriter>().WriteAsync([MadeSpans.Root(new TraceId(1, trace), "ask", 5_000, "questions"), MadeSpans.Call(new TraceId(1, trace), 2, 1, 5_100, 100_000, 1_000, more: ("user.id", user))]);
        page = await OpenAsync(store, "/unit-costs?sort=user");
        // 3 × 0.315 ÷ 2 users.
        Assert.Equal("$0.4725", Tile(page, "Cost per user"));
        Assert.Contains("2 users, 3 of 5 requests", page.Find(".figures").TextContent, StringComparison.Ordinal);
        var rows = page.FindAll("table.usage-table tbody tr");
        Assert.Contains("questions", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Equal("$0.4725", rows[0].QuerySelector("td[title^='2 users, 3 of 4 requests']")!.TextContent);
        Assert.Contains("no user known", rows.Single(r => r.TextContent.Contains("contract-summary", StringComparison.Ordinal)).TextContent, StringComparison.Ordinal);
        page = await OpenAsync(store, "/unit-costs?region=us-east-1,Unattributed");
        Assert.True(page.FindAll(".figures").Count == 0 || Tile(page, "Cost per user") == "unknown");
    }

    [Fact]
    public async Task A_release_is_beside_the_one_before()
    {
        await using var store = await FilledAsync();
        var page = await OpenAsync(store);
        var rows = page.FindAll("section").Single(s => s.QuerySelector("h2")?.TextContent == "By release").QuerySelectorAll("tbody tr");
        Assert.Equal(2, rows.Length);
        Assert.Contains("2.4.1", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("$1,260.00", rows[0].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_has_the_cost_of_its_calls_and_no_cost_per_request()
    {
        await using var store = await FilledAsync();
        var page = await OpenAsync(store);
        var row = Assert.Single(page.FindAll("section").Single(s => s.QuerySelector("h2")?.TextContent == "By agent").QuerySelectorAll("tbody tr"));
        Assert.Equal("clause-check $1.26 80.0\u00a0% 4", string.Join(' ', row.Children.Take(4).Select(c => c.TextContent.Trim())));
    }

    [Fact]
    public async Task A_model_without_a_price_is_unknown_and_makes_the_total_a_lower_bound()
    {
        await using var store = await FilledAsync();
        await store.Get<TraceWriter>().WriteAsync([MadeSpans.Root(new TraceId(1, 3), "ask", 6_000, "classifier"), MadeSpans.Call(new TraceId(1, 3), 2, 1, 6_100, 500, 10, "acme.unknown-model-v9")]);
        var page = await OpenAsync(store);
        Assert.StartsWith("\u2265", Tile(page, "Cost per 1,000 requests"), StringComparison.Ordinal);
        var row = page.FindAll("table.usage-table tbody tr").Single(r => r.QuerySelector("th")!.TextContent.Contains("classifier", StringComparison.Ordinal));
        Assert.Contains("1 call without a known cost", row.TextContent, StringComparison.Ordinal);
        Assert.Equal("unknown", row.QuerySelector("td")!.TextContent);
        Assert.DoesNotContain("$0.00", row.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_recorded_says_so_and_a_broken_store_offers_retry()
    {
        await using var store = await FilledAsync();
        var page = await OpenAsync(store, "/unit-costs?feature=no-such-feature");
        Assert.Contains("No recorded call for these filters", page.Find(".state").TextContent, StringComparison.Ordinal);
        store.Stores.Fault = "disk I/O error at sector 7";
        page = await OpenAsync(store);
        await page.WaitForElementAsync(".state.error", TimeSpan.FromSeconds(30));
        Assert.DoesNotContain("sector", page.Markup, StringComparison.Ordinal);
        store.Stores.Fault = null;
        await page.Find(".state.error button").ClickAsync(new());
        await page.WaitForElementAsync(".figures", TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(null, "unknown")]
    [InlineData(0.0, "$0.00")]
    [InlineData(1234.5, "$1,234.50")]
    [InlineData(0.1377, "$0.1377")]
    [InlineData(0.00123456, "$0.0012")]
    [InlineData(0.0000523, "$0.000052")]
    [InlineData(0.000000001, "$0.000000001")]
    public void A_small_amount_is_never_shown_as_zero(double? usd, string text) => Assert.Equal(text, UnitText.Usd((decimal?)usd));

    [Fact]
    public void Several_unit_costs_together_keep_what_is_unknown()
    {
        var one = new UnitCost(1, 1, 4, 3, 2, 0, 0, new TokenCounts(10, 0, 0, 0, 0, 5));
        var sum = UnitCost.Sum([one, one]);
        Assert.Equal((2m, 6L, 4L, 30L), (sum.CostUsd, sum.BillableCalls, sum.Requests, sum.Tokens.Total));
        Assert.Null(UnitCost.Sum([one, one with { BillableCalls = null }]).BillableCalls);
    }
}
