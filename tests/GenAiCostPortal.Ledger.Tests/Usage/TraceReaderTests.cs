using FsCheck;
using FsCheck.Fluent;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using Xunit;
using static GenAiCostPortal.Ledger.Usage.SpanMaker;

namespace GenAiCostPortal.Ledger.Usage;

public sealed class TraceReaderTests
{
    [Fact]
    public void A_call_needs_usage_or_a_model_on_a_known_convention()
    {
        Assert.Empty(Read(Make(1, 0, "POST /chat", 0, 10, ("gen_ai.request.model", Claude))).Calls);
        Assert.Single(Read(Make(1, 0, "call", 0, 10, ("gen_ai.request.model", Claude), ("rpc.service", "BedrockRuntime"), ("rpc.system", "aws-api"))).Calls);
        Assert.Single(Read(Make(1, 0, "call", 0, 10, ("gen_ai.usage.input_tokens", 5L))).Calls);
        Assert.Empty(Read(Make(1, 0, "count", 0, 10, ("gen_ai.request.model", Claude), ("rpc.service", "BedrockRuntime"), ("rpc.method", "CountTokens"))).Calls);
    }

    [Theory]
    [InlineData("gen_ai.operation.name", "invoke_agent")]
    [InlineData("gen_ai.operation.name", "invoke_workflow")]
    [InlineData("gen_ai.operation.name", "create_agent")]
    [InlineData("gen_ai.operation.name", "execute_tool")]
    [InlineData("gen_ai.operation.name", "fetch_response")]
    [InlineData("openinference.span.kind", "AGENT")]
    [InlineData("openinference.span.kind", "CHAIN")]
    [InlineData("openinference.span.kind", "RETRIEVER")]
    [InlineData("traceloop.span.kind", "workflow")]
    [InlineData("traceloop.span.kind", "task")]
    [InlineData("traceloop.span.kind", "agent")]
    public void Operations_that_are_no_inference_never_count(string key, string value) =>
        Assert.Empty(Read(Make(1, 0, "x", 0, 10, (key, value), ("gen_ai.request.model", Claude), ("gen_ai.usage.input_tokens", 5L))).Calls);

    [Theory]
    [InlineData("ThrottlingException", 0, "", CallStatus.Throttled)]
    [InlineData("rate_limit_error", 0, "", CallStatus.Throttled)]
    [InlineData("ServiceQuotaExceededException", 0, "", CallStatus.Throttled)]
    [InlineData("AccessDeniedException", 0, "", CallStatus.Denied)]
    [InlineData("ValidationException", 0, "", CallStatus.Invalid)]
    [InlineData("ResourceNotFoundException", 0, "", CallStatus.Invalid)]
    [InlineData("ModelTimeoutException", 0, "", CallStatus.Timeout)]
    [InlineData("asyncio.CancelledError", 0, "", CallStatus.Cancelled)]
    [InlineData("InternalServerException", 0, "", CallStatus.Error)]
    [InlineData("429", 0, "", CallStatus.Throttled)]
    [InlineData("_OTHER", 403, "", CallStatus.Denied)]
    [InlineData("_OTHER", 0, "429 slow down", CallStatus.Throttled)]
    [InlineData("", 404, "", CallStatus.Invalid)]
    [InlineData("", 500, "", CallStatus.Error)]
    [InlineData("", 200, "", CallStatus.Ok)]
    public void The_outcome_is_read_from_name_status_and_message(string errorType, long http, string message, CallStatus status)
    {
        var span = Chat(1, 0, 0, 10, more: [("error.type", errorType), ("http.response.status_code", http)]) with { StatusMessage = message };
        Assert.Equal(status, Assert.Single(Read(span).Calls).Status);
    }

    [Fact]
    public void The_answering_model_counts_and_the_requested_one_says_the_routing()
    {
        var call = Read(Chat(1, 0, 0, 10, 5, 5, more: ("gen_ai.response.model", "anthropic.claude-sonnet-4-20250514-v1:0"))).Calls.Single();
        Assert.Equal(ModelNameReader.Read(Claude).Canonical, call.Model.Canonical);
        Assert.Equal(RoutingScope.Geographic, call.Model.Scope);
    }

