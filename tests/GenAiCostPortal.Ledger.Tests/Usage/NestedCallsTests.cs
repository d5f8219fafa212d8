using GenAiCostPortal.Ledger.Traces;
using Xunit;
using static GenAiCostPortal.Ledger.Usage.SpanMaker;

namespace GenAiCostPortal.Ledger.Usage;

public sealed class NestedCallsTests
{
    [Fact]
    public void A_wrapper_with_the_same_counts_is_the_same_call_at_the_inner_span()
    {
        var reading = Read(Chat(1, 0, 0, 100, 500, 20, more: ("app.feature", "search")), Chat(2, 1, 10, 90, 500, 20));
        var call = Assert.Single(reading.Calls);
        Assert.Equal(new SpanId(2), call.SpanId);
        Assert.Equal(80, call.DurationMs);
        Assert.Equal("search", call.Owners.Feature);
        Assert.Equal([new SpanId(1)], reading.RollUps);
    }

    [Fact]
    public void A_wrappers_excess_is_the_cache_that_the_child_left_out()
    {
        var call = Assert.Single(Read(Chat(1, 0, 0, 100, 2770, 33, read: 2048, write: 512), Chat(2, 1, 10, 90, 210, 33)).Calls);
        Assert.Equal(new TokenCounts(210, 2048, 512, 0, 0, 33), call.Tokens);
    }

    [Fact]
    public void A_child_that_knows_the_cache_mends_a_wrapper_that_counts_it_inside()
    {
        var call = Assert.Single(Read(Chat(1, 0, 0, 100, 2770, 33), Chat(2, 1, 10, 90, 2770, 33, read: 2048, write: 512)).Calls);
        Assert.Equal(new TokenCounts(210, 2048, 512, 0, 0, 33), call.Tokens);
    }

    [Fact]
    public void A_wrapper_or_a_child_without_counts_takes_them_from_the_other()
    {
        var inner = Assert.Single(Read(Chat(1, 0, 0, 100), Chat(2, 1, 10, 90, 500, 20)).Calls);
        Assert.Equal((new SpanId(2), 500L), (inner.SpanId, inner.Tokens.Input));
        var outer = Assert.Single(Read(Chat(1, 0, 0, 100, 500, 20), Chat(2, 1, 10, 90)).Calls);
        Assert.Equal((new SpanId(2), 500L), (outer.SpanId, outer.Tokens.Input));
        Assert.Contains("span around", outer.Reading, StringComparison.Ordinal);
    }

    [Fact]
    public void Different_counts_of_one_model_are_two_calls()
    {
        var reading = Read(Chat(1, 0, 0, 100, 900, 40, read: 100), Chat(2, 1, 10, 90, 500, 20, read: 0), Chat(3, 1, 20, 95, 700, 20, read: 420));
        Assert.Equal(3, reading.Calls.Count);
        Assert.Equal(2100, reading.Calls.Sum(c => c.Tokens.Prompt));
        Assert.Empty(reading.RollUps);
    }

    [Fact]
    public void Equal_counts_of_different_models_are_two_calls() =>
        Assert.Equal(2, Read(Chat(1, 0, 0, 100, 500, 20), Chat(2, 1, 10, 90, 500, 20, model: "amazon.nova-lite-v1:0")).Calls.Count);

    [Fact]
    public void A_call_inside_a_tool_or_an_agent_is_another_call()
    {
        Assert.Equal(2, Read(Chat(1, 0, 0, 100, 500, 20), Make(2, 1, "execute_tool x", 5, 95, ("gen_ai.operation.name", "execute_tool")), Chat(3, 2, 10, 90, 500, 20)).Calls.Count);
        Assert.Equal(2, Read(Chat(1, 0, 0, 100, 500, 20), Make(2, 1, "invoke_agent x", 5, 95, ("gen_ai.operation.name", "invoke_agent")), Chat(3, 2, 10, 90, 500, 20)).Calls.Count);
        // A chain between changes nothing.
        Assert.Single(Read(Chat(1, 0, 0, 100, 500, 20), Make(2, 1, "RunnableSequence", 5, 95, ("openinference.span.kind", "CHAIN")), Chat(3, 2, 10, 90, 500, 20)).Calls);
    }

