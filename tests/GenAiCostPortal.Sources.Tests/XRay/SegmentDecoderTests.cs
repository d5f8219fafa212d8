using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Otlp;
using Xunit;

namespace GenAiCostPortal.Sources.XRay;

public sealed class SegmentDecoderTests
{
    [Fact]
    public void A_document_with_nested_subsegments_becomes_a_trace()
    {
        var read = Segments.Decode(Segments.Exported);
        Assert.Equal((0, 3), (read.Refused, read.Spans.Count));
        Assert.All(read.Spans, s => Assert.Equal(("69216a40a1b2c3d4e5f60718293a4b5c", Doors.XRay), (s.TraceId.ToString(), s.Doors)));
        var (root, step, call) = (read.Of("00000000000000a1"), read.Of("00000000000000b2"), read.Of("00000000000000c3"));
        Assert.True(root.IsRoot);
        Assert.Equal((root.SpanId, step.SpanId), (step.ParentSpanId, call.ParentSpanId));
        Assert.Equal((SpanKind.Server, SpanKind.Internal, SpanKind.Client), (root.Kind, step.Kind, call.Kind));
        // To the nanosecond: 1763800000.123456789 has no double.
        Assert.Equal((1763800000_123456789, 1763800004_500000000), (root.StartUnixNs, root.EndUnixNs));
        Assert.Equal(1763800001_000000001, call.StartUnixNs);
        Assert.Equal(("aws.x-ray", ""), (step.Scope.Name, step.Scope.Version));
        Assert.Equal(("opentelemetry.instrumentation.botocore.bedrock-runtime", "0.61b0"), (call.Scope.Name, call.Scope.Version));
        Assert.All(read.Spans, s => Assert.Equal(SpanStatus.Unset, s.Status));
    }

    [Fact]
    public void The_reader_finds_the_call_with_model_tokens_owner_and_release()
    {
        var call = Assert.Single(TraceReader.Read(Segments.Decode(Segments.Exported).Spans, new OwnerKeys()).Calls);
        Assert.Equal(("anthropic.claude-sonnet-4-6", 1980L, 119L, 40L), (call.Model.Canonical, call.Tokens.Input, call.Tokens.Output, call.Tokens.CacheRead));
        Assert.Equal(("contract-summary", "contracts-api", "prod", "2.4.1"), (call.Owners.Feature, call.Owners.Application, call.Owners.Environment, call.Owners.Release));
        Assert.Equal(("222222222222", "us-east-1", "5fd8d4a9-0000-4b6b-9d2f-1e6a1a3a9c11", 2), (call.AccountId, call.Region, call.RequestId, call.HiddenRetries));
        Assert.Equal(2249.999999, call.DurationMs, 6);
    }

    [Fact]
    public void Content_goes_and_its_hash_stays()
    {
        var call = Segments.Decode(Segments.Exported).Of("00000000000000c3");
        Assert.DoesNotContain("secret", call.Attributes.ToJson(), StringComparison.Ordinal);
        Assert.NotNull(call.Attributes[TraceReader.PromptHash]);
        Assert.DoesNotContain("secret", Segments.Decode(Segments.Exported).Of("00000000000000a1").Attributes.ToJson(), StringComparison.Ordinal);
        var kept = Segments.Decoder(captureContent: true).DecodeSegments(Segments.TraceId, [Segments.Exported], Segments.Home).Of("00000000000000c3");
        Assert.Equal("[{\"secret\":1}]", kept.Attributes["gen_ai.input.messages"]);
    }

    [Fact]
    public void A_prompt_hashes_as_it_does_through_OTLP()
    {
        var key = new PromptHashKey([1, 2, 3]);
        var otlp = new OtlpDecoder(new OtlpOptions(), new Aws.TestClock(Segments.Now), key).DecodeTraces(System.Text.Encoding.UTF8.GetBytes("""
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"69216a40a1b2c3d4e5f60718293a4b5c","spanId":"00000000000000a1","name":"chat","startTimeUnixNano":"1763800000000000000",
            "endTimeUnixNano":"1763800001000000000","attributes":[{"key":"gen_ai.input.messages","value":{"stringValue":"[{\"say\":\"hello\"}]"}}]}]}]}]}
            """), isJson: true).Spans[0];
        var segment = Segments.Decoder(key: key).DecodeSegments(Segments.TraceId, ["""
            {"id":"00000000000000a1","name":"chat","start_time":1763800000,"end_time":1763800001,"metadata":{"default":{"gen_ai.input.messages":"[{\"say\":\"hello\"}]"}}}
            """], Segments.Home).Spans[0];
        Assert.NotNull(otlp.Attributes[TraceReader.PromptHash]);
        Assert.Equal(otlp.Attributes[TraceReader.PromptHash], segment.Attributes[TraceReader.PromptHash]);
    }

