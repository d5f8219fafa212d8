using GenAiCostPortal.Ledger.Traces;
using Xunit;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>What the cost rollup counts for the factor of retries: attempts that were paid and sent again, and calls without tokens.</summary>
public sealed class RetriedCallsTests
{
    private static Span Failed(Span span, string error) => span with { Status = SpanStatus.Error, Attributes = SpanMerge.Union(span.Attributes, MadeTrace.Attributes(("error.type", error))) };

    [Fact]
    public async Task Only_a_paid_attempt_that_was_sent_again_counts()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(
            MadeTrace.Root(1),
            // Timed out after its first tokens, then answered.
            Failed(MadeTrace.Call(1, 2, 1, 0, 100), "TimeoutError"), MadeTrace.Call(1, 3, 1, 200, 300),
            // Throttled, which costs nothing, then answered.
            Failed(MadeTrace.Call(1, 4, 1, 400, 500, null, null), "ThrottlingException"), MadeTrace.Call(1, 5, 1, 600, 700),
            // Timed out and given up, a long time later.
            Failed(MadeTrace.Call(1, 6, 1, 900_000, 900_100), "TimeoutError"),
            MadeTrace.Call(1, 7, 1, 910_000, 910_100, null, null, null, "amazon.nova-pro-v1:0"));
        var billable = "FROM cost_rollup r JOIN cost_series s ON s.Id=r.SeriesId WHERE s.IsBillable AND r.Span=";
        foreach (var span in (string[])["1", "2"])
            Assert.Equal(["5|1|1"], store.Read($"SELECT SUM(r.Calls),SUM(r.RetriedCalls),SUM(r.CallsWithoutTokens) {billable}{span}"));
    }
}
