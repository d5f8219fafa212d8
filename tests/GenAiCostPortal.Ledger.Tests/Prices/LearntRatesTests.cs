using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>Rates from bills. Nova Lite lists at $0.06 in and $0.24 out per million; all amounts computed by hand.</summary>
public sealed class LearntRatesTests
{
    private const string Sonnet = "Claude Sonnet 4.6 (Amazon Bedrock Edition)", Haiku = "Claude Haiku 4.5 (Amazon Bedrock Edition)", Global = "USE1-MP:USE1_InputTokenCount_Global-Units";
    private static readonly DateOnly Day = new(2026, 11, 10);
    private static readonly DateTime FirstRead = new(2026, 11, 18, 6, 0, 0, DateTimeKind.Utc);

    private static BilledLineRead Line(DateOnly day, decimal usd, decimal? quantity, string usageType = TestBill.NovaInput, string unit = "1K tokens", string service = TestBill.Bedrock,
        ChargeCategory category = ChargeCategory.Usage, string? tag = null, string account = TestBill.First) =>
        new(day, account, "us-east-1", service, usageType, category, tag, usd, quantity, unit, false);

    /// <summary>Read twice 13 hours apart, so that old days close; then built.</summary>
    private static async Task BillAsync(LedgerFixture f, bool isClosed = true, params BilledLineRead[] lines)
    {
        foreach (var hours in isClosed ? (int[])[0, 13] : [0])
            await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(lines.Min(l => l.Day), lines.Max(l => l.Day).AddDays(1), FirstRead.AddHours(hours), lines));
        await f.Get<LedgerBuild>().BuildDueAsync();
    }

    private static async Task<List<LearntRate>> RatesAsync(LedgerFixture f)
    {
        await using var db = await f.OpenAsync();
        return await db.LearntRates.AsNoTracking().OrderBy(r => r.Day).ThenBy(r => r.AccountId).ThenBy(r => r.BilledServiceId).ThenBy(r => r.UsageTypeId).ToListAsync();
    }

    private static IEnumerable<Price> Learnt(LedgerFixture f) => f.Get<PriceFinder>().All.Where(p => p.Source == PriceSource.Learnt).OrderBy(p => p.Id);

    [Fact]
    public async Task A_rate_is_cost_over_quantity_of_the_usage_lines_of_an_account_service_usage_type_and_day()
    {
        await using var f = await TestBill.FixtureAsync();
        // Tagged and untagged parts of one usage type are one rate: (0.0324 + 0.0216) / 1 M tokens = $0.054 a million.
        await BillAsync(f, true, Line(Day, 0.0324m, 600, tag: "a"), Line(Day, 0.0216m, 400), Line(Day, 0.0022m, 10, TestBill.NovaOutput), Line(Day, 0.06m, 1000, account: TestBill.Second),
            // None of these is a rate: a credit, a free line, a refund written as usage, a line without quantity.
            Line(Day, -0.05m, 1000, category: ChargeCategory.Credit), Line(Day, 0, 500, "USE1-NovaPro-input-tokens"), Line(Day, -0.01m, -100, "USE1-NovaMicro-input-tokens"),
            Line(Day, 0.08m, null, "USE1-NovaPro-output-tokens"));
        var dimensions = f.Get<Dimensions>();
        Assert.Equal(
            [(TestBill.First, TokenKind.Input, 54_000_000L, 1_000_000L), (TestBill.First, TokenKind.Output, 220_000_000L, 10_000L), (TestBill.Second, TokenKind.Input, 60_000_000L, 1_000_000L)],
            (await RatesAsync(f)).Select(r => (dimensions.Name(r.AccountId), r.Kind, r.NanoUsd, r.Tokens)).Order());
    }

    [Fact]
    public async Task Marketplace_models_share_a_usage_type_and_are_told_apart_by_their_service()
    {
        await using var f = await TestBill.FixtureAsync();
        // 829.406 Units at $3.00 = 2,488.218: a unit is a million tokens. 4,770 Units at $1.00 a million = 0.00477: a unit is a token.
        await BillAsync(f, true, Line(Day, 2488.218m, 829.406m, Global, "Units", Sonnet), Line(Day, 0.00477m, 4770, Global, "Units", Haiku),
            // No scale makes $100 for 2 Units a plausible price: no rate rather than a wrong one.
            Line(Day, 100m, 2, "USE1-MP:USE1_OutputTokenCount_Global-Units", "Units", Sonnet));
        var dimensions = f.Get<Dimensions>();
        Assert.Equal([("anthropic.claude-haiku-4-5", 1_000_000_000L, 4_770L, RoutingScope.Global), ("anthropic.claude-sonnet-4-6", 3_000_000_000L, 829_406_000L, RoutingScope.Global)],
            (await RatesAsync(f)).Select(r => (dimensions.Name(r.ModelId), r.NanoUsd, r.Tokens, r.Scope)).Order());
    }

    [Fact]
    public async Task A_restated_day_replaces_its_rates_and_the_same_bill_changes_nothing()
    {
        await using var f = await TestBill.FixtureAsync();
        await BillAsync(f, true, Line(Day, 0.054m, 1000));
        await BillAsync(f, true, Line(Day, 0.054m, 1000));
        Assert.Equal(54_000_000, Assert.Single(await RatesAsync(f)).NanoUsd);
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), FirstRead.AddHours(30), Line(Day, 0.048m, 1000)));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal(48_000_000, Assert.Single(await RatesAsync(f)).NanoUsd);
        // The price of that day is the restated one; the row that was wrong stays in the history.
        Assert.Equal([54_000_000L, 48_000_000L], Learnt(f).Select(p => p.InputNanoUsd!.Value));
        Assert.Equal(48_000_000, Find(f, Day, TestBill.First)!.InputNanoUsd);
    }

    [Fact]
    public async Task An_account_billed_at_list_gets_no_price_of_its_own_and_one_with_a_discount_gets_one_for_all_its_days()
    {
        await using var f = await TestBill.FixtureAsync();
        var days = Enumerable.Range(0, 5).Select(Day.AddDays).Where(d => d != Day.AddDays(3)).ToArray();
        await BillAsync(f, true, [.. days.SelectMany(d => (BilledLineRead[])[Line(d, 0.054m, 1000), Line(d, 0.0601m, 1000, account: TestBill.Second)])]);
        var price = Assert.Single(Learnt(f));
        // From the first day seen to the last; output was not billed and stays what the list says.
        Assert.Equal((TestBill.First, Day, Day.AddDays(4), 54_000_000L, 240_000_000L), (price.Account, price.EffectiveFrom!.Value, price.ReadOn!.Value, price.InputNanoUsd!.Value, price.OutputNanoUsd!.Value));
        Assert.Equal(PriceSource.Learnt, Find(f, Day.AddDays(8), TestBill.First)!.Source);
        Assert.NotEqual(PriceSource.Learnt, Find(f, Day.AddDays(8), TestBill.Second)!.Source);
        Assert.NotEqual(PriceSource.Learnt, Find(f, Day.AddDays(-1), TestBill.First)!.Source);
    }

    [Fact]
    public async Task A_discount_that_ends_is_learnt_too()
    {
        await using var f = await TestBill.FixtureAsync();
        await BillAsync(f, true, Line(Day, 0.054m, 1000), Line(Day.AddDays(1), 0.06m, 1000));
        Assert.Equal([(Day, 54_000_000L), (Day.AddDays(1), 60_000_000L)], Learnt(f).Select(p => (p.EffectiveFrom!.Value, p.InputNanoUsd!.Value)));
        Assert.Equal(60_000_000, Find(f, Day.AddDays(2), TestBill.First)!.InputNanoUsd);
    }

    [Fact]
    public async Task A_wrong_own_price_is_told_once_not_every_day()
    {
        await using var f = await TestBill.FixtureAsync();
        await f.Get<OwnPrices>().AddAsync(new OwnPrice("amazon.nova-lite-v1:0", default, default, "", default, Day, new Dictionary<TokenKind, decimal> { [TokenKind.Input] = 0.03m }, ""), "Ada");
        await BillAsync(f, true, [.. Enumerable.Range(0, 4).Select(d => Line(Day.AddDays(d), 0.06m, 1000))]);
        Assert.Equal((Day, Day.AddDays(3)), (Assert.Single(Learnt(f)).EffectiveFrom!.Value, Learnt(f).Single().ReadOn!.Value));
        Assert.Equal([60_000_000L, 30_000_000L], [Find(f, Day.AddDays(3), TestBill.First)!.InputNanoUsd!.Value, Find(f, Day.AddDays(4), TestBill.First)!.InputNanoUsd!.Value]);
    }

    [Fact]
    public async Task An_open_day_shows_its_rate_but_makes_no_price()
    {
        await using var f = await TestBill.FixtureAsync();
        await BillAsync(f, false, Line(Day, 0.054m, 1000));
        Assert.Single(await RatesAsync(f));
        Assert.Empty(Learnt(f));
    }

    [Fact]
    public async Task Calls_of_the_account_that_come_later_are_estimated_at_its_rate()
    {
        await using var f = await TestBill.FixtureAsync();
        await BillAsync(f, true, Line(Day, 0.054m, 1000));
        var span = MadeTrace.Call(1, 2, 1, 0, 100, input: 100_000, output: null, model: "amazon.nova-lite-v1:0");
        await f.Get<TraceWriter>().WriteAsync([span with { Resource = new(MadeTrace.Attributes(("cloud.account.id", TestBill.First), ("cloud.region", "us-east-1"))) }]);
        await f.Get<TraceWriter>().WriteAsync([MadeTrace.Call(2, 2, 1, 0, 100, input: 100_000, output: null, model: "amazon.nova-lite-v1:0") with
        {
            Resource = new(MadeTrace.Attributes(("cloud.account.id", TestBill.Second), ("cloud.region", "us-east-1"))),
        }]);
        // 100,000 tokens at $0.054 and at $0.06 a million. 20 Nov is ten days after the rate was seen.
        Assert.Equal(5_400_000 + 6_000_000, await f.ScalarAsync("SELECT SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span = 2"));
        Assert.Equal(2, await f.ScalarAsync("SELECT COUNT(DISTINCT PriceId) FROM cost_series"));
    }

    private static Price? Find(LedgerFixture f, DateOnly day, string account) =>
        f.Get<PriceFinder>().Find(UsageTypeClassifier.Read(TestBill.Bedrock, TestBill.NovaInput).Model!, default, default, "us-east-1", UtcTime.Start(day), account);
}