    [Theory]
    [InlineData("""{"gen_ai.usage.input_tokens":7}""", "{}")]
    [InlineData("""{"gen_ai_usage_input_tokens":7}""", "{}")]
    [InlineData("{}", """{"default":{"gen_ai.usage.input_tokens":7}}""")]
    [InlineData("{}", """{"default":{"gen_ai_usage_input_tokens":7}}""")]
    [InlineData("{}", """{"llm":{"gen_ai":{"usage":{"input_tokens":7}}}}""")]
    [InlineData("{}", """{"gen_ai":{"usage":{"input_tokens":7}}}""")]
    [InlineData("{}", """{"default":{"gen_ai.usage":{"input_tokens":7.0}}}""")]
    [InlineData("""{"gen_ai_usage_input_tokens":7}""", """{"default":{"gen_ai.usage.input_tokens":8}}""")]
    public void Known_names_are_found_wherever_they_are(string annotations, string metadata)
    {
        var span = Segments.One($"\"annotations\":{annotations},\"metadata\":{metadata}");
        Assert.Equal(7, span.Attributes.Count("gen_ai.usage.input_tokens"));
        Assert.Single(span.Attributes.Items, a => a.Key == "gen_ai.usage.input_tokens");
    }

    [Fact]
    public void Texts_of_custom_code_are_left_out_and_its_numbers_stay()
    {
        const string Powertools = """
            "metadata":{"shop":{"answer":{"text":"what the model said","items":3,"list":["said"]},"feature":"search"},"default":{"app.tier":"gold","note":"said too"}}
            """;
        var json = Segments.One(Powertools).Attributes.ToJson();
        Assert.DoesNotContain("said", json, StringComparison.Ordinal);
        Assert.Equal((3L, "search", "gold"), (Segments.One(Powertools).Attributes["answer.items"], Segments.One(Powertools).Attributes["feature"], Segments.One(Powertools).Attributes["app.tier"]));
    }

    [Theory]
    [InlineData("\"throttle\":true,\"error\":true,\"cause\":{\"exceptions\":[{\"type\":\"ClientError\",\"message\":\"secret\"}]}", "Throttled", CallStatus.Throttled)]
    [InlineData("\"error\":true,\"cause\":{\"exceptions\":[{\"type\":\"ValidationException\",\"message\":\"secret\"}]}", "ValidationException", CallStatus.Invalid)]
    [InlineData("\"error\":true,\"http\":{\"response\":{\"status\":403}}", "403", CallStatus.Denied)]
    [InlineData("\"fault\":true,\"cause\":\"00000000000000ff\"", "fault", CallStatus.Error)]
    [InlineData("\"fault\":true,\"cause\":{\"exceptions\":[null,{\"type\":\"ModelTimeoutException\"}]}", "ModelTimeoutException", CallStatus.Timeout)]
    public void Flags_and_causes_become_status_and_type(string members, string type, CallStatus status)
    {
        var span = Segments.One(members + ",\"annotations\":{\"gen_ai_request_model\":\"amazon.nova-pro-v1:0\",\"gen_ai_system\":\"aws.bedrock\",\"gen_ai_usage_input_tokens\":5}");
        Assert.Equal((SpanStatus.Error, type), (span.Status, span.Attributes["error.type"]));
        Assert.DoesNotContain("secret", span.Attributes.ToJson(), StringComparison.Ordinal);
        Assert.Equal(status, TraceReader.Read([span], new OwnerKeys()).Calls.Single().Status);
    }

    [Fact]
    public void A_query_is_cut_off_an_address()
    {
        var root = Segments.Decode(Segments.Exported).Of("00000000000000a1");
        Assert.Equal(("https://x.example/summarise", "POST", 200L, "u-7"),
            (root.Attributes["url.full"], root.Attributes["http.request.method"], root.Attributes["http.response.status_code"], root.Attributes["enduser.id"]));
    }

    [Fact]
    public void Subsegments_of_their_own_take_the_resource_of_the_segment_above()
    {
        const string Segment = """{"trace_id":"1-69216a40-a1b2c3d4e5f60718293a4b5c","id":"00000000000000a1","name":"contracts","start_time":1763800000,"end_time":1763800009,"service":{"version":"3"}}""";
        const string Near = """{"id":"00000000000000b2","parent_id":"00000000000000a1","type":"subsegment","name":"step","start_time":1763800001,"end_time":1763800008}""";
        const string Far = """{"id":"00000000000000c3","parent_id":"00000000000000b2","type":"subsegment","namespace":"remote","name":"api.openai.com","start_time":1763800002,"end_time":1763800003}""";
        var whole = Segments.Decode(Far, Near, Segment);
        Assert.All(whole.Spans, s => Assert.Equal(("contracts", "3"), (s.Resource.Attributes["service.name"], s.Resource.Attributes["service.version"])));
        Assert.Equal(SpanKind.Client, whole.Of("00000000000000c3").Kind);
        // Alone it is told where it was read, and nothing is made up.
        var alone = Segments.Decode(Far).Spans.Single().Resource.Attributes;
        Assert.Null(alone["service.name"]);
        Assert.Equal(("111111111111", "eu-west-1"), (alone[TraceReader.BoundAccount], alone["cloud.region"]));
    }

