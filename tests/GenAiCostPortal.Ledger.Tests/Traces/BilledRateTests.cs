using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>A trace says what it cost at the time and, once its day is closed, at the billed rate.</summary>
public sealed class BilledRateTests
{
    private const string Account = "111111111111", Sonnet = "Claude Sonnet 4.6 (Amazon Bedrock Edition)";
    private static readonly TraceId Id = new(0x7f3e, 0x9b21);
    private static readonly DateOnly Day = DateOnly.FromDateTime(TraceStore.Start);

    private static async Task<TraceStore> StoreAsync()
    {
        var store = await TraceStore.OpenAsync();
        await store.Get<PriceFinder>().LoadAsync();
        var start = UtcTime.ToUnixMs(TraceStore.Start) * 1_000_000;
        await store.Get<TraceWriter>().WriteAsync([new Span
        {
            TraceId = Id, SpanId = new(2), Name = "chat", Kind = SpanKind.Client, StartUnixNs = start, EndUnixNs = start + 1_000_000_000, Scope = new("s", "1"),
            Resource = new(new([new("service.name", "contracts"), new("cloud.account.id", Account), new("cloud.region", "us-east-1")])),
            Attributes = new([new("gen_ai.operation.name", "chat"), new("gen_ai.provider.name", "aws.bedrock"), new("gen_ai.request.model", "global.anthropic.claude-sonnet-4-6"),
                new("gen_ai.usage.input_tokens", 1_000_000L), new("gen_ai.usage.output_tokens", 100_000L)]),
        }]);
        return store;
    }

    // $2.70 a million in, $15.00 out, in Units that are tokens.
    private static async Task BillAsync(TraceStore store, int hours, bool hasOutput = true)
    {
        BilledLineRead Line(string kind, decimal usd, decimal units) => new(
            Day, Account, "us-east-1", Sonnet, $"USE1-MP:USE1_{kind}TokenCount_Global-Units", ChargeCategory.Usage, null, usd, units, "Units", false);
        await store.Get<BillWriter>().ReplaceAsync(new BilledDaysRead("CostExplorer", Day, Day.AddDays(1), UtcTime.Start(Day.AddDays(4)).AddHours(hours),
            hasOutput ? [Line("Input", 5.4m, 2_000_000), Line("Output", 1.5m, 100_000)] : [Line("Input", 5.4m, 2_000_000)], [], new Dictionary<string, string>()));
        await store.Get<LedgerBuild>().BuildDueAsync();
    }

    private static async Task<TraceDetail> OpenAsync(TraceStore store) => (await store.Get<TraceSearch>().OpenAsync(Id))!;

    [Fact]
    public async Task The_billed_rate_stands_beside_the_estimate_once_the_day_is_closed()
    {
        await using var store = await StoreAsync();
        await BillAsync(store, 0);
        Assert.Equal((4.50m, null), ((await OpenAsync(store)).Spans[0].EstimatedCostUsd, (await OpenAsync(store)).BilledCostUsd));
        await BillAsync(store, 13);
        // 1 M × 2.70 + 0.1 M × 15.00 = $4.20; at the time it was 3.00 + 1.50.
        var trace = await OpenAsync(store);
        Assert.Equal((4.50m, 4.20m, 4.20m), (trace.Spans[0].EstimatedCostUsd!.Value, trace.Spans[0].BilledCostUsd!.Value, trace.BilledCostUsd!.Value));
        await using var db = store.Db();
        Assert.Equal(4_500_000_000, (await db.Calls.SingleAsync()).EstimatedCostNanoUsd);
    }

    [Fact]
    public async Task A_kind_that_the_bill_does_not_show_leaves_the_billed_cost_unknown()
    {
        await using var store = await StoreAsync();
        await BillAsync(store, 0, hasOutput: false);
        await BillAsync(store, 13, hasOutput: false);
        Assert.Null((await OpenAsync(store)).BilledCostUsd);
    }

    [Fact]
    public async Task A_re_priced_call_shows_what_its_usage_costs_now_beside_its_own_price()
    {
        await using var store = await StoreAsync();
        var right = await store.Get<OwnPrices>().AddAsync(new OwnPrice("global.anthropic.claude-sonnet-4-6", default, default, "", default, Day, new Dictionary<TokenKind, decimal> { [TokenKind.Input] = 2m }, ""), "Ada");
        Assert.Null((await OpenAsync(store)).Spans[0].RepricedCostUsd);
        await store.Get<Repricings>().AskAsync(new RepricingAsk(RepricingOperation.Correct, Day, Day.AddDays(1), right.Id), "Ada");
        await store.Get<RepricingRun>().RunDueAsync();
        // 1 M × 2.00 + 0.1 M × 15.00.
        Assert.Equal((4.50m, 3.50m), ((await OpenAsync(store)).Spans[0].EstimatedCostUsd!.Value, (await OpenAsync(store)).Spans[0].RepricedCostUsd!.Value));
    }
}
