using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>Events of the log group aws/spans: the first is AWS's own published sample.</summary>
public sealed class SpanEventsTests
{
    private const string Published = """
        {"resource":{"attributes":{"deployment.environment.name":"bedrock-agentcore:default","service.name":"MyAgent.DEFAULT","cloud.platform":"aws_bedrock_agentcore","telemetry.sdk.version":"1.40.0"}},
         "traceId":"a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6","spanId":"1a2b3c4d5e6f7a8b","parentSpanId":"9c8d7e6f5a4b3c2d","name":"chat us.anthropic.claude-sonnet-4-6","durationNano":2644916837,
         "attributes":{"gen_ai.request.model":"us.anthropic.claude-sonnet-4-6","gen_ai.usage.input_tokens":1980,"gen_ai.usage.output_tokens":119,"gen_ai.response.finish_reasons":["tool_use"],"http.response.status_code":200,"session.id":"session-a1b2c3d4-e5f6-7890"}}
        """;
    private static readonly long LoggedMs = new DateTimeOffset(2026, 11, 21, 11, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static XRaySpans Decode(params string[] messages) => Segments.Decoder().DecodeEvents(messages.Select(m => (m, LoggedMs)), Segments.Home);

    [Fact]
    public void The_published_sample_is_read()
    {
        var span = Assert.Single(Decode(Published).Spans);
        Assert.Equal(("a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6", "1a2b3c4d5e6f7a8b", "9c8d7e6f5a4b3c2d", Doors.XRay),
            (span.TraceId.ToString(), span.SpanId.ToString(), span.ParentSpanId.ToString(), span.Doors));
        // It tells no start: the event's own time stands in, the length is told.
        Assert.Equal((LoggedMs * 1_000_000, 2644916837), (span.StartUnixNs, span.EndUnixNs - span.StartUnixNs));
        var call = Assert.Single(TraceReader.Read([span], new OwnerKeys()).Calls);
        Assert.Equal(("anthropic.claude-sonnet-4-6", 1980L, 119L, "MyAgent.DEFAULT"), (call.Model.Canonical, call.Tokens.Input, call.Tokens.Output, call.Service));
        Assert.Equal(("111111111111", "eu-west-1"), (call.AccountId, call.Region));
    }

    [Fact]
    public void Fields_are_OpenTelemetrys_in_either_spelling()
    {
        var read = Decode("""
            {"traceId":"1-69216a40-a1b2c3d4e5f60718293a4b5c","spanId":"00000000000000a1","name":"chat","kind":"SPAN_KIND_CLIENT","startTimeUnixNano":1763800000123456789,"endTimeUnixNano":"1763800001123456789",
             "status":{"code":"ERROR","message":"rate limit"},"scope":{"name":"strands.telemetry.tracer","version":"1"},"resource":{"attributes":{"cloud.region":"us-east-1"}},
             "attributes":{"aws.request_id":"r1","gen_ai.prompt":"secret","portal.prompt_hash":5},
             "events":[{"name":"exception","attributes":{"exception.type":"ThrottlingException","exception.message":"secret"}},{"name":"gen_ai.choice","attributes":{"message":"secret"}}]}
            """, """{"traceId":"69216a40a1b2c3d4e5f60718293a4b5c","spanId":"00000000000000b2","parentSpanId":"00000000000000a1","name":"x","kind":2,"status":{"code":1},"endTimeUnixNano":1763800002000000000,"durationNano":500000000}""");
        Assert.Equal(0, read.Refused);
        var (span, other) = (read.Of("00000000000000a1"), read.Of("00000000000000b2"));
        Assert.Equal((SpanKind.Client, SpanStatus.Error, 1763800000123456789, 1763800001123456789), (span.Kind, span.Status, span.StartUnixNs, span.EndUnixNs));
        Assert.Equal(("strands.telemetry.tracer", "ThrottlingException", "us-east-1"), (span.Scope.Name, span.Attributes["error.type"], span.Resource.Attributes["cloud.region"]));
        Assert.DoesNotContain("secret", span.Attributes.ToJson(), StringComparison.Ordinal);
        Assert.NotEqual(5L, span.Attributes[TraceReader.PromptHash]);
        Assert.Equal((SpanKind.Server, SpanStatus.Ok, 1763800001500000000), (other.Kind, other.Status, other.StartUnixNs));
    }

    [Fact]
    public void A_trace_state_that_came_with_the_span_tells_its_sampling_and_none_tells_nothing()
    {
        var sampled = Assert.Single(Decode(Published.Replace("\"name\":\"chat", "\"traceState\":\"ot=th:c\",\"name\":\"chat", StringComparison.Ordinal)).Spans);
        Assert.Equal(0.25, Assert.Single(TraceReader.Read([TraceState.Keep(sampled)], new OwnerKeys()).Calls).Sampled.Probability);
        var silent = Assert.Single(Decode(Published).Spans);
        Assert.Equal(SampledShare.None, Assert.Single(TraceReader.Read([TraceState.Keep(silent)], new OwnerKeys()).Calls).Sampled);
    }

    [Fact]
    public void Events_that_are_no_spans_are_counted()
    {
        var read = Decode("plain text", "[]", "{}", Published);
        Assert.Equal((2, 1, 1), (read.BadDocuments, read.Rejected, read.Spans.Count));
    }
}
