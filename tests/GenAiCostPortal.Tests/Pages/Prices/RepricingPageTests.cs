using Bunit;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Pages.Prices;

public sealed class RepricingPageTests
{
    private static readonly DateOnly Today = DateOnly.FromDateTime(PageBench.Now);

    private static async Task<(PageBench Bench, Price Own)> BenchAsync()
    {
        var bench = await PageBench.OpenAsync();
        bench.SignIn.SetPolicies([.. Enum.GetNames<PortalRole>()]);
        await bench.WriteAsync([.. MadeSpans.Agent(new TraceId(1, 1), 2)]);
        var own = await bench.Get<OwnPrices>().AddAsync(new OwnPrice(MadeSpans.Model, default, default, "", default, Today.AddDays(-60), new Dictionary<TokenKind, decimal> { [TokenKind.Input] = 1.5m }, ""), "Ada");
        return (bench, own);
    }

    private static async Task<IRenderedComponent<PricesPage>> OpenAsync(PageBench bench, string address)
    {
        var page = bench.Render<PricesPage>(address);
        await page.WaitForElementAsync(".reading, .state", TimeSpan.FromSeconds(30));
        return page;
    }

    [Fact]
    public async Task A_preview_shows_dollars_by_model_stores_nothing_and_is_ordered_by_a_second_click()
    {
        var (bench, own) = await BenchAsync();
        await using var _ = bench;
        var page = await OpenAsync(bench, $"/prices?tab=repricing&price={own.Id}");
        Assert.Contains("never been re-priced", page.Markup, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.Find("form.reprice").SubmitAsync());
        await page.WaitForElementAsync(".reprice-preview table", TimeSpan.FromSeconds(30));
        var expected = await bench.Get<Repricings>().PreviewAsync(new RepricingAsk(RepricingOperation.Correct, own.EffectiveFrom!.Value, Today.AddDays(1), own.Id));
        Assert.True(expected.Calls > 0 && expected.AfterUsd < expected.BeforeUsd);
        Assert.Contains(Figures.UsdText.Fine(expected.AfterUsd), page.Find(".reprice-preview").TextContent, StringComparison.Ordinal);
        Assert.Empty(await bench.Get<Repricings>().HistoryAsync());

        await page.InvokeAsync(() => page.Find(".reprice-preview button.primary").ClickAsync(new()));
        await page.WaitForElementAsync("table.repricings", TimeSpan.FromSeconds(30));
        Assert.Equal(["run Repricing for Ada"], bench.Schedule.Asked);
        Assert.Contains("waiting", page.Find("table.repricings").TextContent, StringComparison.Ordinal);
        Assert.Contains(await bench.Get<ActionLog>().RecentAsync(), a => a is { Who: "Ada", Action: "Re-price the past", Outcome: "done" });
        // A second one has to wait for the first.
        await page.InvokeAsync(() => page.Find("form.reprice").SubmitAsync());
        await page.WaitForElementAsync(".reprice-preview button.primary", TimeSpan.FromSeconds(30));
        await page.InvokeAsync(() => page.Find(".reprice-preview button.primary").ClickAsync(new()));
        Assert.Single(await bench.Get<Repricings>().HistoryAsync());
    }

    [Fact]
    public async Task What_was_done_is_listed_with_undo()
    {
        var (bench, own) = await BenchAsync();
        await using var _ = bench;
        await bench.Get<Repricings>().AskAsync(new RepricingAsk(RepricingOperation.Correct, Today.AddDays(-60), Today.AddDays(1), own.Id), "Bea");
        await bench.Get<RepricingRun>().RunDueAsync();
        var page = await OpenAsync(bench, "/prices?tab=repricing");
        var row = page.Find("table.repricings tbody tr");
        Assert.Contains("by Bea", row.TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.Find("table.repricings tbody tr button").ClickAsync(new()));
        Assert.Equal(RepricingState.Undoing, (await bench.Get<Repricings>().HistoryAsync()).Single().Repricing.State);
        bench.SignIn.SetPolicies(nameof(PortalRole.Viewer));
        page = await OpenAsync(bench, "/prices?tab=repricing");
        Assert.Empty(page.FindAll("form.reprice, table.repricings button"));
    }

