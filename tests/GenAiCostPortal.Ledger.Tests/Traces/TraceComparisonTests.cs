using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Traces;

public sealed class TraceComparisonTests
{
    [Fact]
    public async Task Steps_meet_by_name_and_add_up_to_both_traces()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.Get<PriceFinder>().LoadAsync();
        await store.WriteAsync(MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 0, 100, 50_000), MadeTrace.Call(1, 3, 1, 200, 300, 50_000), MadeTrace.Call(1, 4, 1, 400, 500, 50_000));
        await store.WriteAsync(MadeTrace.Root(2, name: "other"), MadeTrace.Call(2, 2, 1, 0, 60, 10_000));
        var search = store.Get<TraceSearch>();
        var (first, second) = ((await search.OpenAsync(MadeTrace.Root(1).TraceId))!, (await search.OpenAsync(MadeTrace.Root(2).TraceId))!);
        var comparison = TraceComparison.Of(first, second);

        var call = comparison.Steps[0];
        Assert.Equal((3, 1, 2), (call.First.Calls, call.Second.Calls, call.SpansChange));
        Assert.Equal(140_000 + 200, call.TokensChange);
        Assert.Equal(240, call.DurationChangeMs, 3);
        Assert.Equal((1, 0), (comparison.Steps.Count(s => s.Name == "answer"), comparison.Steps.Single(s => s.Name == "answer").Second.Spans));
        Assert.Equal(first.Trace.EstimatedCostUsd - second.Trace.EstimatedCostUsd, comparison.Steps.Sum(s => s.CostChangeUsd));
        Assert.Equal((first.Trace.Tokens, second.Trace.Tokens), (comparison.Steps.Sum(s => s.First.Tokens), comparison.Steps.Sum(s => s.Second.Tokens)));
        Assert.All(comparison.Steps.Zip(TraceComparison.Of(second, first).Steps), p => Assert.Equal(p.First.CostChangeUsd, -p.Second.CostChangeUsd));
    }
}
