using Bunit;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Pages.Reconciliation;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Pages;

public sealed class ReconciliationPageTests
{
    private static async Task<PageStore> StoreAsync(string address)
    {
        var store = await PageStore.CreateAsync();
        await store.BillAsync();
        store.Get<NavigationManager>().NavigateTo(address);
        return store;
    }

    private static string Figure<T>(IRenderedComponent<T> page, string name) where T : IComponent => page.Find($"[data-figure={name}]").TextContent;

    [Fact]
    public async Task The_bill_is_measured_declared_and_unattributed_and_the_rows_are_the_bill()
    {
        await using var store = await StoreAsync("/reconciliation");
        var page = store.Pages.Render<ReconciliationPage>();
        await page.WaitForStateAsync(() => page.FindAll(".equation").Count > 0, TimeSpan.FromSeconds(30));
        // PageStore.BillAsync: 404 USD, of which the untagged guardrail is 19.
        Assert.Equal(("$404.00", "$385.00", "$0.00", "$19.00"), (Figure(page, "billed"), Figure(page, "measured"), Figure(page, "declared"), Figure(page, "unattributed")));
        Assert.Equal(("$0.00", "$404.00", "$19.00"), (Figure(page, "difference"), Figure(page, "table-total"), Figure(page, "more-total")));
        Assert.Contains("equals the AWS bill on 19 of 19 days", page.Find(".proof").TextContent, StringComparison.Ordinal);
        var row = page.Find("tr[data-day='2026-11-17']");
        Assert.Contains("$116.00", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("split rule for guardrails", page.Find(".more-table").TextContent, StringComparison.Ordinal);
        Assert.Contains("\"Amazon Bedrock\"", page.Find(".question pre").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_accuracy_ends_with_the_sentence_of_the_newest_closed_day_and_the_head_names_the_metric()
    {
        await using var store = await StoreAsync("/reconciliation");
        // 12 USD were estimated before the bill of 18 Nov came; 15 of its 16 USD are tokens: (12 − 15) ÷ 15 = −20 %.
        await using (var db = await store.Get<IDbContextFactory<LedgerDb>>().CreateDbContextAsync())
        {
            var bill = await db.BillsOfFeeds.FirstAsync(b => b.Day == new DateOnly(2026, 11, 18) && b.IsBill);
            var model = store.Get<Dimensions>().All(DimensionKind.Model).Single(m => m.Name.Contains("nova-pro", StringComparison.Ordinal)).Id;
            db.FrozenEstimates.Add(new FrozenEstimate { Day = bill.Day, AccountId = bill.AccountId, ModelId = model, EstimatedNanoUsd = 12_000_000_000 });
            await db.SaveChangesAsync();
        }
        var page = store.Pages.Render<ReconciliationPage>();
        await page.WaitForStateAsync(() => page.FindAll("#accuracy .lead").Count > 0, TimeSpan.FromSeconds(30));
        Assert.EndsWith("18 Nov closed: $15.00 billed for tokens (the whole bill is $16.00), $12.00 estimated, \u221220.0 %.", page.Find("#accuracy .lead").TextContent, StringComparison.Ordinal);
        Assert.Contains("unblended cost in USD", page.Find(".head .sub").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, 404, "Every dollar in the ledger of this period has an owner.")]
    [InlineData(404, 0, "$404.00 waits for its ledger: the Ledger job gives it owners and reasons.")]
    [InlineData(0, 0, "Nothing has been billed in this period.")]
    public async Task Only_what_is_in_the_ledger_is_said_to_have_an_owner(int billedUsd, int ledgerUsd, string said)
    {
        await using var store = await PageStore.CreateAsync();
        var table = store.Pages.Render<MoreTable>(p => p.Add(t => t.More, new Unexplained(0, [], new FeatureTagState("GenAI:Workload", null, null))).Add(t => t.BilledUsd, billedUsd).Add(t => t.LedgerUsd, ledgerUsd));
        Assert.Equal(said, table.Find(".callout").TextContent);
    }

    [Theory]
    [InlineData(true, "tag run", "the other days wait for their ledger")]
    [InlineData(false, "tag bad", "the Ledger job says why on Sources")]
    public async Task A_ledger_that_is_not_built_yet_is_no_fault_and_one_that_differs_is(bool waits, string tag, string said)
    {
        await using var store = await StoreAsync("/reconciliation");
        await using (var db = await store.Get<IDbContextFactory<LedgerDb>>().CreateDbContextAsync())
        {
            var day = new DateOnly(2026, 11, 17);
            await db.LedgerEntries.Where(e => e.Day == day).ExecuteDeleteAsync();
            await db.BilledDays.Where(b => b.Day == day).ExecuteUpdateAsync(set => set.SetProperty(b => b.NeedsBuild, waits));
        }
        var page = store.Pages.Render<ReconciliationPage>();
        await page.WaitForStateAsync(() => page.FindAll(".equation").Count > 0, TimeSpan.FromSeconds(30));
        Assert.Equal((tag, "The ledger equals the AWS bill on 18 of 19 days"), (page.Find(".proof .tag").ClassName, page.Find(".proof .tag").TextContent));
        Assert.Contains(said, page.Find(".proof").TextContent, StringComparison.Ordinal);
        Assert.Equal(waits, page.Find("tr[data-day='2026-11-17']").TextContent.Contains("waits for its ledger", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_sampled_traces_would_explain_is_named_with_its_dollars_and_its_switch()
    {
        await using var store = await PageStore.CreateAsync();
        var day = new DateOnly(2026, 11, 10);
        // 1,000 million tokens of Nova Lite for 60 USD; 200 million of them recorded at p = 1/4 stand for 800 million: 12 USD have an owner, 48 would.
        var at = new DateTimeOffset(day.ToDateTime(new TimeOnly(3, 0)), TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000_000;
        await store.Get<Ledger.Store.TraceWriter>().WriteAsync([new Ledger.Traces.Span
        {
            TraceId = new(1, 1), SpanId = new(2), Name = "chat", Kind = Ledger.Traces.SpanKind.Client, StartUnixNs = at, EndUnixNs = at + 1_000_000, TraceState = "ot=th:c",
            Attributes = new([new("gen_ai.provider.name", "aws.bedrock"), new("gen_ai.request.model", "amazon.nova-lite-v1:0"), new("gen_ai.usage.input_tokens", 200_000_000L),
                new("cloud.account.id", "111122223333"), new("cloud.region", "us-east-1"), new("genai.feature", "search")]),
        }]);
        BilledLineRead[] lines = [new(day, "111122223333", "us-east-1", "Amazon Bedrock", "USE1-NovaLite-input-tokens", ChargeCategory.Usage, null, 60m, 1_000_000m, "1K tokens", false)];
        foreach (var hours in (int[])[14, 1])
            await store.Get<BillWriter>().ReplaceAsync(new BilledDaysRead("CostExplorer", day, day.AddDays(1), PageStore.Now.AddHours(-hours), lines, [], new Dictionary<string, string>()));
        await store.Get<LedgerBuild>().BuildDueAsync();
        store.Get<NavigationManager>().NavigateTo("/reconciliation");
        var page = store.Pages.Render<ReconciliationPage>();
        var said = await page.WaitForElementAsync("[data-figure=sampled-trial]", TimeSpan.FromSeconds(30));
        Assert.Contains("$36.00 of the $48.00 without an owner on 1 billed day with sampled traces would go to the features of these traces.", said.TextContent, StringComparison.Ordinal);
        Assert.Contains("Ledger:ExtrapolateSampledTraces", said.TextContent, StringComparison.Ordinal);
        var setting = store.Pages.Render<Settings.SampledSetting>();
        Assert.Contains("By a trial build: $36.00 of the $48.00", (await setting.WaitForElementAsync("[data-figure=sampled-trial]", TimeSpan.FromSeconds(30))).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_says_how_much_of_the_bill_is_its_own_and_leaves_the_bill_whole()
    {
        await using var store = await StoreAsync("/reconciliation?feature=support-copilot");
        var page = store.Pages.Render<ReconciliationPage>();
        await page.WaitForStateAsync(() => page.FindAll(".equation").Count > 0, TimeSpan.FromSeconds(30));
        Assert.Equal(("$404.00", "$95.00"), (Figure(page, "billed"), Figure(page, "matching")));
    }

    [Fact]
    public async Task A_day_shows_what_moved_in_it_and_what_another_feed_says()
    {
        await using var store = await StoreAsync("/reconciliation/day?date=2026-11-17");
        var day = new DateOnly(2026, 11, 17);
        decimal billed;
        await using (var db = await store.Get<IDbContextFactory<LedgerDb>>().CreateDbContextAsync())
        {
            var bill = await db.BillsOfFeeds.FirstAsync(b => b.Day == day && b.IsBill);
            billed = Money.ToUsd(bill.AmountNanoUsd);
            db.BillsOfFeeds.Add(new BillOfFeed { Day = day, AccountId = bill.AccountId, Feed = "DataExports", AmountNanoUsd = bill.AmountNanoUsd + 1_500_000_000, Lines = 7, ReadAt = bill.ReadAt });
            db.LedgerAdjustments.Add(new LedgerAdjustment { At = bill.ReadAt, Day = day, AccountId = bill.AccountId, Cause = AdjustmentCause.LateCalls, BeforeNanoUsd = 4_000_000_000, AfterNanoUsd = 2_750_000_000 });
            await db.SaveChangesAsync();
        }
        var page = store.Pages.Render<BillDayPage>();
        await page.WaitForStateAsync(() => page.FindAll(".cell-table").Count > 0, TimeSpan.FromSeconds(30));
        string[] Row(string words) => [.. page.FindAll("table.ladder tbody tr").Single(r => r.TextContent.Contains(words, StringComparison.Ordinal)).Children.Select(c => c.TextContent)];
        Assert.Equal(["calls arrived late", "$4.00", "$2.75", "\u2212$1.25"], Row("calls arrived late")[2..]);
        Assert.StartsWith("Unattributed", Row("calls arrived late")[1], StringComparison.Ordinal);
        Assert.Equal([UsdText.Exact(billed + 1.5m), "$1.50", "7"], Row("Data Exports")[2..5]);
    }

    [Fact]
    public async Task A_day_opens_its_lines_and_a_line_its_parts_and_its_origin()
    {
        await using var store = await StoreAsync("/reconciliation/day?date=2026-11-17");
        var page = store.Pages.Render<BillDayPage>();
        await page.WaitForStateAsync(() => page.FindAll(".cell-table").Count > 0, TimeSpan.FromSeconds(30));
        Assert.Equal("$116.00", Figure(page, "cells-total"));
        var href = page.Find("tr[data-cell] a.key").GetAttribute("href")!;
        store.Get<NavigationManager>().NavigateTo(href);
        await page.WaitForStateAsync(() => page.FindAll(".cell-parts").Count > 0, TimeSpan.FromSeconds(30));
        var parts = page.Find(".cell-parts").TextContent;
        foreach (var words in new[] { "contract-summary", "tag on the billed line", "CostExplorer", "110,000 1K tokens", "feature tag contract-summary", "USAGE_TYPE" })
            Assert.Contains(words, parts, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_figure_of_the_book_has_its_section_in_the_docs()
    {
        using var context = new BunitContext();
        var docs = context.Render<Docs.DocsMoney>().Markup + context.Render<Docs.DocsLedger>().Markup + context.Render<Docs.DocsMethods>().Markup + context.Render<Docs.DocsDays>().Markup + context.Render<Docs.DocsTokens>().Markup
            + context.Render<Docs.DocsPrices>().Markup + context.Render<Docs.DocsUsage>().Markup + context.Render<Docs.DocsTraces>().Markup + context.Render<Docs.DocsExports>().Markup;
        Assert.True(FigureBook.All.Count > 25);
        Assert.All(FigureBook.All, f => Assert.Contains($"id=\"{f.Section}\"", docs, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_figure_tells_the_numbers_behind_it()
    {
        await using var store = await StoreAsync("/spend?feature=contract-summary");
        var story = await store.Get<FigureStories>().ReadAsync(FigureBook.Of("spend.billed"), Filters.PortalUrl.Read("/spend?feature=contract-summary"));
        Assert.Contains(("Billed", "$290.00"), story.Inputs);
        Assert.Contains(("by tag", "$290.00"), story.Inputs);
        Assert.Equal("UnblendedCost", story.Metric);
    }
}