    [Fact]
    public void Owners_are_looked_up_on_the_span_its_ancestors_the_resource_and_the_binding()
    {
        var resource = new SpanResource(Attributes(
            ("service.name", "api"), ("service.version", "2.4.1"), ("team", "resource-team"), ("feature", "resource-feature"), ("cloud.account.id", "111111111111"),
            ("cloud.region", "eu-west-1"), (TraceReader.BoundTeam, "bound-team"), (TraceReader.BoundEnvironment, "bound-env"), (TraceReader.BoundAccount, "222222222222")));
        Span[] spans =
        [
            Make(1, 0, "GET /", 0, 100, ("app.feature", "root-feature")) with { Resource = resource },
            Make(2, 1, "step", 1, 99, ("team", "step-team"), ("gen_ai.agent.name", "researcher"), ("gen_ai.operation.name", "invoke_agent")) with { Resource = resource },
            Chat(3, 2, 2, 98, 10, 5, more: [("genai.feature", "call-feature"), ("feature", "lower rank")]) with { Resource = resource },
            Chat(4, 1, 3, 97, 20, 5) with { Resource = resource },
        ];
        var reading = TraceReader.Read(spans, new OwnerKeys());
        Assert.Equal(new CallOwners("call-feature", "step-team", "api", "bound-env", "2.4.1", "GET /", "researcher"), reading.Calls[0].Owners);
        Assert.Equal(new CallOwners("root-feature", "resource-team", "api", "bound-env", "2.4.1", "GET /", ""), reading.Calls[1].Owners);
        Assert.Equal(("111111111111", "eu-west-1", "api"), (reading.Calls[0].AccountId, reading.Calls[0].Region, reading.Calls[0].Service));
        Assert.Equal("root-feature", reading.RequestOwners.Feature);

        var bound = new SpanResource(Attributes((TraceReader.BoundTeam, "bound-team"), (TraceReader.BoundAccount, "222222222222")));
        var call = TraceReader.Read([Chat(1, 0, 0, 10, 5, 5) with { Resource = bound }], new OwnerKeys()).Calls.Single();
        Assert.Equal(("bound-team", "222222222222"), (call.Owners.Team, call.AccountId));
        Assert.True(call.Flags.HasFlag(CallFlags.AccountUnknown));
    }

    [Fact]
    public void A_request_takes_from_its_first_call_what_the_root_does_not_say()
    {
        var reading = Read(Make(1, 0, "POST /chat", 0, 100), Chat(2, 1, 10, 50, 5, 5, more: ("feature", "a")), Chat(3, 1, 60, 90, 6, 5, more: ("feature", "b")));
        Assert.Equal(("a", "POST /chat"), (reading.RequestOwners.Feature, reading.RequestOwners.Workflow));
        Assert.Null(Read(Chat(3, 1, 60, 90, 6, 5, more: ("feature", "b"))).Root);
    }

    [Theory]
    [InlineData("aws.bedrock", Claude, false)]
    [InlineData("amazon-bedrock", "anthropic.claude-3-haiku-20240307-v1:0", false)]
    [InlineData("strands-agents", Claude, false)]
    [InlineData("anthropic", "anthropic.claude-3-haiku-20240307-v1:0", false)]
    [InlineData("anthropic", "claude-sonnet-4-20250514", true)]
    [InlineData("openai", "gpt-4o", true)]
    [InlineData("azure.ai.openai", "gpt-4o", true)]
    [InlineData("gcp.vertex_ai", "gemini-2.5-pro", true)]
    [InlineData("openai", "openai.gpt-oss-120b-1:0", false)]
    public void Only_calls_that_AWS_bills_are_on_the_bill(string provider, string model, bool isOffBill) =>
        Assert.Equal(isOffBill, Read(Make(1, 0, "chat", 0, 10, ("gen_ai.provider.name", provider), ("gen_ai.request.model", model))).Calls.Single().IsOffBill);

