using GenAiCostPortal.App;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Prices;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Api;

/// <summary>The FOCUS file over bills with everything that is awkward, read by a checker that shares nothing with the writer.</summary>
public sealed class FocusApiTests
{
    private static readonly DateOnly Day = new(2026, 11, 10);
    private static readonly DateTime Read = new(2026, 11, 15, 6, 0, 0, DateTimeKind.Utc);

    private static BilledLineRead Line(decimal usd, string? tag = null, ChargeCategory category = ChargeCategory.Usage, string usageType = "USE1-NovaLite-input-tokens", string service = "Amazon Bedrock", decimal? quantity = 1000, string unit = "1K tokens") =>
        new(Day, "111122223333", "us-east-1", service, category == ChargeCategory.Usage ? usageType : "", category, tag, usd, category == ChargeCategory.Usage ? quantity : null, unit, false);

    private static async Task<PortalApp> AppAsync(bool builds, params BilledLineRead[] lines)
    {
        var app = new PortalApp(new() { ["Schedule:Ledger"] = "Off" });
        _ = app.Services;
        await app.Services.GetRequiredService<PriceFinder>().LoadAsync();
        await app.Services.GetRequiredService<BillWriter>().ReplaceAsync(new BilledDaysRead("CostExplorer", Day, Day.AddDays(1), Read, lines, [], new Dictionary<string, string>()));
        if (builds) await app.Services.GetRequiredService<LedgerBuild>().BuildDueAsync();
        return app;
    }

    private static async Task<string> CsvAsync(PortalApp app)
    {
        using var client = app.Admin();
        return await client.GetStringAsync("/api/v1/export/focus.csv?from=2026-11-10&to=2026-11-11");
    }

    [Fact]
    public async Task Every_kind_of_charge_has_its_words_and_the_sum_is_the_bill()
    {
        using var app = await AppAsync(true,
            Line(3.000000001m, "=HYPERLINK(\"http://elsewhere.example\")"), Line(1.5m), Line(0, usageType: "USE1-NovaLite-output-tokens"), Line(2m, service: "Claude Sonnet 4.6 (Amazon Bedrock Edition)", usageType: "USE1-MP:USE1_InputTokenCount-Units", unit: "Units"),
            Line(-0.75m, category: ChargeCategory.Credit), Line(0.42m, category: ChargeCategory.Tax), Line(-0.1m, category: ChargeCategory.Refund), Line(-0.2m, category: ChargeCategory.Discount),
            Line(9m, category: ChargeCategory.Support), Line(1m, category: ChargeCategory.Fee));
        var csv = await CsvAsync(app);
        Assert.Empty(FocusChecker.Mistakes(csv));
        var rows = CsvText.Records(csv);
        // 3.000000001 + 1.5 + 0 + 2 − 0.75 + 0.42 − 0.1 − 0.2 + 9 + 1.
        Assert.Equal(15.870000001m, rows.Sum(r => decimal.Parse(r["BilledCost"], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(["Adjustment", "Credit", "Purchase", "Tax", "Usage"], rows.Select(r => r["ChargeCategory"]).Distinct().Order());
        Assert.Equal("Anthropic", rows.First(r => r["ServiceName"].StartsWith("Claude", StringComparison.Ordinal) && r["ChargeCategory"] == "Usage")["PublisherName"]);
        Assert.Equal("1000 Tokens", rows.First(r => r["SkuMeter"] == "USE1-NovaLite-input-tokens")["PricingUnit"]);
        // A spreadsheet must not run a tag; the amounts that are negative stay numbers.
        Assert.Contains(rows, r => r["x_Feature"].StartsWith("'=HYPERLINK", StringComparison.Ordinal));
        Assert.DoesNotContain(rows.SelectMany(r => r.Values), v => v.StartsWith('=') || v.StartsWith('@'));
        Assert.Contains(rows, r => r["BilledCost"].StartsWith('-'));
    }

    [Fact]
    public async Task A_day_that_waits_for_its_ledger_is_in_the_file_without_owners()
    {
        using var app = await AppAsync(false, Line(3m, "search"), Line(1m));
        var csv = await CsvAsync(app);
        Assert.Empty(FocusChecker.Mistakes(csv));
        var rows = CsvText.Records(csv);
        Assert.Equal(["NotBuiltYet", "NotBuiltYet"], rows.Select(r => r["x_UnattributedReason"]));
        Assert.Equal(4m, rows.Sum(r => decimal.Parse(r["BilledCost"], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task An_amortised_bill_is_not_passed_off_as_billed_cost()
    {
        using var app = new PortalApp(new()
        {
            ["Aws:Connections:0:Name"] = "Payer", ["Aws:Connections:0:AccountId"] = "111122223333", ["Aws:Connections:0:CostExplorer:Enabled"] = "true", ["Aws:Connections:0:CostExplorer:Metric"] = "AmortizedCost",
        });
        using var client = app.Admin();
        using var answer = await client.GetAsync("/api/v1/export/focus.csv?from=2026-11-10&to=2026-11-11");
        Assert.Equal(System.Net.HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("UnblendedCost", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_checker_sees_what_is_wrong()
    {
        using var app = await AppAsync(true, Line(3m, "search"));
        var csv = await CsvAsync(app);
        foreach (var (good, bad, says) in new[]
        {
            ("Usage-Based", "Weekly", "ChargeFrequency is Weekly"), ("Generative AI", "Quantum AI", "is no part of"), ("2026-11-10T00:00:00Z", "2026-11-10", "ChargePeriodStart is no time"),
            ("\"{\"\"GenAI:Workload\"\":\"\"search\"\"}\"", "search", "Tags is no object"), (",USD,", ",,", "BillingCurrency is null"), ("x_Feature", "Feature", "has no x_"),
        })
        {
            Assert.Contains(good, csv, StringComparison.Ordinal);
            Assert.Contains(FocusChecker.Mistakes(csv.Replace(good, bad, StringComparison.Ordinal)), m => m.Contains(says, StringComparison.Ordinal));
        }
    }
}
