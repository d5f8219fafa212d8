using System.Globalization;
using System.Text.Json;
using GenAiCostPortal.Api;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Pages.Reconciliation;
using GenAiCostPortal.Pages.Spend;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Browser;

/// <summary>
/// Every way to the same money: the Spend page, the Reconciliation page, the API, the CSV and the FOCUS file, for random periods
/// and filters, against sums by plain SQL over the raw lines of the bill.
/// </summary>
[Collection(SamplePortal.Name)]
public sealed class AgreementTests(SamplePortal portal)
{
    // The sample's bill: closed and open days, taxes, credits, restated days, a marketplace, tagged services.
    private static readonly DateOnly First = new(2026, 8, 24), Last = new(2026, 11, 20);

    public static TheoryData<string, string, string, string> Cases()
    {
        var dice = new Random(4);
        var cases = new TheoryData<string, string, string, string>();
        (string, string)[] filters =
        [
            ("", ""), ("account", "442103556107"), ("team", "Billing"), ("feature", "contract-summary"), ("model", "anthropic.claude-sonnet-4-6"),
            ("", ""), ("component", "Output"), ("environment", "prod"), ("account", "518846220934"), ("region", "eu-west-1"),
        ];
        foreach (var (dimension, value) in filters)
        {
            var from = First.AddDays(dice.Next(Last.DayNumber - First.DayNumber));
            var to = from.AddDays(1 + dice.Next(Math.Min(40, Last.AddDays(1).DayNumber - from.DayNumber)));
            cases.Add(Text(from), Text(to), dimension, value);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Pages_the_api_and_the_exports_agree_with_the_lines_of_the_bill(string from, string to, string dimension, string value)
    {
        var (first, end) = (Day(from), Day(to));
        var filter = dimension.Length == 0 ? "" : $"&{dimension}={Uri.EscapeDataString(value)}";
        var period = $"from={from}&to={to}";
        // The whole bill of the period, by SQL on what AWS said.
        var bill = await NanoAsync($"SELECT SUM(\"AmountNanoUsd\") FROM billed_line WHERE \"Day\" >= {first.DayNumber} AND \"Day\" < {end.DayNumber}");
        // What of it the filter asks for: lines know their account; owners and models are known by the ledger alone, whose parts must make the bill.
        var expected = dimension switch
        {
            "" => bill,
            "account" => await NanoAsync($"SELECT SUM(l.\"AmountNanoUsd\") FROM billed_line l JOIN dimension d ON d.\"Id\" = l.\"AccountId\" WHERE d.\"Name\" = '{value}' AND l.\"Day\" >= {first.DayNumber} AND l.\"Day\" < {end.DayNumber}"),
            _ => (decimal?)null,
        };

        var spend = await portal.AskAsync($"/api/v1/spend?{period}&view=billed&granularity=day&groupBy=feature{filter}");
        var api = Usd(spend, "billedUsd");
        if (expected is { } known) Assert.Equal(known, api);
        else Assert.Equal(bill, (await portal.AskAsync($"/api/v1/spend?{period}&view=billed&groupBy={dimension}")).GetProperty("rows").EnumerateArray().Sum(r => Usd(r, "costUsd")));
        Assert.Equal(api, spend.GetProperty("rows").EnumerateArray().Sum(r => Usd(r, "costUsd")));

        var days = (await portal.AskAsync($"/api/v1/reconciliation?{period}")).EnumerateArray().ToList();
        Assert.Equal((bill, bill), (days.Sum(d => Usd(d, "billedUsd")), days.Sum(d => Usd(d, "ledgerUsd"))));
        Assert.Equal(bill, days.Sum(d => Usd(d, "measuredUsd") + Usd(d, "declaredUsd") + Usd(d, "unattributedUsd")));
        Assert.Equal(days.Sum(d => Usd(d, "unattributedUsd")), Usd(await portal.AskAsync($"/api/v1/reconciliation/unexplained?{period}"), "unattributedUsd"));

        var csv = CsvText.Records(await portal.Api.GetStringAsync($"/api/v1/export/spend.csv?{period}&groupBy=feature&granularity=day{filter}"));
        Assert.Equal(api, csv.Sum(r => Number(r["billedUsd"])));
        var focus = CsvText.Records(await portal.Api.GetStringAsync($"/api/v1/export/focus.csv?{period}{filter}"));
        Assert.Equal(api, focus.Sum(r => Number(r["BilledCost"])));
        var table = CsvText.Records(await portal.Api.GetStringAsync($"/api/v1/export/reconciliation.csv?{period}"));
        Assert.Equal(bill, table.Sum(r => Number(r["billedUsd"])));

        // The pages' own answers, as displayed.
        var url = PortalUrl.Read($"/spend?{period}{filter}");
        var page = await portal.Services.GetRequiredService<SpendFigures>().ReadAsync(url, SamplePortal.Today, CancellationToken.None);
        Assert.Equal(api, page.Series.BilledUsd);
        Assert.InRange(SpendTable.Of(page).BilledUsd, api - 0.01m, api + 0.01m);
        Assert.Equal(SpendTable.Of(page).BilledUsd, SpendTable.Of(page).Groups.Append(SpendTable.Of(page).Unattributed).OfType<SpendLine>().Sum(l => l.BilledUsd));
        var proof = await portal.Services.GetRequiredService<ReconciliationFigures>().ReadAsync(url.To("/reconciliation"), SamplePortal.Today, CancellationToken.None);
        Assert.Equal((bill, bill), (proof.BilledUsd, proof.LedgerUsd));
        Assert.Equal(dimension.Length == 0 ? null : api, proof.Matching?.BilledUsd);
    }

    [Fact]
    public async Task The_two_pages_show_the_same_cents_in_the_browser()
    {
        const string period = "from=2026-10-05&to=2026-11-12";
        var bill = await NanoAsync($"SELECT SUM(\"AmountNanoUsd\") FROM billed_line WHERE \"Day\" >= {Day("2026-10-05").DayNumber} AND \"Day\" < {Day("2026-11-12").DayNumber}");
        await using var tab = await portal.OpenAsync();
        var spend = new SpendScreen(tab);
        await spend.GoAsync($"?{period}");
        Assert.Equal(decimal.Round(bill, 2), await spend.BilledUsdAsync());
        await tab.GoAsync($"/reconciliation?{period}");
        Assert.Equal(decimal.Round(bill, 2), await tab.UsdAsync(".equation [data-figure=billed]"));
        Assert.Equal(decimal.Round(bill, 2), await tab.UsdAsync("[data-figure=table-total]"));
        Assert.Equal(decimal.Round(bill, 2), await tab.UsdAsync("[data-figure=measured]") + await tab.UsdAsync("[data-figure=declared]") + await tab.UsdAsync("[data-figure=unattributed]"));
        var unattributed = await tab.UsdAsync("[data-figure=unattributed]");
        await tab.GoAsync($"/?{period}");
        Assert.Equal(unattributed, await tab.UsdAsync(".figure [data-figure=unattributed]"));
        await tab.Page.Locator(".figure a", new() { HasTextString = "unattributed" }).ClickAsync();
        await tab.WaitForPageAsync("Reconciliation");

        // A day, one of its lines, the line's parts: down to the calls that took them.
        await tab.Page.Locator("tr[data-day='2026-11-10'] a.key").ClickAsync();
        await tab.WaitForPageAsync("Tuesday 10 November 2026");
        var day = await NanoAsync($"SELECT SUM(\"AmountNanoUsd\") FROM billed_line WHERE \"Day\" = {Day("2026-11-10").DayNumber}");
        Assert.Equal(decimal.Round(day, 2), await tab.UsdAsync("[data-figure=cells-total]"));
        await tab.Page.Locator("tr[data-cell] a.key").First.ClickAsync();
        await tab.Page.Locator(".cell-parts a", new() { HasTextString = "The calls" }).First.ClickAsync();
        await tab.WaitForPageAsync("Traces");
        await tab.WaitForAddressAsync("from=2026-11-10", "to=2026-11-11", "feature=", "model=");
        await tab.Page.Locator("table.trace-list tbody tr.trace-row").First.WaitForAsync();
        tab.AssertQuiet();
    }

    [Fact]
    public async Task The_question_behind_each_total_gets_that_total_from_Cost_Explorer()
    {
        foreach (var (from, to) in new[] { ("2026-11-01", "2026-11-19"), ("2026-09-01", "2026-10-01") })
        {
            var total = await portal.AskAsync($"/api/v1/reconciliation/cost-explorer?from={from}&to={to}");
            var sum = await RawSample.Of.SumOfAsync(total.GetProperty("costExplorer").GetProperty("json").GetString()!, _ => true);
            // AWS's answers have more digits than the store's nano-USD.
            Assert.InRange(Usd(total, "billedUsd"), sum - 0.00001m, sum + 0.00001m);
        }
        var day = await portal.AskAsync("/api/v1/reconciliation/2026-11-01");
        var cells = day.GetProperty("cells").EnumerateArray().ToList();
        Assert.Contains(cells, c => c.GetProperty("cell").GetProperty("category").GetString() == "Tax");
        Assert.Contains(cells, c => c.GetProperty("cell").GetProperty("service").GetString() == "Amazon OpenSearch Service");
        foreach (var cell in cells)
        {
            var (what, question) = (cell.GetProperty("cell"), cell.GetProperty("costExplorer"));
            var category = what.GetProperty("category").GetString()!;
            var sum = await RawSample.Of.SumOfAsync(question.GetProperty("json").GetString()!, keys => category == "Usage" || keys[0] == category);
            Assert.InRange(Usd(what, "billedUsd"), sum - 0.00001m, sum + 0.00001m);
            Assert.StartsWith("https://us-east-1.console.aws.amazon.com/costmanagement/home#/cost-explorer?", question.GetProperty("consoleUrl").GetString(), StringComparison.Ordinal);
        }
        Assert.Equal(Usd(day, "billedUsd"), cells.Sum(c => Usd(c.GetProperty("cell"), "billedUsd")));
    }

    [Fact]
    public async Task The_FOCUS_file_of_the_sample_has_no_mistake_and_is_the_bill()
    {
        var csv = await portal.Api.GetStringAsync("/api/v1/export/focus.csv?from=2026-10-01&to=2026-11-22");
        Assert.Empty(FocusChecker.Mistakes(csv));
        var rows = CsvText.Records(csv);
        var bill = await NanoAsync($"SELECT SUM(\"AmountNanoUsd\") FROM billed_line WHERE \"Day\" >= {Day("2026-10-01").DayNumber} AND \"Day\" < {Day("2026-11-22").DayNumber}");
        Assert.Equal(bill, rows.Sum(r => Number(r["BilledCost"])));
        // Quantities are those of the bill too, whatever was split.
        var lines = await NanoAsync($"SELECT SUM(\"Quantity\") FROM billed_line WHERE \"Category\" = 0 AND \"Day\" >= {Day("2026-10-01").DayNumber} AND \"Day\" < {Day("2026-11-22").DayNumber}", isMoney: false);
        Assert.InRange(rows.Where(r => r["ChargeCategory"] == "Usage").Sum(r => Number(r["PricingQuantity"])), lines - 0.001m, lines + 0.001m);
        // Only what was billed: no estimate, nothing off the bill.
        Assert.All(rows, r => Assert.True(r["x_Basis"] is "Billed" or "BilledPreliminary", r["x_Basis"]));
        foreach (var category in new[] { "Usage", "Tax", "Credit" }) Assert.Contains(rows, r => r["ChargeCategory"] == category);
        Assert.All(rows.Where(r => r["x_AllocationMethod"] == "Unattributed"), r => Assert.NotEqual("", r["x_UnattributedReason"]));
    }

    [Theory]
    [InlineData("from=2026-11-01T05:00:00Z&to=2026-11-03", "from")]
    [InlineData("from=2026-11-01&to=2026-11-03&workflow=POST%20/summaries", "workflow")]
    public async Task A_FOCUS_file_that_cannot_be_made_says_why(string query, string parameter)
    {
        using var answer = await portal.Api.GetAsync("/api/v1/export/focus.csv?" + query);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains($"\"{parameter}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_figure_says_how_it_was_made_by_keyboard_and_on_a_phone()
    {
        foreach (var isPhone in new[] { false, true })
        {
            await using var tab = await portal.OpenAsync(isPhone);
            await new SpendScreen(tab).GoAsync("?team=Billing");
            var mark = tab.Page.Locator("[data-how='spend.billed']").Locator("xpath=..").Locator("summary");
            await mark.FocusAsync();
            await tab.Page.Keyboard.PressAsync("Enter");
            var panel = tab.Page.Locator("[data-how='spend.billed']");
            await panel.GetByText("as of").WaitForAsync();
            // The panel's own number is the figure's.
            var billed = await panel.Locator("dl div", new() { HasTextString = "Billed" }).First.Locator("dd").InnerTextAsync();
            Assert.Equal(await new SpendScreen(tab).BilledUsdAsync(), PortalTab.Usd(billed));
            var box = (await panel.BoundingBoxAsync())!;
            Assert.True(box.X >= 0 && box.X + box.Width <= tab.Page.ViewportSize!.Width, $"the panel is at {box.X}, {box.Width} wide");
            await tab.AssertAccessibleAsync(within: tab.Page.Locator("details.how[open]"));
            var link = await panel.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "The rule in full" }).GetAttributeAsync("href");
            Assert.Contains("team=Billing", await panel.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Reconciliation of this period" }).GetAttributeAsync("href"), StringComparison.Ordinal);
            await tab.Page.Keyboard.PressAsync("Escape");
            await Microsoft.Playwright.Assertions.Expect(panel).ToBeHiddenAsync();
            await Microsoft.Playwright.Assertions.Expect(mark).ToBeFocusedAsync();
            await tab.GoAsync(link!);
            await tab.Page.Locator("section#ledger h2").WaitForAsync();
            tab.AssertQuiet();
        }
    }

    private async Task<decimal> NanoAsync(string sql, bool isMoney = true)
    {
        await using var db = await portal.Services.GetRequiredService<IDbContextFactory<LedgerDb>>().CreateDbContextAsync();
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        var number = Convert.ToDecimal(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
        return isMoney ? number / 1_000_000_000m : number;
    }

    private static decimal Usd(JsonElement of, string name) => of.GetProperty(name).GetDecimal();
    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