    [Fact]
    public void Tier_band_first_token_cost_and_attempts_are_read()
    {
        var call = Read(Chat(1, 0, 0, 100, 200_001, 5, more:
            [("gen_ai.request.service_tier", "flex"), ("gen_ai.response.time_to_first_chunk", 0.25), ("gen_ai.usage.cost", 0.125), ("aws.retries", 2L), ("aws.request.id", "req-1")])).Calls.Single();
        Assert.Equal((ServiceTier.Flex, ContextBand.Long, 250d, 0.125m, 2, "req-1"),
            (call.Tier, call.Band, call.TimeToFirstTokenMs, call.SenderReportedCostUsd, call.HiddenRetries, call.RequestId));
        Assert.False(call.Flags.HasFlag(CallFlags.TierAssumed));
        var strands = Chat(1, 0, 0, 100, 5, 5, more: ("gen_ai.server.time_to_first_token", 180L)) with { Scope = new("strands.telemetry.tracer", "1.0") };
        Assert.Equal(180, Read(strands).Calls.Single().TimeToFirstTokenMs);
    }

    [Fact]
    public void Spans_that_name_each_other_as_parents_or_twice_do_no_harm()
    {
        var circle = Read(Chat(1, 2, 0, 10, 5, 5), Chat(2, 1, 1, 9, 7, 7), Chat(3, 3, 2, 8, 9, 9));
        Assert.Equal(3, circle.Calls.Count);
        Assert.Null(circle.Root);
        Assert.Equal(50, Read(Chat(1, 0, 0, 10, 5, 5), Chat(1, 0, 0, 12, 50, 5)).Calls.Single().Tokens.Input);
    }

    [Fact]
    public void A_trace_as_deep_as_it_is_long_is_read()
    {
        var spans = Enumerable.Range(1, 20_000).Select(i => Chat((ulong)i, (ulong)i - 1, i, 100_000 - i, i, i)).ToArray();
        Assert.Equal(20_000, Read(spans).Calls.Count);
    }

    [Fact]
    public void The_same_spans_in_any_order_give_the_same_reading()
    {
        var gen = from count in Gen.Choose(1, 14)
                  from parents in Gen.Choose(0, 14).ListOf(count)
                  from starts in Gen.Choose(0, 40).ListOf(count)
                  from kinds in Gen.Choose(0, 5).ListOf(count)
                  from tokens in Gen.Choose(0, 4).ListOf(count)
                  from order in Gen.Shuffle(Enumerable.Range(0, count))
                  select (Spans: Enumerable.Range(0, count).Select(i => Random(i, parents[i], starts[i], kinds[i], tokens[i])).ToArray(), Order: order.ToArray());
        Prop.ForAll(gen.ToArbitrary(), sample =>
        {
            var one = Read(sample.Spans);
            var other = Read([.. sample.Order.Select(i => sample.Spans[i])]);
            Assert.Equal(one.Calls, other.Calls);
            Assert.Equal(one.RollUps.OrderBy(id => id.Value), other.RollUps.OrderBy(id => id.Value));
            Assert.Equal(one.Root, other.Root);
            Assert.Equal(one.RequestOwners, other.RequestOwners);
            Assert.Equal(one.Loops.Select(l => l.Step + string.Join(",", l.Calls)), other.Loops.Select(l => l.Step + string.Join(",", l.Calls)));
            Assert.All(one.Calls, call => Assert.All(TokenCounts.Kinds, kind => Assert.True(call.Tokens[kind] >= 0)));
        }).Holds();
    }

    private static Span Random(int i, int parent, int start, int kind, int tokens)
    {
        var (id, up) = ((ulong)i + 1, (ulong)parent);
        return kind switch
        {
            0 => Make(id, up, "plain", start, start + 20, ("feature", "f" + i)),
            1 => Make(id, up, "execute_tool", start, start + 20, ("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", "t")),
            2 => Chat(id, up, start, start + 5).Failed("ThrottlingException"),
            3 => Chat(id, up, start, start + 20, more: (TraceReader.PromptHash, 42L)),
            4 => Chat(id, up, start, start + 20, 100 * tokens, 10 * tokens, read: 50 * tokens),
            _ => Chat(id, up, start, start + 20, 100 * tokens, 10 * tokens),
        };
    }
}
