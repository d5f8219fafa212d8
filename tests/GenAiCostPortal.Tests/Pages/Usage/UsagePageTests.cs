using Bunit;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace GenAiCostPortal.Pages.Usage;

/// <summary>
/// On 21 Nov at 12:20: one request of contract-summary with four calls of 100,000 tokens in and 1,000 out, 900 ms each, and one of
/// "ask" with one such call and one that was throttled.
/// </summary>
public sealed class UsagePageTests
{
    private static readonly TraceId First = new(1, 1), Second = new(1, 2);

    private static async Task<PageStore> FilledAsync()
    {
        var store = await PageStore.CreateAsync();
        await store.Get<TraceWriter>().WriteAsync([.. MadeSpans.Agent(First, 4), MadeSpans.Root(Second, "ask", 5_000, "questions"), MadeSpans.Call(Second, 2, 1, 5_100, 100_000, 1_000),
            MadeSpans.Call(Second, 3, 1, 9_000, 0, 0, error: "ThrottlingException")]);
        return store;
    }

    private static async Task<IRenderedComponent<UsagePage>> OpenAsync(PageStore store, string address)
    {
        store.Get<NavigationManager>().NavigateTo(address);
        var page = store.Pages.Render<UsagePage>();
        await page.WaitForStateAsync(() => page.FindAll(".figures, .state").Count > 0, TimeSpan.FromSeconds(30));
        return page;
    }

    private static string Tile(IRenderedComponent<UsagePage> page, string name) => page.FindAll(".figure").Single(f => f.QuerySelector("dt")!.FirstChild!.TextContent == name).TextContent;

    [Fact]
    public async Task Tiles_and_table_say_what_was_recorded()
    {
        await using var store = await FilledAsync();
        var page = await OpenAsync(store, "/usage");
        Assert.Contains("505 k", Tile(page, "Tokens").Replace('\u00a0', ' '), StringComparison.Ordinal);
        Assert.Contains("3.0 per request", Tile(page, "Calls"), StringComparison.Ordinal);
        Assert.Contains("1 without token counts", Tile(page, "Calls"), StringComparison.Ordinal);
        // One of six.
        Assert.Contains("16.7 %", Tile(page, "Failed calls").Replace('\u00a0', ' '), StringComparison.Ordinal);
        Assert.Contains("first token not measurable", Tile(page, "Call duration, p95"), StringComparison.Ordinal);
        var row = page.FindAll("table.usage-table tbody tr").Single(r => r.QuerySelector("th")!.TextContent.Contains("contract-summary", StringComparison.Ordinal));
        Assert.Equal("400,000 4,000 0.0\u00a0% 4 1 4.0", string.Join(' ', row.QuerySelectorAll("td").Take(6).Select(c => c.TextContent)));
        Assert.Equal("500,000", page.Find("table.usage-table tr.total td").TextContent);
    }

