using GenAiCostPortal.Ledger.Usage;
using Xunit;
using static GenAiCostPortal.Ledger.Usage.SpanMaker;

namespace GenAiCostPortal.Ledger.Traces;

public sealed class RetriesAndLoopsTests
{
    private static string Marks(params Span[] spans) => string.Join(" ", Read(spans).Calls.Select(c =>
        ((c.Flags & CallFlags.WasRetried) != 0 ? "was" : "") + ((c.Flags & CallFlags.IsRetry) != 0 ? "re" : "") + "-"));

    [Fact]
    public void A_failed_attempt_pairs_with_one_later_sibling() =>
        Assert.Equal("was- re- -", Marks(Chat(1, 9, 0, 10).Failed("ThrottlingException"), Chat(2, 9, 20, 50, 5, 5), Chat(3, 9, 60, 90, 6, 6)));

    [Fact]
    public void A_chain_of_failures_is_a_chain_of_retries() =>
        Assert.Equal("was- wasre- re-", Marks(Chat(1, 9, 0, 10).Failed("ThrottlingException"), Chat(2, 9, 20, 30).Failed("ThrottlingException"), Chat(3, 9, 40, 50, 5, 5)));

    [Fact]
    public void A_retry_repeats_only_one_attempt() =>
        Assert.Equal("was- - re-", Marks(Chat(1, 9, 0, 10).Failed("X"), Chat(2, 9, 0, 10).Failed("X"), Chat(3, 9, 20, 50, 5, 5)));

    [Fact]
    public void Another_parent_model_operation_or_a_long_pause_is_no_retry()
    {
        Assert.Equal("- -", Marks(Chat(1, 8, 0, 10).Failed("X"), Chat(2, 9, 20, 50, 5, 5)));
        Assert.Equal("- -", Marks(Chat(1, 9, 0, 10).Failed("X"), Chat(2, 9, 20, 50, 5, 5, model: "amazon.nova-lite-v1:0")));
        Assert.Equal("- -", Marks(Chat(1, 9, 0, 10).Failed("X"),
            Make(2, 9, "text", 20, 50, ("gen_ai.operation.name", "text_completion"), ("gen_ai.provider.name", "aws.bedrock"), ("gen_ai.request.model", Claude))));
        Assert.Equal("- -", Marks(Chat(1, 9, 0, 10).Failed("X"), Chat(2, 9, 120_011, 120_050, 5, 5)));
        Assert.Equal("was- re-", Marks(Chat(1, 9, 0, 10).Failed("X"), Chat(2, 9, 120_010, 120_050, 5, 5)));
        // Begun while the failed one still ran: made beside it, not because of it.
        Assert.Equal("- -", Marks(Chat(1, 9, 0, 100).Failed("X"), Chat(2, 9, 50, 150, 5, 5)));
    }

    [Fact]
    public void The_same_prompt_five_times_is_a_loop_and_four_times_is_none()
    {
        Span[] Prompts(int n) => [.. Enumerable.Range(0, n).Select(i => Chat((ulong)i + 1, 99, i * 10, i * 10 + 5, 5 + i, 5, more: (TraceReader.PromptHash, 7L)))];
        Assert.Empty(Read(Prompts(4)).Loops);
        var reading = Read([.. Prompts(5), Chat(50, 99, 500, 600, 1, 1, more: (TraceReader.PromptHash, 8L))]);
        Assert.Equal(5, Assert.Single(reading.Loops).Calls.Count);
        Assert.Equal(5, reading.Calls.Count(c => c.Flags.HasFlag(CallFlags.IsLoop)));
    }

    [Fact]
    public void An_agent_that_asks_for_the_same_tool_again_and_again_is_a_loop()
    {
        var spans = new List<Span> { Make(1, 0, "invoke_agent clause-finder", 0, 1000, ("gen_ai.operation.name", "invoke_agent"), ("gen_ai.agent.name", "clause-finder")) };
        for (var i = 0; i < 6; i++)
        {
            spans.Add(Chat((ulong)(10 + 2 * i), 1, 10 + i * 100, 50 + i * 100, 100 * (i + 1), 5));
            spans.Add(Make((ulong)(11 + 2 * i), 1, "execute_tool search", 51 + i * 100, 90 + i * 100, ("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", "search")));
        }
        var loop = Assert.Single(Read([.. spans]).Loops);
        Assert.Equal(6, loop.Calls.Count);
        Assert.StartsWith("clause-finder: tool search, ", loop.Step, StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_is_in_one_loop_only_so_that_its_cost_is_not_summed_twice()
    {
        var spans = new List<Span> { Make(1, 0, "invoke_agent clause-finder", 0, 1000, ("gen_ai.operation.name", "invoke_agent"), ("gen_ai.agent.name", "clause-finder")) };
        // Seven calls with one prompt; six of them ask for a tool. Seen as prompt loop and as tool loop they would be thirteen.
        for (var i = 0; i < 7; i++)
        {
            spans.Add(Chat((ulong)(10 + 2 * i), 1, 10 + i * 100, 50 + i * 100, 100, 5, more: (TraceReader.PromptHash, 7L)));
            if (i < 6) spans.Add(Make((ulong)(11 + 2 * i), 1, "execute_tool search", 51 + i * 100, 90 + i * 100, ("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", "search")));
        }
        var loop = Assert.Single(Read([.. spans]).Loops);
        Assert.Equal(6, loop.Calls.Count);
    }

    [Fact]
    public void Different_tools_prompts_or_agents_are_no_loop()
    {
        Assert.Empty(Read([.. Enumerable.Range(0, 9).Select(i => Chat((ulong)i + 1, 99, i * 10, i * 10 + 5, 5, 5, more: (TraceReader.PromptHash, (long)i)))]).Loops);
        Assert.Empty(Read([.. Enumerable.Range(0, 9).Select(i => Chat((ulong)i + 1, 99, i * 10, i * 10 + 5, 5, 5,
            more: [(TraceReader.PromptHash, 1L), ("gen_ai.agent.name", "agent" + i)]))]).Loops);
        // Nothing that names a step: repeated calls alone are no loop.
        Assert.Empty(Read([.. Enumerable.Range(0, 9).Select(i => Chat((ulong)i + 1, 99, i * 10, i * 10 + 5, 5, 5))]).Loops);
    }
}
