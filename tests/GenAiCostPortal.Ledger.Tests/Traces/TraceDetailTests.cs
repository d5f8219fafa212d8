using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>Spans go in through the writer; the trace is opened from what is stored.</summary>
public sealed class TraceDetailTests
{
    private const string Model = "global.anthropic.claude-sonnet-4-6";
    private static readonly TraceId Id = new(0x7f3e, 0x9b21);
    private static readonly SpanResource Service = new(new([new("service.name", "contracts"), new("service.version", "2.4.1"), new("deployment.environment.name", "prod")]));
    private static readonly SpanScope Scope = new("opentelemetry.instrumentation.botocore", "0.60b0");

    private static Span Span(ulong id, ulong parent, string name, double atMs, double durationMs, TraceId? trace = null, SpanStatus status = SpanStatus.Unset, SpanKind kind = SpanKind.Internal, params (string, object)[] attributes)
    {
        var start = UtcTime.ToUnixMs(TraceStore.Start) * 1_000_000 + (long)(atMs * 1e6);
        return new Span
        {
            TraceId = trace ?? Id, SpanId = new(id), ParentSpanId = new(parent), Name = name, StartUnixNs = start, EndUnixNs = start + (long)(durationMs * 1e6),
            Status = status, Kind = kind, Resource = Service, Scope = Scope, Attributes = new([.. attributes.Select(a => KeyValuePair.Create(a.Item1, a.Item2))]),
        };
    }

    private static Span Call(ulong id, ulong parent, double atMs, double durationMs, long input, long output, TraceId? trace = null, string? error = null, params (string, object)[] more) =>
        Span(id, parent, "chat " + Model, atMs, durationMs, trace, error is null ? SpanStatus.Unset : SpanStatus.Error, SpanKind.Client,
            [("gen_ai.operation.name", "chat"), ("gen_ai.system", "aws.bedrock"), ("gen_ai.request.model", Model),
             .. error is null ? new (string, object)[] { ("gen_ai.usage.input_tokens", input), ("gen_ai.usage.output_tokens", output) } : [("error.type", error)], .. more]);

    private static async Task<TraceStore> StoreAsync(params Span[] spans)
    {
        var store = await TraceStore.OpenAsync();
        await store.Get<PriceFinder>().LoadAsync();
        if (spans.Length > 0) await store.Get<TraceWriter>().WriteAsync(spans);
        return store;
    }

    private static Span Root(TraceId? trace = null) => Span(1, 0, "summarise-contract", 0, 10_000, trace, attributes: [("genai.feature", "contract-summary")]);

    [Fact]
    public async Task A_trace_nobody_sent_is_null()
    {
        await using var store = await StoreAsync();
        Assert.Null(await store.Get<TraceSearch>().OpenAsync(Id));
    }

    [Fact]
    public async Task Spans_carry_tokens_cost_and_the_price_that_made_it()
    {
        await using var store = await StoreAsync(Root(), Call(2, 1, 100, 5_000, 1_000_000, 100_000));
        var trace = (await store.Get<TraceSearch>().OpenAsync(Id))!;
        var call = trace.Spans[1];
        Assert.True(call.IsCall);
        Assert.Equal((1, 100.0, 5_000.0), (call.Depth, call.OffsetMs, call.DurationMs));
        Assert.Equal(1_100_000, call.Tokens!.Value.Total);
        // $3 and $15 per million tokens, the list price: 3.00 + 1.50.
        Assert.Equal(4.50m, call.EstimatedCostUsd);
        Assert.StartsWith("$3.00 in · $15.00 out per 1 M tokens", call.PriceText, StringComparison.Ordinal);
        Assert.Equal([(TokenKind.Input, 3.00m), (TokenKind.Output, 1.50m)], call.TokenLines.Select(l => (l.Kind, l.EstimatedCostUsd!.Value)));
        Assert.Equal(4.50m, trace.Trace.EstimatedCostUsd);
        Assert.Equal("contracts", call.Service);
        Assert.Contains(KeyValuePair.Create("service.version", "2.4.1"), call.StoredAttributes);
        Assert.Null(trace.Usual);
        Assert.Empty(trace.Loops);
    }

    [Fact]
    public async Task A_retry_is_marked_on_both_attempts_and_the_failed_one_costs_nothing()
    {
        await using var store = await StoreAsync(Root(), Call(2, 1, 100, 340, 0, 0, error: "ThrottlingException"), Call(3, 1, 1_500, 5_000, 35_112, 429));
        var trace = (await store.Get<TraceSearch>().OpenAsync(Id))!;
        var (failed, retry) = (trace.Spans[1], trace.Spans[2]);
        Assert.Equal((true, false, CostState.NotBillable, (decimal?)0m), (failed.WasRetried, failed.IsRetry, failed.CostState, failed.EstimatedCostUsd));
        Assert.Equal((false, true), (retry.WasRetried, retry.IsRetry));
        Assert.Equal((1, 0m), (trace.Trace.Retries, trace.Trace.RetryCostUsd));
        Assert.Equal(CallStatus.Throttled, failed.CallStatus);
    }