    [Fact]
    public void A_wrapper_of_several_calls_that_adds_them_up_is_not_counted()
    {
        var reading = Read(Chat(1, 0, 0, 300, 1500, 60), Chat(2, 1, 10, 90, 500, 20), Chat(3, 1, 100, 190, 1000, 40));
        Assert.Equal(1500, reading.Calls.Sum(c => c.Tokens.Input));
        Assert.Equal([new SpanId(1)], reading.RollUps);
        // Also when the counts below leave out the cache, and when tools lie between.
        var cached = Read(Chat(1, 0, 0, 300, 3500, 60, read: 2000), Chat(2, 1, 10, 90, 500, 20), Chat(3, 1, 100, 190, 1000, 40));
        Assert.Equal(1500, cached.Calls.Sum(c => c.Tokens.Total - c.Tokens.Output));
        var tools = Read(Chat(1, 0, 0, 300, 1500, 60), Chat(2, 1, 10, 90, 500, 20), Make(3, 1, "t", 95, 200, ("openinference.span.kind", "TOOL")), Chat(4, 3, 100, 190, 1000, 40));
        Assert.Equal(2, tools.Calls.Count);
    }

    [Fact]
    public void After_retries_inside_a_wrapper_its_counts_are_those_of_the_attempt_that_worked()
    {
        var reading = Read(Chat(1, 0, 0, 300, 500, 20), Chat(2, 1, 10, 50).Failed("ThrottlingException"), Chat(3, 1, 60, 290, 500, 20));
        Assert.Equal(2, reading.Calls.Count);
        Assert.Equal(CallStatus.Throttled, reading.Calls[0].Status);
        Assert.True(reading.Calls[0].Flags.HasFlag(CallFlags.WasRetried));
        Assert.True(reading.Calls[1].Flags.HasFlag(CallFlags.IsRetry));
        Assert.Equal(500, reading.Calls.Sum(c => c.Tokens.Input));
        Assert.Equal([new SpanId(1)], reading.RollUps);
    }

    [Fact]
    public void A_wrapper_of_several_calls_without_counts_of_its_own_is_no_call()
    {
        var reading = Read(Chat(1, 0, 0, 300), Chat(2, 1, 10, 90, 500, 20), Chat(3, 1, 100, 190, 1000, 40));
        Assert.Equal([new SpanId(2), new SpanId(3)], reading.Calls.Select(c => c.SpanId));
    }

    [Fact]
    public void Three_layers_of_one_call_are_one_call()
    {
        var reading = Read(Chat(1, 0, 0, 100, 2770, 33, read: 2048, write: 512), Chat(2, 1, 5, 95), Chat(3, 2, 10, 90, 210, 33));
        var call = Assert.Single(reading.Calls);
        Assert.Equal(new TokenCounts(210, 2048, 512, 0, 0, 33), call.Tokens);
        Assert.Equal([new SpanId(1), new SpanId(2)], reading.RollUps.OrderBy(id => id.Value));
    }

    [Fact]
    public void Agents_chains_and_workflows_never_count_and_are_shown_as_sums()
    {
        var reading = Read(
            Make(1, 0, "invoke_agent a", 0, 300, ("gen_ai.operation.name", "invoke_agent"), ("gen_ai.request.model", Claude), ("gen_ai.usage.input_tokens", 500L), ("gen_ai.usage.output_tokens", 20L)),
            Make(2, 1, "chain", 5, 290, ("openinference.span.kind", "CHAIN"), ("llm.token_count.prompt", 500L)),
            Make(3, 2, "task", 6, 280, ("traceloop.span.kind", "task"), ("gen_ai.usage.input_tokens", 500L)),
            Chat(4, 3, 10, 90, 500, 20));
        Assert.Equal(500, Assert.Single(reading.Calls).Tokens.Input);
        Assert.Equal(3, reading.RollUps.Count);
    }

    [Fact]
    public void A_child_after_its_parents_end_is_not_the_same_call() =>
        Assert.Equal(2, Read(Chat(1, 0, 0, 100, 500, 20), Chat(2, 1, 5000, 5100, 500, 20)).Calls.Count);
}
