using Bunit;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Traces;
using Xunit;

namespace GenAiCostPortal.Pages.Prices;

public sealed class PricesPageTests
{
    private static async Task<PageBench> BenchAsync(bool isAdministrator = true)
    {
        var bench = await PageBench.OpenAsync();
        if (isAdministrator) bench.SignIn.SetPolicies([.. Enum.GetNames<PortalRole>()]);
        await bench.WriteAsync([.. MadeSpans.Agent(new TraceId(1, 1), 2), MadeSpans.Root(new TraceId(1, 2), "sort", 0, "triage"), MadeSpans.Call(new TraceId(1, 2), 2, 1, 10, 700, 30, "acme.unknown-model-v9")]);
        return bench;
    }

    private static async Task<IRenderedComponent<PricesPage>> OpenAsync(PageBench bench, string address = "/prices")
    {
        var page = bench.Render<PricesPage>(address);
        await page.WaitForElementAsync(".reading, .state", TimeSpan.FromSeconds(30));
        return page;
    }

    [Fact]
    public async Task Models_in_use_come_first_with_source_and_date_and_all_others_are_a_click_away()
    {
        await using var bench = await BenchAsync();
        var page = await OpenAsync(bench);
        var rows = page.FindAll("table.price-table tbody tr");
        Assert.All(rows, r => Assert.Contains("Claude Sonnet 4.6", r.TextContent, StringComparison.Ordinal));
        Assert.Contains(rows, r => r.TextContent.Contains("$3.00", StringComparison.Ordinal) && r.TextContent.Contains("read ", StringComparison.Ordinal));
        page = await OpenAsync(bench, "/prices?show=all&text=nova-pro&tier=batch");
        Assert.All(page.FindAll("table.price-table tbody tr"), r => Assert.StartsWith("batch", r.QuerySelectorAll("td")[0].TextContent, StringComparison.Ordinal));
        Assert.Contains(page.FindAll("table.price-table tbody tr"), r => r.TextContent.Contains("$0.40", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_no_list_has_is_shown_with_its_calls_and_never_at_zero()
    {
        await using var bench = await BenchAsync();
        var page = await OpenAsync(bench);
        Assert.Contains("1 billable call has no price, by one model", page.Find(".lead").TextContent, StringComparison.Ordinal);
        var section = page.FindAll("section").Single(s => s.QuerySelector("h2")?.TextContent == "Never matched");
        Assert.Contains("no list has such a name", section.TextContent, StringComparison.Ordinal);
        Assert.Contains("730", section.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("$0.00", section.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_adds_a_price_and_sees_it_beside_the_list_price()
    {
        await using var bench = await BenchAsync();
        var page = await OpenAsync(bench, "/prices?add=global.anthropic.claude-sonnet-4-6");
        Assert.Equal("global.anthropic.claude-sonnet-4-6", page.Find(".own-price label input").GetAttribute("value"));
        await page.InvokeAsync(() => page.FindAll(".own-price input[type=number]")[0].ChangeAsync(new() { Value = "2.4" }));
        await page.InvokeAsync(() => page.Find(".own-price").SubmitAsync());
        await page.WaitForElementAsync(".price-table .chip.own", TimeSpan.FromSeconds(30));
        var row = page.FindAll("table.price-table tbody tr").Single(r => r.QuerySelector(".chip.own") is not null);
        Assert.Contains("$2.40", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("\u221220\u00a0% on $3.00", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("Entered by Ada", row.TextContent, StringComparison.Ordinal);
        Assert.Contains(await bench.Get<ActionLog>().RecentAsync(), a => a is { Who: "Ada", Action: "Add an own price", Outcome: "done" });
        Assert.Equal(2_400_000_000, Assert.Single(bench.Get<PriceFinder>().All, p => p.Source == PriceSource.Override).InputNanoUsd);
    }

    [Fact]
    public async Task A_price_without_any_amount_is_refused_with_the_reason()
    {
        await using var bench = await BenchAsync();
        var page = await OpenAsync(bench, "/prices?add=amazon.nova-pro-v1:0");
        await page.InvokeAsync(() => page.Find(".own-price").SubmitAsync());
        await page.WaitForStateAsync(() => page.Markup.Contains("at least one token kind", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(bench.Get<PriceFinder>().All, p => p.Source == PriceSource.Override);
    }

    [Fact]
    public async Task Who_is_no_administrator_reads_but_gets_no_form()
    {
        await using var bench = await BenchAsync(isAdministrator: false);
        var page = await OpenAsync(bench);
        Assert.NotEmpty(page.FindAll("table.price-table tbody tr"));
        Assert.Empty(page.FindAll(".own-price, a[href*='add=']"));
        Assert.Contains("entered by an administrator", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_match_says_so_and_a_broken_store_offers_retry()
    {
        await using var bench = await BenchAsync();
        var page = await OpenAsync(bench, "/prices?text=no-such-model");
        Assert.Contains("No price matches", page.Find(".state").TextContent, StringComparison.Ordinal);
        bench.Stores.IsBroken = true;
        page = await OpenAsync(bench);
        await page.WaitForElementAsync(".state.error", TimeSpan.FromSeconds(30));
        Assert.DoesNotContain("secret detail", page.Markup, StringComparison.Ordinal);
        bench.Stores.IsBroken = false;
        await page.InvokeAsync(() => page.Find(".state.error button").ClickAsync(new()));
        await page.WaitForElementAsync("table.price-table", TimeSpan.FromSeconds(30));
    }
}