    private static Span[] Agent(TraceId trace, int checks, double startMs = 0) =>
    [
        Span(1, 0, "summarise-contract", startMs, 60_000, trace, attributes: [("genai.feature", "contract-summary")]),
        Span(2, 1, "invoke_agent clause-check", startMs + 10, 59_000, trace, attributes: [("gen_ai.operation.name", "invoke_agent"), ("gen_ai.agent.name", "clause-check")]),
        .. Enumerable.Range(0, checks).SelectMany(i => new[]
        {
            Call((ulong)(10 + 2 * i), 2, startMs + 100 + i * 1_000, 500, 100_000, 1_000, trace, null, ("gen_ai.agent.name", "clause-check")),
            Span((ulong)(11 + 2 * i), 2, "execute_tool lookup_clause", startMs + 700 + i * 1_000, 100, trace, attributes: [("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", "lookup_clause")]),
        }),
    ];

    [Fact]
    public async Task A_loop_counts_its_runs_and_costs_its_repeats_after_the_first_while_the_usual_is_not_known()
    {
        await using var store = await StoreAsync(Agent(Id, 12));
        var trace = (await store.Get<TraceSearch>().OpenAsync(Id))!;
        var loop = Assert.Single(trace.Loops);
        Assert.Equal((12, 11, (int?)null), (loop.Times, loop.Repeats, loop.Usual));
        // Each run: 100,000 × $3 + 1,000 × $15 per million = $0.315; eleven of them.
        Assert.Equal(3.465m, loop.EstimatedCostUsd);
        Assert.Equal(12, trace.Spans.Count(s => s.IsLoop && s.IsCall));
        Assert.Equal(11, trace.Spans.Count(s => s.IsRepeat));
        Assert.Contains("clause-check", loop.Step, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_repeats_by_tool_and_by_prompt_is_one_loop_so_that_no_repeat_is_counted_twice()
    {
        // Twelve calls with the same prompt, the last without a tool after it: eleven repeat by tool, twelve by prompt.
        var spans = Agent(Id, 12)[..^1].Select(s => s.Attributes["gen_ai.request.model"] is null ? s
            : s with { Attributes = new([.. s.Attributes.Items, KeyValuePair.Create(TraceReader.PromptHash, (object)42L)]) }).ToArray();
        await using var store = await StoreAsync(spans);
        var trace = (await store.Get<TraceSearch>().OpenAsync(Id))!;
        var loop = Assert.Single(trace.Loops);
        Assert.Equal((11, 10), (loop.Times, loop.Repeats));
        Assert.Contains("tool lookup_clause", loop.Step, StringComparison.Ordinal);
        Assert.Equal(loop.EstimatedCostUsd, trace.Spans.Where(s => s.IsRepeat).Sum(s => s.EstimatedCostUsd));
    }

    [Fact]
    public async Task Earlier_requests_of_the_workflow_tell_what_is_usual()
    {
        await using var store = await StoreAsync();
        var writer = store.Get<TraceWriter>();
        for (var i = 1; i <= 20; i++) await writer.WriteAsync(Agent(new TraceId(1, (ulong)i), 3, -3_600_000 - i * 60_000));
        await writer.WriteAsync(Agent(Id, 12));
        var trace = (await store.Get<TraceSearch>().OpenAsync(Id))!;
        Assert.Equal((20, 0.945m, 3), (trace.Usual!.Requests, trace.Usual.EstimatedCostUsd, trace.Usual.Calls));
        var loop = Assert.Single(trace.Loops);
        Assert.Equal((3, 9), (loop.Usual, loop.Repeats));
        Assert.Equal(9 * 0.315m, loop.EstimatedCostUsd);
        Assert.Equal(9, trace.Spans.Count(s => s.IsRepeat));
    }

    [Fact]
    public async Task A_span_that_repeats_its_children_is_marked_and_not_counted()
    {
        await using var store = await StoreAsync(
            Span(1, 0, "invoke_agent summariser", 0, 9_000, attributes: [("gen_ai.operation.name", "invoke_agent"), ("gen_ai.agent.name", "summariser"), ("gen_ai.usage.input_tokens", 3_000L), ("gen_ai.usage.output_tokens", 30L)]),
            Call(2, 1, 100, 1_000, 1_000, 10), Call(3, 1, 2_000, 1_000, 2_000, 20));
        var trace = (await store.Get<TraceSearch>().OpenAsync(Id))!;
        Assert.True(trace.Spans[0].IsRollUp);
        Assert.Null(trace.Spans[0].EstimatedCostUsd);
        Assert.Equal(3_030, trace.Trace.Tokens);
    }

    [Fact]
    public async Task What_the_portal_added_for_itself_is_not_shown_as_the_senders()
    {
        await using var store = await StoreAsync(Root(), Call(2, 1, 100, 500, 10, 1, null, null, (TraceReader.PromptHash, 42L)));
        var trace = (await store.Get<TraceSearch>().OpenAsync(Id))!;
        Assert.DoesNotContain(trace.Spans[1].StoredAttributes, a => a.Key.StartsWith("portal.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Spans_past_retention_leave_the_row_in_the_list_but_nothing_to_open()
    {
        await using var store = await StoreAsync(Root(), Call(2, 1, 100, 500, 10, 1));
        await using (var db = store.Db()) await db.Spans.ExecuteDeleteAsync();
        Assert.Null(await store.Get<TraceSearch>().OpenAsync(Id));
        Assert.Equal(1, (await store.Get<TraceSearch>().FindAsync(new(TraceStore.Start.AddDays(-1), TraceStore.Start.AddDays(1), SpendFilter.None))).TotalCount);
    }
}
