using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>Wrong prices that users of other tools reported in public, from the span as sent to the sum in the rollup. Amounts by hand.</summary>
public sealed class PublicPriceFailuresTests
{
    private static async Task<WriterStore> WithAsync(string model, long input, long output, params (string, object)[] more)
    {
        var store = await WriterStore.OpenAsync();
        await store.WriteAsync(MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 0, 100, input, output, model: model, more: more));
        return store;
    }

    private static long Cost(WriterStore store) => store.Number("SELECT SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span = 2");

    // BerriAI/litellm#36762. 9,634 tokens written for one hour at Opus 4.5's $10.00, 4 input at $5.00, 6 output at $25.00: $0.09651.
    // At the 5-minute price of $6.25 it would be $0.0603825, 37 % under the bill.
    [Fact]
    public async Task One_hour_cache_writes_at_the_five_minute_price_37_percent_under()
    {
        await using var store = await WithAsync("global.anthropic.claude-opus-4-5-20251101-v1:0", 4, 6,
            ("gen_ai.usage.cache_creation_input_tokens", 9_634L), ("gen_ai.usage.cache_creation.ephemeral_1h_input_tokens", 9_634L));
        Assert.Equal(["9634|0"], store.Read("SELECT CacheWrite1h, CacheWrite5m FROM cost_rollup WHERE Span = 2"));
        Assert.Equal(96_510_000, Cost(store));
    }

    // BerriAI/litellm#42679. Sonnet 4.5: $3.00 in and $15.00 out is the global price; in region and in a geography 10 % more.
    [Theory]
    [InlineData("global.anthropic.claude-sonnet-4-5-20250929-v1:0", 4_500_000)]
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1:0", 4_950_000)]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", 4_950_000)]
    public async Task In_region_calls_at_the_global_price_10_percent_under(string model, long nanoUsd)
    {
        await using var store = await WithAsync(model, 1_000, 100);
        Assert.Equal(nanoUsd, Cost(store));
    }

    // BerriAI/litellm#21171, #13810. A flex or batch call at half the price is not a standard one, nor the other way round.
    [Fact]
    public async Task A_service_tier_that_is_read_and_then_ignored()
    {
        await using var standard = await WithAsync("amazon.nova-pro-v1:0", 1_000, 100);
        await using var batch = await WithAsync("amazon.nova-pro-v1:0", 1_000, 100, ("aws.bedrock.service_tier", "batch"), ("gen_ai.openai.request.service_tier", "batch"));
        var tiers = batch.Read("SELECT Tier FROM cost_series");
        Assert.Equal([((int)ServiceTier.Batch).ToString(null as IFormatProvider)], tiers);
        Assert.Equal((1_120_000, 560_000), (Cost(standard), Cost(batch)));
    }

    // A tier without a price: unpriced, not standard, and not zero.
    [Fact]
    public async Task A_model_without_a_price_counts_as_unpriced_and_never_as_zero()
    {
        await using var store = await WithAsync("acme.unknown-model-v9", 1_000, 100);
        Assert.Equal(["0|1100|1"], store.Read("SELECT EstimatedCostNanoUsd, UnpricedTokens, CallsWithoutCost FROM cost_rollup WHERE Span = 2"));
        Assert.Equal([((int)CostState.Unpriced).ToString(null as IFormatProvider) + "|"], store.Read("SELECT CostState, EstimatedCostNanoUsd FROM call"));
        var listed = Assert.Single((await store.Get<PriceBookReport>().ReadAsync()).Unpriced);
        Assert.Equal((1, 1_100), (listed.Calls, listed.Tokens));
    }

    // The same million tokens as 1, 1,000 or 1,000,000 units; a wrong scale is wrong by a thousand.
    [Theory]
    [InlineData("1000000", "Units")]
    [InlineData("1000", "1K tokens")]
    [InlineData("1000", "Units")]
    [InlineData("1", "Units")]
    public async Task The_unit_of_a_bill_line_taken_for_tokens(string quantity, string unit)
    {
        await using var f = await TestBill.FixtureAsync();
        var day = new DateOnly(2026, 11, 10);
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(day, day.AddDays(1), UtcTime.Start(day.AddDays(5)), new BilledLineRead(
            day, TestBill.First, "us-east-1", TestBill.Bedrock, TestBill.NovaInput, ChargeCategory.Usage, null, 0.0594m, decimal.Parse(quantity, null), unit, false)));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal(59_400_000, await f.ScalarAsync("SELECT NanoUsd FROM learnt_rate"));
        Assert.Equal(1_000_000, await f.ScalarAsync("SELECT Tokens FROM learnt_rate"));
    }

    // langfuse/langfuse#12184, awsl-project/maxx#575, kenn-io/agentsview#1540: a new price must not move the past unasked, and asking must
    // not put today's price on it.
    [Fact]
    public async Task A_new_price_moves_no_past_cost_by_itself()
    {
        await using var store = await WithAsync("amazon.nova-pro-v1:0", 1_000, 100);
        await store.Get<OwnPrices>().AddAsync(new OwnPrice("amazon.nova-pro-v1:0", default, default, "", default, new DateOnly(2026, 11, 1), new Dictionary<TokenKind, decimal> { [TokenKind.Input] = 0.4m }, ""), "Ada");
        await store.WriteAsync(MadeTrace.Root(1, 9, "late", 300, 400) with { ParentSpanId = new(1) });
        Assert.Equal(1_120_000, Cost(store));
    }
}