    [Fact]
    public async Task The_bill_stands_below_the_price_with_its_difference_and_its_history_unfolds()
    {
        var (bench, own) = await BenchAsync();
        await using var _ = bench;
        var day = new DateOnly(2026, 11, 12);
        await bench.Get<BillWriter>().ReplaceAsync(new BilledDaysRead("CostExplorer", day, day.AddDays(1), PageBench.Now, [new BilledLineRead(
            day, "111111111111", "us-east-1", "Claude Sonnet 4.6 (Amazon Bedrock Edition)", "USE1-MP:USE1_InputTokenCount_Global-Units", ChargeCategory.Usage, null, 2.7m, 1_000_000, "Units", false)], [],
            new Dictionary<string, string> { ["111111111111"] = "prod" }));
        await bench.Get<LedgerBuild>().BuildDueAsync();
        var page = await OpenAsync(bench, "/prices?show=all&text=sonnet-4-6");
        var rows = page.FindAll("table.price-table tr.learnt");
        // $2.70 is 10 % below the list's $3.00 and 80 % above the own price of $1.50: both are marked.
        Assert.Contains(rows, r => r.TextContent.Contains("seen on 12 Nov in prod", StringComparison.Ordinal) && r.QuerySelector(".differs")?.TextContent.Contains("\u221210.0\u00a0%", StringComparison.Ordinal) == true);
        Assert.Contains(rows, r => r.QuerySelector(".differs")?.TextContent.Contains("+80.0\u00a0%", StringComparison.Ordinal) == true);
        page = await OpenAsync(bench, $"/prices?show=all&text=sonnet-4-6&rates={own.Id}");
        Assert.Contains("Seen on 12 Nov in account prod: ", page.Find("#rates").TextContent, StringComparison.Ordinal);
        Assert.Contains("1,000,000", page.Find("#rates table").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accuracy_has_a_chart_a_table_and_says_when_there_is_none_yet()
    {
        var (bench, _) = await BenchAsync();
        await using var __ = bench;
        var page = await OpenAsync(bench, "/prices?tab=accuracy");
        Assert.Contains("No closed day has an estimate yet", page.Find("#accuracy").TextContent, StringComparison.Ordinal);
        await using (var db = bench.Db())
        {
            var model = bench.Get<Dimensions>().Find(DimensionKind.Model, "anthropic.claude-sonnet-4-6");
            var day = new DateOnly(2026, 11, 17);
            for (var i = 0; i < 2; i++)
            {
                db.FrozenEstimates.Add(new FrozenEstimate { Day = day.AddDays(i), AccountId = 1, ModelId = model, EstimatedNanoUsd = 1_061_900_000_000 });
                db.BilledDays.Add(new BilledDay { Day = day.AddDays(i), AccountId = 1, ClosedAt = PageBench.Now, BuiltAt = PageBench.Now });
                db.LedgerEntries.Add(new LedgerEntry { Day = day.AddDays(i), AccountId = 1, ModelId = model, Kind = TokenKind.Input, AmountNanoUsd = 1_085_200_000_000 });
                db.BilledLines.Add(new BilledLine { Day = day.AddDays(i), AccountId = 1, AmountNanoUsd = 1_085_200_000_000 });
            }
            await db.SaveChangesAsync();
        }
        page = await OpenAsync(bench, "/prices?tab=accuracy");
        Assert.Contains("18 Nov closed: $1,085.20 billed, $1,061.90 estimated, \u22122.1 %.", page.Find("#accuracy .lead").TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll("#accuracy figure.chart svg"));
        page = await OpenAsync(bench, "/prices?tab=accuracy&accuracy=table");
        Assert.Equal(2, page.FindAll("#accuracy table:not(.accuracy-models) tbody tr").Count);
        Assert.Contains("Claude Sonnet 4.6", page.Find(".accuracy-models").TextContent, StringComparison.Ordinal);
    }
}
