using Xunit;
using AngleSharp.Dom;
using Bunit;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Pages.Spend;
using Microsoft.AspNetCore.Components;

namespace GenAiCostPortal.Pages;

public sealed class SpendPageTests
{
    private static string Figure(IRenderedComponent<SpendPage> page, string name) => page.Find($"[data-figure={name}]").TextContent;

    private static async Task<(PageStore Store, IRenderedComponent<SpendPage> Page)> OpenAsync(string address)
    {
        var store = await PageStore.CreateAsync();
        await store.BillAsync();
        store.Get<NavigationManager>().NavigateTo(address);
        var page = store.Pages.Render<SpendPage>();
        await page.WaitForStateAsync(() => page.FindAll(".equation, .state").Count > 0, TimeSpan.FromSeconds(30));
        return (store, page);
    }

    [Fact]
    public async Task Billed_and_not_yet_billed_make_the_total_and_equal_the_bill()
    {
        var (store, page) = await OpenAsync("/spend");
        await using var _ = store;
        // 18 usual days of 16 USD and one of 116: 404 USD (PageStore.BillAsync).
        Assert.Equal("$404.00", Figure(page, "billed"));
        Assert.Equal("$0.00", Figure(page, "estimated"));
        Assert.Equal("$404.00", Figure(page, "total"));
        Assert.Equal("$404.00", Figure(page, "table-total"));
        Assert.Contains("Equal to the AWS bill for 19 of 19 days", page.Find(".proof").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_row_and_the_ladder_below_add_up_to_what_the_report_says()
    {
        var (store, page) = await OpenAsync("/spend?groupBy=feature");
        await using var _ = store;
        var rows = page.FindAll(".spend-table tbody tr").ToDictionary(r => r.Children[0].TextContent.Trim().Split('\n')[0].Trim(), r => r.Children[1].TextContent.Trim());
        Assert.Equal("$290.00", rows["contract-summary"]);
        Assert.Equal("$95.00", rows["support-copilot"]);
        Assert.Equal("$404.00", rows["Billed = AWS bill"]);
        var unattributed = rows.Single(r => r.Key.StartsWith("Unattributed", StringComparison.Ordinal));
        Assert.Equal("$19.00", unattributed.Value);
        Assert.Contains(page.FindAll(".spend-table .note"), n => n.TextContent.Contains("$19.00", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Billed_is_compared_with_billed_over_the_same_days()
    {
        var (store, page) = await OpenAsync("/spend?groupBy=feature");
        await using var _ = store;
        Assert.Contains("on 1\u201319 Oct", page.Find(".spend-table thead").TextContent, StringComparison.Ordinal);
        // 404 in November against 304 in the same 19 days of October.
        Assert.Contains("+$100.00", page.Find("tr.sub").TextContent, StringComparison.Ordinal);
        Assert.Contains("+33\u00a0%", page.Find("tr.sub").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_is_the_state_and_a_name_drills_down()
    {
        var (store, page) = await OpenAsync("/spend?groupBy=feature");
        await using var _ = store;
        var href = page.FindAll(".spend-table a.key").Single(a => a.TextContent == "contract-summary").GetAttribute("href")!;
        Assert.Contains("feature=contract-summary", href, StringComparison.Ordinal);
        store.Get<NavigationManager>().NavigateTo(href);
        await page.WaitForStateAsync(() => page.FindAll("[data-figure=total]").Any(f => f.TextContent == "$290.00"), TimeSpan.FromSeconds(30));
        Assert.Equal("$290.00", Figure(page, "table-total"));
    }

    [Fact]
    public async Task A_range_chosen_on_the_chart_says_its_dollars_and_can_be_explained()
    {
        var (store, page) = await OpenAsync("/spend?groupBy=feature&feature=contract-summary&range=2026-11-16~2026-11-18");
        await using var _ = store;
        // 10 USD on the 16th and 110 on the 17th.
        Assert.Equal("16\u201317 Nov $120.00", page.Find(".chosen span").TextContent);
        var links = page.FindAll(".chosen a").ToDictionary(a => a.TextContent.Trim(), a => a.GetAttribute("href"));
        Assert.Equal("/explain?feature=contract-summary&from=2026-11-16&to=2026-11-18", links["Explain this range"]);
        Assert.Equal("/spend?groupBy=feature&feature=contract-summary&from=2026-11-16&to=2026-11-18", links["Show only these days"]);
        Assert.Equal("/spend?groupBy=feature&feature=contract-summary", links["Clear"]);
        Assert.Equal("/spend?groupBy=feature&feature=contract-summary&range=__FROM__~__TO__", page.Find("svg[data-brush]").GetAttribute("data-brush"));
        Assert.Equal("$290.00", Figure(page, "total"));
    }

    [Fact]
    public async Task The_links_of_the_pickers_follow_the_newest_address()
    {
        var (store, page) = await OpenAsync("/spend?groupBy=feature");
        await using var _ = store;
        string[] Links(string css) => [.. page.FindAll(css).Select(a => a.GetAttribute("href")!)];
        Assert.DoesNotContain(Links(".tools a"), h => h.Contains("support-copilot", StringComparison.Ordinal));
        store.Get<NavigationManager>().NavigateTo("/spend?groupBy=feature&feature=support-copilot&scale=full");
        await page.WaitForStateAsync(() => page.FindAll("[data-figure=total]").Any(f => f.TextContent == "$95.00"), TimeSpan.FromSeconds(30));
        // Whatever a picker changes, the filter of the newest address stays.
        var pickers = Links(".tools .menu a, .tools .segment a");
        Assert.NotEmpty(pickers);
        Assert.All(pickers, h => Assert.Contains("feature=support-copilot", h, StringComparison.Ordinal));
        Assert.Contains(pickers, h => h.Contains("scale=full", StringComparison.Ordinal) && h.Contains("granularity=week", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Money_flows_from_team_to_feature_to_model_and_its_table_adds_up()
    {
        var (store, page) = await OpenAsync("/spend?groupBy=model&flow=table");
        await using var _ = store;
        string[] Rows(int body) => [.. page.FindAll(".flow-table tbody")[body].QuerySelectorAll("tr:not(.group)").Select(r => string.Join(" | ", r.Children.Select(c => c.TextContent)))];
        // PageStore.BillAsync: 290 + 95 + 19; nobody names a team, the guardrail has no model.
        Assert.Equal(["Unattributed | contract-summary | $290.00 | 71.8\u00a0%", "Unattributed | support-copilot | $95.00 | 23.5\u00a0%", "Unattributed | Unattributed | $19.00 | 4.7\u00a0%", "Month to date |  | $404.00 | 100.0\u00a0%"], Rows(0));
        Assert.Equal("Month to date |  | $404.00 | 100.0\u00a0%", Rows(1)[^1]);
        Assert.Contains("Unattributed | No model: storage, guardrails | $19.00 | 4.7\u00a0%", Rows(1));
        store.Get<NavigationManager>().NavigateTo("/spend?groupBy=model");
        await page.WaitForElementAsync(".flows svg.wide", TimeSpan.FromSeconds(30));
        Assert.Contains("$404.00 from team to feature to model", page.Find(".flows svg.wide").GetAttribute("aria-label"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_areas_the_table_of_them_adds_up_and_the_shape_stays_on_the_way_down()
    {
        var (store, page) = await OpenAsync("/spend?groupBy=feature&chart=treemap");
        await using var _ = store;
        Assert.Equal(3, page.FindAll(".areas svg.wide [data-point]").Count);
        Assert.Contains("chart=treemap", page.Find(".areas svg.wide a").GetAttribute("href"), StringComparison.Ordinal);
        Assert.Equal("Treemap", page.Find(".segment[aria-label=Shape] [aria-current]").TextContent);
        store.Get<NavigationManager>().NavigateTo("/spend?groupBy=feature&chart=treemap&show=table");
        await page.WaitForElementAsync(".map-table", TimeSpan.FromSeconds(30));
        Assert.Equal(["contract-summary | $290.00 | 71.8\u00a0%", "support-copilot | $95.00 | 23.5\u00a0%", "Unattributed | $19.00 | 4.7\u00a0%", "Month to date | $404.00 | 100.0\u00a0%"],
            page.FindAll(".map-table tbody tr").Select(r => string.Join(" | ", r.Children.Select(c => c.TextContent))));
    }

    [Fact]
    public async Task As_a_pivot_every_cell_stands_where_its_two_names_meet()
    {
        var (store, page) = await OpenAsync("/spend?groupBy=feature,component&chart=pivot");
        await using var _ = store;
        Assert.Equal("$404.00", Figure(page, "pivot-total"));
        string Row(string name) => string.Join(" | ", page.FindAll(".pivot-table tbody tr").Single(r => r.Children[0].TextContent == name).Children.Skip(1).Select(c => c.TextContent));
        Assert.Equal("$290.00 |  |  | $290.00", Row("contract-summary"));
        Assert.Equal(" | $95.00 |  | $95.00", Row("support-copilot"));
        Assert.Equal("$290.00 | $95.00 | $19.00 | $404.00", Row("Month to date"));
        var csv = page.Find("a[download][href*='pivot.csv']").GetAttribute("href");
        Assert.Equal("/api/v1/export/pivot.csv?from=2026-11-01&to=2026-11-22&groupBy=feature,component", csv);
        Assert.Empty(page.FindAll("a[href*='show=table']"));
    }

    [Fact]
    public async Task By_model_what_has_no_owner_is_said_beside_the_bill()
    {
        var (store, page) = await OpenAsync("/spend?groupBy=component");
        await using var _ = store;
        Assert.Contains("of which $19.00 unattributed", page.Find("tr.sub").TextContent, StringComparison.Ordinal);
        Assert.Equal("$404.00", Figure(page, "table-total"));
    }

    [Fact]
    public async Task Days_without_any_bill_are_no_comparison()
    {
        var (store, page) = await OpenAsync("/spend?period=last-month&compare=previous");
        await using var _ = store;
        Assert.DoesNotContain("Change", page.Find(".spend-table thead").TextContent, StringComparison.Ordinal);
        Assert.Contains("Nothing was billed in the days to compare with", page.Find(".foot-note").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_view_holds_the_same_data_as_the_chart()
    {
        var (store, page) = await OpenAsync("/spend?groupBy=feature&show=table");
        await using var _ = store;
        Assert.Empty(page.FindAll("figure:not(.flows) svg.wide"));
        var day = page.FindAll("table.ladder tbody tr").Single(r => r.Children[0].TextContent.Trim() == "Tue 17 Nov");
        Assert.Contains("$116.00", day.TextContent, StringComparison.Ordinal);
        Assert.Contains("billed", day.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dear_day_is_cut_with_words_and_whole_on_full_scale()
    {
        var (store, page) = await OpenAsync("/spend?groupBy=feature");
        await using var _ = store;
        Assert.Contains("so that usual days can be read", page.Find("svg.wide").TextContent, StringComparison.Ordinal);
        store.Get<NavigationManager>().NavigateTo("/spend?groupBy=feature&scale=full");
        await page.WaitForStateAsync(() => !page.Find("svg.wide").TextContent.Contains("so that usual", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Contains("Tue 17 Nov: $116.00", page.Find("svg.wide").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_for_these_filters_says_so_and_offers_a_way_out()
    {
        var (store, page) = await OpenAsync("/spend?feature=no-such-feature");
        await using var _ = store;
        Assert.Contains("No spend for these filters", page.Find(".state").TextContent, StringComparison.Ordinal);
        Assert.Equal("/spend", page.Find(".state a.control").GetAttribute("href"));
    }

    [Fact]
    public async Task A_broken_store_shows_an_id_and_retry_but_never_the_fault()
    {
        await using var store = await PageStore.CreateAsync();
        await store.BillAsync();
        store.Stores.Fault = "disk I/O error at sector 7";
        store.Get<NavigationManager>().NavigateTo("/spend");
        var page = store.Pages.Render<SpendPage>();
        await page.WaitForElementAsync(".state.error", TimeSpan.FromSeconds(30));
        Assert.DoesNotContain("sector", page.Markup, StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{8}$", page.Find(".state.error code").TextContent);

        store.Stores.Fault = null;
        await page.Find(".state.error button").ClickAsync(new());
        await page.WaitForElementAsync(".equation", TimeSpan.FromSeconds(30));
        Assert.Empty(page.FindAll(".state.error"));
    }

    [Fact]
    public async Task A_fault_while_reading_again_keeps_the_last_figures_dimmed()
    {
        var (store, page) = await OpenAsync("/spend");
        await using var _ = store;
        store.Stores.Fault = "gone";
        store.Get<LedgerChanges>().Say(LedgerPart.Costs);
        await page.WaitForElementAsync(".state.error", TimeSpan.FromSeconds(30));
        Assert.Equal("$404.00", Figure(page, "total"));
        Assert.Contains("stale", page.Find(".reading").ClassName!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_store_shows_the_shape_of_what_comes()
    {
        await using var store = await PageStore.CreateAsync();
        await store.BillAsync();
        var gate = new TaskCompletionSource();
        store.Stores.Gate = gate.Task;
        store.Get<NavigationManager>().NavigateTo("/spend");
        var page = store.Pages.Render<SpendPage>();
        await page.WaitForElementAsync(".skeleton-bars", TimeSpan.FromSeconds(30));
        gate.SetResult();
        await page.WaitForElementAsync(".equation", TimeSpan.FromSeconds(30));
        Assert.Empty(page.FindAll(".skeleton-bars"));
    }

    [Fact]
    public async Task A_change_of_the_ledger_is_read_without_a_click()
    {
        var (store, page) = await OpenAsync("/spend");
        await using var _ = store;
        var day = new DateOnly(2026, 11, 19);
        var line = new BilledLineRead(day, "111122223333", "us-east-1", "Amazon Bedrock", "USE1-NovaPro-input-tokens", ChargeCategory.Usage, "contract-summary", 50m, 50_000m, "1K tokens", false);
        await store.Get<BillWriter>().ReplaceAsync(new BilledDaysRead("CostExplorer", day, day.AddDays(1), PageStore.Now, [line], [], new Dictionary<string, string>()));
        await store.Get<LedgerBuild>().BuildDueAsync();
        // 404 − 16 of that day + 50.
        await page.WaitForStateAsync(() => Figure(page, "total") == "$438.00", TimeSpan.FromSeconds(30));
        Assert.Equal("$438.00", Figure(page, "table-total"));
    }
}