    [Fact]
    public void A_segment_in_progress_has_no_length_until_its_end_comes()
    {
        var open = Segments.Decode("""{"id":"00000000000000a1","name":"s","start_time":1763800000.5,"in_progress":true}""").Spans.Single();
        Assert.Equal(open.StartUnixNs, open.EndUnixNs);
        Assert.Equal(SpanStatus.Unset, open.Status);
    }

    [Fact]
    public void A_service_of_ones_own_named_after_Bedrock_is_not_Bedrock()
    {
        Assert.Null(Segments.Decode("""{"id":"00000000000000a1","name":"bedrock-chat","start_time":1763800000,"end_time":1763800001,"aws":{"ecs":{"container":"c"}}}""").Spans.Single().Attributes["gen_ai.provider.name"]);
        // The classic SDK's subsegment: a request id and no tokens.
        var sdk = Segments.Decode("""{"id":"00000000000000a1","parent_id":"00000000000000b2","type":"subsegment","name":"Bedrock Runtime","namespace":"aws","start_time":1763800000,"end_time":1763800001,"aws":{"operation":"InvokeModel","request_id":"r-1","region":"us-west-2","model_id":"amazon.nova-pro-v1:0"}}""").Spans;
        var call = Assert.Single(TraceReader.Read(sdk, new OwnerKeys()).Calls);
        Assert.Equal(("r-1", "us-west-2", "amazon.nova-pro", TokenState.Unknown), (call.RequestId, call.Region, call.Model.Canonical, call.TokenState));
    }

    [Fact]
    public void What_X_Ray_inferred_is_no_span() =>
        Assert.Equal((0, 0), Segments.Decode("""
            {"id":"00000000000000d4","name":"bedrock-runtime","start_time":1763800000,"end_time":1763800001,"parent_id":"00000000000000c3","inferred":true,"aws":{"operation":"Converse","request_id":"r"}}
            """) is var read ? (read.Spans.Count, read.Refused) : default);

    [Theory]
    [InlineData("{}", 1, 0)]
    [InlineData("[1]", 0, 1)]
    [InlineData("{\"id\":", 0, 1)]
    [InlineData("""{"id":"00000000000000a1","name":"\ud800","start_time":1763800000}""", 0, 1)]
    [InlineData("""{"id":"zz","name":"s","start_time":1763800000}""", 1, 0)]
    [InlineData("""{"id":"00000000000000a1","name":"s","start_time":-5}""", 1, 0)]
    [InlineData("""{"id":"00000000000000a1","name":"s","start_time":1e400}""", 1, 0)]
    [InlineData("""{"id":"00000000000000a1","name":"s","start_time":99763800000}""", 1, 0)]
    [InlineData("""{"id":"00000000000000a1","parent_id":"q","name":"s","start_time":1763800000}""", 1, 0)]
    [InlineData("""{"id":"00000000000000a1","trace_id":"1-2-3","name":"s","start_time":1763800000}""", 1, 0)]
    public void Bad_documents_are_counted(string document, int rejected, int bad)
    {
        var read = Segments.Decode(document, """{"id":"00000000000000ee","name":"good","start_time":1763800000,"end_time":1763800001}""");
        Assert.Equal((rejected, bad, "good"), (read.Rejected, read.BadDocuments, Assert.Single(read.Spans).Name));
        Assert.NotEqual("", read.Reason);
    }

    [Fact]
    public void Size_depth_and_number_are_limited()
    {
        var large = """{"id":"00000000000000a1","name":"s","start_time":1763800000,"user":"@"}""".Replace("@", new string('x', XRayLimits.DocumentLength), StringComparison.Ordinal);
        var deep = string.Concat(Enumerable.Repeat("""{"id":"00000000000000a1","subsegments":[""", 5_000)) + string.Concat(Enumerable.Repeat("]}", 5_000));
        var many = $$"""{"id":"00000000000000a1","name":"s","start_time":1763800000,"subsegments":[{{string.Join(',', Enumerable.Repeat("{\"id\":\"00000000000000b2\"}", XRayLimits.Segments))}}]}""";
        Assert.Equal((3, 0), Segments.Decode(large, deep, many) is var read ? (read.BadDocuments, read.Spans.Count) : default);
    }

    [Theory]
    [InlineData("1-69216a40-a1b2c3d4e5f60718293a4b5c")]
    [InlineData("69216a40a1b2c3d4e5f60718293a4b5c")]
    public void Trace_ids_go_both_ways(string text)
    {
        Assert.True(XRayTraceId.TryParse(text, out var id));
        Assert.Equal(("69216a40a1b2c3d4e5f60718293a4b5c", "1-69216a40-a1b2c3d4e5f60718293a4b5c"), (id.ToString(), XRayTraceId.Format(id)));
    }

    [Theory]
    [InlineData("2-69216a40-a1b2c3d4e5f60718293a4b5c")]
    [InlineData("1-69216a4-0a1b2c3d4e5f60718293a4b5c")]
    [InlineData("1-69216a40-a1b2c3d4e5f60718293a4b5")]
    [InlineData("1-00000000-000000000000000000000000")]
    [InlineData(null)]
    public void Other_trace_ids_are_refused(string? text) => Assert.False(XRayTraceId.TryParse(text, out _));
}