    [Fact]
    public async Task Utilisation_is_unknown_with_the_way_to_enter_a_capacity_and_then_known()
    {
        const string arn = "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abcdef123456";
        await using var store = await FilledAsync();
        Assert.Contains("none is listed", (await OpenAsync(store, "/usage")).Markup, StringComparison.Ordinal);
        await store.Get<InventoryWriter>().WriteAsync("111122223333", "us-east-1",
            [new ResourceRead(arn, ResourceKinds.ProvisionedThroughput, "nova-pt", "111122223333", "us-east-1", "InService", new Dictionary<string, string>()) { ModelUnits = 2 }], []);
        // 21 Nov, 12:00: 30,000 input tokens metered; at 14:20 the hours from 12 and 13 are over.
        await store.Get<MeterWriter>().WriteAsync([new MeteredRead(PageStore.Now.Date.AddHours(12), "111122223333", "us-east-1", arn, MeteredMetric.InputTokens, 30_000)]);
        var page = await OpenAsync(store, "/usage");
        var cell = page.Find("table.throughput tbody td");
        Assert.Equal(("unknown", "no capacity entered", "/settings/capacity"), (cell.FirstChild!.TextContent, cell.QuerySelector("a")!.TextContent, cell.QuerySelector("a")!.GetAttribute("href")));
        // 2 × 1,000 × 60 = 120,000 an hour: 25 % and 0 %.
        await store.Get<CapacityDesk>().SaveAsync(new ThroughputCapacity(arn, 1_000, null));
        page = await OpenAsync(store, "/usage");
        Assert.Equal(["12.5\u00a0%", "25.0\u00a0%21 Nov 12:00", "2", "30,000", "0", "2"], page.FindAll("table.throughput tbody td").Select(c => c.TextContent));
        Assert.Contains("belongs to no feature", (await OpenAsync(store, "/usage?feature=questions")).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zoom_in_the_address_is_shown_in_fine_steps_and_a_point_leads_to_its_traces()
    {
        await using var store = await FilledAsync();
        var page = await OpenAsync(store, "/usage?zoom=2026-11-21T12:00~2026-11-21T13:00&feature=contract-summary");
        Assert.Contains("21 Nov 12:00\u201313:00", page.Find(".filter-chip").TextContent, StringComparison.Ordinal);
        Assert.Equal(12, page.FindAll("svg.wide[aria-label^='Prompt'] [data-point]").Count);
        var point = page.Find("svg.wide[aria-label^='Prompt'] [data-from='2026-11-21T12:20'] a");
        Assert.Equal("/traces?feature=contract-summary&from=2026-11-21&to=2026-11-22&zoom=2026-11-21T12%3A20~2026-11-21T12%3A25", point.GetAttribute("href"));
    }

    [Fact]
    public async Task Stacked_by_feature_each_part_leads_to_the_traces_of_that_hour_and_feature()
    {
        await using var store = await FilledAsync();
        var page = await OpenAsync(store, "/usage?period=today&stack=feature");
        var part = page.FindAll("svg.wide[aria-label^='Prompt'] a[data-mark]").Single(a => a.TextContent.StartsWith("contract-summary: 400", StringComparison.Ordinal));
        Assert.Equal("/traces?feature=contract-summary&from=2026-11-21&to=2026-11-22&zoom=2026-11-21T12%3A00~2026-11-21T13%3A00", part.GetAttribute("href"));
    }

    [Fact]
    public async Task The_table_view_holds_the_same_and_says_where_nothing_was_recorded()
    {
        await using var store = await FilledAsync();
        var page = await OpenAsync(store, "/usage?period=7d&show=table");
        Assert.Empty(page.FindAll("svg.wide"));
        var rows = page.FindAll("table.chart-table tbody tr");
        Assert.Equal(7, rows.Count);
        Assert.Contains("nothing recorded", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("500,000", rows[^1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task By_model_requests_are_left_out_and_the_page_says_why()
    {
        await using var store = await FilledAsync();
        var page = await OpenAsync(store, "/usage?groupBy=model");
        Assert.DoesNotContain(page.FindAll("table.usage-table thead th"), h => h.TextContent.Contains("Requests", StringComparison.Ordinal));
        Assert.Contains("Requests are booked to the owners of their root", page.Markup, StringComparison.Ordinal);
        Assert.Equal(2, page.FindAll("table.usage-table tbody tr").Count);
    }

    [Fact]
    public async Task Nothing_recorded_says_so_and_offers_a_way_out()
    {
        await using var store = await FilledAsync();
        var page = await OpenAsync(store, "/usage?feature=no-such-feature");
        Assert.Contains("No usage for these filters", page.Find(".state").TextContent, StringComparison.Ordinal);
        Assert.Equal("/usage", page.Find(".state a.control").GetAttribute("href"));
    }

    [Fact]
    public async Task A_broken_store_shows_an_id_and_retry_and_a_slow_one_the_shape_of_what_comes()
    {
        await using var store = await FilledAsync();
        store.Stores.Fault = "disk I/O error at sector 7";
        var page = await OpenAsync(store, "/usage");
        await page.WaitForElementAsync(".state.error", TimeSpan.FromSeconds(30));
        Assert.DoesNotContain("sector", page.Markup, StringComparison.Ordinal);
        store.Stores.Fault = null;
        var gate = new TaskCompletionSource();
        store.Stores.Gate = gate.Task;
        var retry = page.Find(".state.error button").ClickAsync(new());
        await page.WaitForElementAsync(".skeleton-bars", TimeSpan.FromSeconds(30));
        gate.SetResult();
        await retry;
        await page.WaitForElementAsync(".figures", TimeSpan.FromSeconds(30));
        Assert.Empty(page.FindAll(".state.error"));
    }

    [Fact]
    public async Task A_new_call_is_seen_without_a_click()
    {
        await using var store = await FilledAsync();
        var page = await OpenAsync(store, "/usage");
        await store.Get<TraceWriter>().WriteAsync([MadeSpans.Root(new TraceId(1, 3), "ask", 8_000, "questions"), MadeSpans.Call(new TraceId(1, 3), 2, 1, 8_100, 250_000, 0)]);
        await page.WaitForStateAsync(() => page.Find("table.usage-table tr.total td").TextContent == "750,000", TimeSpan.FromSeconds(30));
    }
}
