using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using Xunit;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// Golden numbers by hand at Nova Pro's list price in us-east-1, 0.80 USD a million in and 3.20 out: a call of 1,000 in and 100 out
/// costs 0.0008 + 0.00032 = 0.00112 USD, one of 10,000 and 1,000 ten times that.
/// </summary>
public sealed class UnitCostReportTests : IAsyncLifetime
{
    private const string Nova = "amazon.nova-pro-v1:0";
    private static readonly DateTime From = new(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc);
    private WriterStore _store = null!;

    public async Task InitializeAsync()
    {
        _store = await WriterStore.OpenAsync();
        await _store.Get<PriceFinder>().LoadAsync();
        // Four requests of 0.00112, 0.00224, 0.0336 and (with a throttled attempt that costs nothing) 0.00112.
        await _store.WriteAsync(MadeTrace.Root(1), Call(1, 2), MadeTrace.Root(2), Call(2, 2), Call(2, 3, at: 500),
            MadeTrace.Root(3, feature: "chat"), Call(3, 2, 10_000, 1_000), Call(3, 3, 10_000, 1_000, 500), Call(3, 4, 10_000, 1_000, 900),
            MadeTrace.Root(4), Throttled(4, 2), Call(4, 3, at: 700));
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private static Span Call(ulong trace, ulong id, long input = 1_000, long output = 100, long at = 100, string model = Nova) => MadeTrace.Call(trace, id, 1, at, at + 50, input, output, model: model);

    private static Span Throttled(ulong trace, ulong id)
    {
        var span = MadeTrace.Call(trace, id, 1, 100, 150, null, null, model: Nova);
        return span with { Status = SpanStatus.Error, Attributes = SpanMerge.Union(span.Attributes, MadeTrace.Attributes(("error.type", "ThrottlingException"))) };
    }

    private Task<UnitCostAnswer> AskAsync(Granularity granularity = Granularity.None, SpendFilter? filter = null, params SpendDimension[] groupBy) =>
        _store.Get<UnitCostReport>().ReadAsync(new UsageQuery(From, From.AddDays(1), groupBy, granularity, filter ?? SpendFilter.None));

    [Fact]
    public async Task A_request_a_call_and_a_thousand_tokens_cost_what_was_computed_by_hand()
    {
        var answer = await AskAsync();
        // Sum 0.00112 + 0.00224 + 0.0336 + 0.00112 = 0.03808; ÷ 4 requests; ÷ 7 billable calls of 8; ÷ 37,400 tokens.
        Assert.Equal(0.03808m, answer.Total.CostUsd);
        Assert.Equal((4L, 8L, 7L), (answer.Total.Requests, answer.Total.Calls, answer.Total.BillableCalls));
        Assert.Equal(0.00952m, answer.Total.PerRequestUsd);
        Assert.Equal(0.00544m, answer.Total.PerCallUsd);
        Assert.Equal(38.08m / 37_400, answer.Total.Per1kTokensUsd);
        Assert.Equal(3_400 / 0.03808m, answer.Total.OutputTokensPerUsd);
        Assert.False(answer.Total.IsLowerBound);
    }

    [Fact]
    public async Task The_distribution_is_over_requests_and_says_what_it_covers()
    {
        var answer = await AskAsync(groupBy: SpendDimension.Feature);
        Assert.Equal(new RequestCosts(0.00112m, 0.0336m, 0.0336m, 4, 0, 0), answer.RequestCosts);
        Assert.Equal((4L, true), (answer.RequestCoverage.Read, answer.RequestCoverage.IsWhole));
        Assert.Equal(0.0336m, answer.Rows.Single(r => r.Keys[0] == "chat").RequestCosts!.P50Usd);
        var search = answer.Rows.Single(r => r.Keys[0] == "search");
        Assert.Equal((0.00112m, 0.00224m, 3L), (search.RequestCosts!.P50Usd, search.RequestCosts.MaxUsd, search.Cost.Requests));
        Assert.Equal(0.00448m / 3, search.Cost.PerRequestUsd);
        // A request has several models, so a model has no distribution of requests; its calls have a price all the same.
        var model = (await AskAsync(groupBy: SpendDimension.Model)).Rows.Single(r => r.Cost.Calls > 0);
        Assert.Null(model.RequestCosts);
        Assert.Null(model.Cost.PerRequestUsd);
        Assert.Equal(0.00544m, model.Cost.PerCallUsd);
    }

    [Fact]
    public async Task Groups_and_steps_add_up_to_the_whole_and_to_the_spend_report()
    {
        foreach (var dimension in (SpendDimension[])[SpendDimension.Feature, SpendDimension.Model, SpendDimension.Release, SpendDimension.Workflow, SpendDimension.Agent, SpendDimension.TokenKind])
            foreach (var granularity in (Granularity[])[Granularity.None, Granularity.Hour, Granularity.Day])
            {
                var answer = await AskAsync(granularity, null, dimension);
                Assert.Equal(0.03808m, answer.Rows.Sum(r => r.Cost.CostUsd));
                Assert.Equal(answer.Total.CostUsd, (await _store.Get<SpendReport>().ReadAsync(answer.Query.ToSpend())).TotalUsd);
                if (dimension is SpendDimension.Workflow or SpendDimension.Agent or SpendDimension.TokenKind) Assert.All(answer.Rows, r => Assert.Null(r.Cost.BillableCalls));
                else Assert.Equal(7, answer.Rows.Sum(r => r.Cost.BillableCalls));
            }
        // Per workflow: all four requests are of "answer".
        var workflow = Assert.Single((await AskAsync(groupBy: SpendDimension.Workflow)).Rows);
        Assert.Equal(("answer", 0.00952m), (workflow.Keys[0], workflow.Cost.PerRequestUsd));
    }

    [Fact]
    public async Task A_call_that_only_the_invocation_log_tells_of_is_in_the_cost_but_in_no_request()
    {
        // 5,000 input tokens: 0.004 USD outside any trace.
        await _store.WriteAsync(Call(9, 1, 5_000, 0) with { ParentSpanId = default, Doors = Doors.InvocationLog });
        var answer = await AskAsync();
        Assert.Equal((0.04208m, 0.03808m), (answer.Total.CostUsd, answer.Total.CostInsideTracesUsd));
        Assert.Equal(0.04208m / 8, answer.Total.PerCallUsd);
        Assert.Equal(4, answer.RequestCosts!.Requests);
    }

    [Fact]
    public async Task A_cost_that_is_not_known_is_null_or_a_lower_bound_never_zero()
    {
        await _store.WriteAsync(MadeTrace.Root(5, feature: "new"), Call(5, 2, model: "acme.unknown-model-v9"));
        var answer = await AskAsync(groupBy: SpendDimension.Feature);
        var row = answer.Rows.Single(r => r.Keys[0] == "new").Cost;
        Assert.Equal((null, null, null, null), (row.PerRequestUsd, row.PerCallUsd, row.Per1kTokensUsd, row.OutputTokensPerUsd));
        Assert.Equal((1L, true), (row.CallsWithoutCost, row.IsLowerBound));
        Assert.True(answer.Total.IsLowerBound);
        Assert.Equal((4L, 1L), (answer.RequestCosts!.Requests, answer.RequestCosts.WithoutCost));
    }

    [Fact]
    public async Task A_request_of_a_sampled_trace_counts_once_for_each_it_stands_for()
    {
        // Two requests of "batch" at p = 1/4 and one that is not sampled: 2 × 4 + 1 requests for 2 × 4 × 0.00112 + 0.0112 USD.
        await _store.WriteAsync([.. Enumerable.Range(10, 2).SelectMany(t => (Span[])[MadeTrace.Root((ulong)t, feature: "batch") with { TraceState = "ot=th:c" }, Call((ulong)t, 2) with { TraceState = "ot=th:c" }]),
            MadeTrace.Root(12, feature: "batch"), Call(12, 2, 10_000, 1_000)]);
        foreach (var granularity in (Granularity[])[Granularity.None, Granularity.Hour])
        {
            var batch = (await AskAsync(granularity, groupBy: SpendDimension.Feature)).Rows.Single(r => r.Keys[0] == "batch").Cost;
            // Recorded figures stay what was recorded.
            Assert.Equal((3L, 3L, 0.01344m), (batch.Requests, batch.Calls, batch.CostUsd));
            Assert.Equal((6m, 9m, 0.00672m), (batch.UnrecordedRequests, batch.CountedRequests, batch.UnrecordedCostUsd));
            Assert.Equal(0.02016m / 9, batch.PerRequestUsd);
            Assert.Equal(0.01344m / 3, batch.PerCallUsd);
        }
        // With the four requests of the others, which cost 0.03808: 13 requests; by workflow they are all of "answer".
        var total = (await AskAsync()).Total;
        Assert.Equal((13m, (0.03808m + 0.02016m) / 13), (total.CountedRequests, total.PerRequestUsd));
        var workflow = Assert.Single((await AskAsync(groupBy: SpendDimension.Workflow)).Rows).Cost;
        Assert.Equal((13m, total.PerRequestUsd), (workflow.CountedRequests, workflow.PerRequestUsd));
        var others = await AskAsync(filter: new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [SpendDimension.Feature] = ["search"] }));
        Assert.Equal((0m, 3m), (others.Total.UnrecordedRequests, others.Total.CountedRequests));
    }

    [Fact]
    public async Task The_fixed_overhead_is_the_tenth_percentile_of_prompts_and_needs_ten_calls()
    {
        Assert.Null((await AskAsync()).PromptFloorTokens);
        // Prompts of 100, 200 … 2,000 in a request of their own.
        await _store.WriteAsync([MadeTrace.Root(6, feature: "floor"), .. Enumerable.Range(1, 20).Select(i => Call(6, (ulong)(i + 1), 100 * i, 10, 100 * i))]);
        var answer = await AskAsync(groupBy: SpendDimension.Feature);
        Assert.Equal(200, answer.Rows.Single(r => r.Keys[0] == "floor").PromptFloorTokens);
        // All 27 prompts, sorted: 100, 200, 300 …; rank ceil(2.7) = 3.
        Assert.Equal(300, answer.PromptFloorTokens);
        Assert.Equal(28, answer.PromptCoverage.Read);
    }

    [Theory]
    [InlineData(1, 0.95, 0)]
    [InlineData(100, 0.95, 94)]
    [InlineData(101, 0.5, 50)]
    [InlineData(10, 0.1, 0)]
    public void The_nearest_rank_is_the_smallest_that_covers_the_share(int count, double share, int index) => Assert.Equal(index, RequestCosts.Rank(count, share));
}
