using System.Text;
using System.Text.Json.Nodes;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Otlp;
using Xunit;

namespace GenAiCostPortal.Sources.InvocationLogs;

public sealed class LogRecordTests
{
    private static readonly DateTime Now = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);
    private static readonly PromptHashKey HashKey = new([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    private static LogRecord? Read(string line, bool captureContent = false)
    {
        using var reader = new LogRecordReader(new OtlpOptions { CaptureContent = captureContent }, HashKey, new Aws.TestClock(Now));
        return reader.Read(Encoding.UTF8.GetBytes(line));
    }

    private static Span SpanOf(string line, bool captureContent = false, OwnerKeys? owners = null) => new LogSpans(owners ?? new OwnerKeys()).Of(Read(line, captureContent)!);

    private static Call CallOf(string line) => Assert.Single(TraceReader.Read([SpanOf(line)], new OwnerKeys()).Calls);

    private static string Made(Action<JsonObject> also) => MadeRecord.Line(Now.AddHours(-1), "r-1", also: also);

    [Fact]
    public void The_first_sample_an_Anthropic_stream_with_a_cache_write()
    {
        var span = SpanOf(MadeRecord.Samples[0]);
        var id = RequestIds.Of("0b6c1c1e-6f0e-4a1e-9a53-5d1b8b0f4a11");
        Assert.Equal((id.Trace, id.Span, Doors.InvocationLog, "InvokeModelWithResponseStream", SpanKind.Client, SpanStatus.Unset),
            (span.TraceId, span.SpanId, span.Doors, span.Name, span.Kind, span.Status));
        // 2026-08-07T02:48:23Z is 1786070903 s (date -u -d); the stream took 4,212 ms, its first byte 1,180 ms.
        Assert.Equal(1_786_070_903_000_000_000, span.StartUnixNs);
        Assert.Equal(4_212, span.DurationMs);
        Assert.Equal(1.18, span.Attributes.Number("gen_ai.response.time_to_first_chunk"));
        var expected = new Dictionary<string, object>
        {
            ["gen_ai.provider.name"] = "aws.bedrock", ["gen_ai.usage.input_tokens"] = 3L, ["gen_ai.usage.output_tokens"] = 142L,
            ["gen_ai.usage.cache_read.input_tokens"] = 0L, ["gen_ai.usage.cache_creation.input_tokens"] = 28_857L,
            ["gen_ai.usage.cache_creation.ephemeral_5m_input_tokens"] = 28_857L, ["gen_ai.usage.cache_creation.ephemeral_1h_input_tokens"] = 0L,
            ["aws.request_id"] = "0b6c1c1e-6f0e-4a1e-9a53-5d1b8b0f4a11", ["cloud.account.id"] = "111122223333", ["cloud.region"] = "us-east-1",
            ["aws.bedrock.inference_region"] = "us-east-2", ["aws.iam.principal"] = "arn:aws:sts::111122223333:assumed-role/ClaudeCodeUsers/alice@example.com",
            ["team"] = "platform", ["requestMetadata.team"] = "platform", ["requestMetadata.app"] = "claude-code", ["app"] = "claude-code", ["service.namespace"] = "claude-code",
        };
        foreach (var (key, value) in expected) Assert.Equal(value, span.Attributes[key]);

        var call = CallOf(MadeRecord.Samples[0]);
        Assert.Equal(new TokenCounts(3, 0, 28_857, 0, 0, 142), call.Tokens);
        Assert.Equal(("platform", "claude-code", "111122223333", "us-east-1"), (call.Owners.Team, call.Owners.Application, call.AccountId, call.Region));
        Assert.Equal((1_180d, CallStatus.Ok, false), (call.TimeToFirstTokenMs, call.Status, call.IsOffBill));
    }

    [Theory]
    // Asked for by Converse; told by the trace of Converse, of InvokeModel, of an answer alone; nothing said.
    [InlineData("""{"input":{"inputBodyJson":{"guardrailConfig":{"guardrailIdentifier":"arn:aws:bedrock:us-east-1:111122223333:guardrail/gr4d3xample","guardrailVersion":"1"}}}}""", "gr4d3xample")]
    [InlineData("""{"output":{"outputBodyJson":{"trace":{"guardrail":{"inputAssessment":{"gr1":{"topicPolicy":{}}}}}}}}""", "gr1")]
    [InlineData("""{"output":{"outputBodyJson":{"amazon-bedrock-trace":{"guardrail":{"input":{"gr2":{}}}}}}}""", "gr2")]
    [InlineData("""{"output":{"outputBodyJson":[{"metadata":{"trace":{"guardrail":{"outputAssessments":{"gr3":[{}]}}}}}]}}""", "gr3")]
    [InlineData("""{"output":{"outputBodyJson":{"amazon-bedrock-trace":{"guardrail":{"outputs":[{"gr5":{}}]}}}}}""", "gr5")]
    [InlineData("""{"output":{"outputBodyJson":{"trace":"on","amazon-bedrock-trace":{"guardrail":{"input":[]}}}}}""", "")]
    public void The_guardrail_that_a_body_names_is_the_calls(string bodies, string guardrail)
    {
        var call = CallOf(Made(record =>
        {
            foreach (var (name, body) in JsonNode.Parse(bodies)!.AsObject()) record[name] = body!.DeepClone();
        }));
        Assert.Equal(guardrail, call.Guardrail);
    }

    [Fact]
    public void The_second_sample_Converse_stream()
    {
        var call = CallOf(MadeRecord.Samples[1]);
        Assert.Equal(new TokenCounts(4_512, 0, 0, 0, 0, 318), call.Tokens);
        Assert.Equal(("anthropic.claude-sonnet-4-5", RoutingScope.Geographic, 3_821d, "chat"), (call.Model.Canonical, call.Model.Scope, call.DurationMs, call.Operation));
        Assert.Equal(1_024L, SpanOf(MadeRecord.Samples[1]).Attributes["gen_ai.request.max_tokens"]);
    }

    [Fact]
    public void Cache_lifetimes_of_Converse_come_from_its_details()
    {
        var call = CallOf(Made(r =>
        {
            r["input"]!["cacheWriteInputTokenCount"] = 1_500;
            r["output"]!["outputBodyJson"] = JsonNode.Parse("""{"usage":{"inputTokens":100,"outputTokens":10,"cacheWriteInputTokens":1500,"cacheDetails":[{"ttl":"5m","inputTokens":500},{"ttl":"1h","inputTokens":1000}]}}""");
        }));
        Assert.Equal(new TokenCounts(100, 0, 500, 0, 1_000, 10), call.Tokens);
    }

    [Fact]
    public void Counts_that_the_record_leaves_out_come_from_the_body()
    {
        var call = CallOf(Made(r =>
        {
            r["input"]!.AsObject().Remove("inputTokenCount");
            r["output"]!.AsObject().Remove("outputTokenCount");
            r["output"]!["outputBodyJson"] = JsonNode.Parse("""[{"type":"message_start","message":{"usage":{"input_tokens":7,"cache_read_input_tokens":90,"output_tokens":1}}},{"type":"message_delta","usage":{"output_tokens":33}}]""");
        }));
        Assert.Equal(new TokenCounts(7, 90, 0, 0, 0, 33), call.Tokens);
    }

    [Fact]
    public void A_throttled_call_costs_nothing_and_its_tokens_are_not_zero_but_unknown()
    {
        var call = CallOf(Made(r =>
        {
            r["errorCode"] = "ThrottlingException";
            r["input"]!.AsObject().Remove("inputTokenCount");
            r.Remove("output");
        }));
        Assert.Equal((CallStatus.Throttled, "ThrottlingException", TokenState.Unknown, false), (call.Status, call.ErrorType, call.TokenState, call.IsBillable));
    }

    [Theory]
    [InlineData("\"400\"", CallStatus.Invalid)]
    [InlineData("403", CallStatus.Denied)]
    [InlineData("\"failed\"", CallStatus.Error)]
    [InlineData("\"200\"", CallStatus.Ok)]
    [InlineData("\"success\"", CallStatus.Ok)]
    public void A_status_alone_says_how_it_ended(string status, CallStatus expected) => Assert.Equal(expected, CallOf(Made(r => r["status"] = JsonNode.Parse(status))).Status);

    [Fact]
    public void Tier_and_latency_mode_decide_the_price_wherever_they_are_said()
    {
        Assert.Equal(ServiceTier.Priority, CallOf(Made(r => r["serviceTier"] = "priority")).Tier);
        Assert.Equal(ServiceTier.Flex, CallOf(Made(r => r["output"]!["outputBodyJson"] = JsonNode.Parse("""{"serviceTier":{"type":"flex"}}"""))).Tier);
        Assert.Equal(ServiceTier.LatencyOptimised, CallOf(Made(r => r["performanceConfig"] = JsonNode.Parse("""{"latency":"optimized"}"""))).Tier);
        Assert.Equal(ServiceTier.Standard, CallOf(Made(_ => { })).Tier);
    }

    [Fact]
    public void An_embedding_counts_its_input_alone()
    {
        var call = CallOf(Made(r =>
        {
            (r["operation"], r["modelId"]) = ("InvokeModel", "amazon.titan-embed-text-v2:0");
            r["output"]!.AsObject().Remove("outputTokenCount");
        }));
        Assert.Equal((new TokenCounts(100, 0, 0, 0, 0, 0), "embeddings", "amazon.titan-embed-text-v2"), (call.Tokens, call.Operation, call.Model.Canonical));
    }

    [Fact]
    public void A_list_of_identities_is_taken_by_its_first() =>
        Assert.Equal("arn:aws:iam::1:user/a", Read(Made(r => r["identity"]!["arn"] = new JsonArray("arn:aws:iam::1:user/a", "x")))!.PrincipalArn);

    [Fact]
    public void Equal_prompts_hash_alike_and_no_text_is_kept()
    {
        string Ask(string text) => Made(r => r["input"]!["inputBodyJson"] = new JsonObject { ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }) });
        var (first, again, other) = (SpanOf(Ask("What is in the contract?")), SpanOf(Ask("What is in the contract?")), SpanOf(Ask("What is new?")));
        Assert.NotNull(first.Attributes[TraceReader.PromptHash]);
        Assert.Equal(first.Attributes[TraceReader.PromptHash], again.Attributes[TraceReader.PromptHash]);
        Assert.NotEqual(first.Attributes[TraceReader.PromptHash], other.Attributes[TraceReader.PromptHash]);
        Assert.DoesNotContain("contract", first.Attributes.ToJson(), StringComparison.Ordinal);
        Assert.Contains("contract", SpanOf(Ask("What is in the contract?"), captureContent: true).Attributes.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_names_the_owners_in_its_own_words_or_in_ours()
    {
        Call Of(params (string Key, string Value)[] metadata) => CallOf(Made(r => r["requestMetadata"] = new JsonObject(metadata.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value)))));
        var own = Of(("feature", "contract-summary"), ("team", "Billing"), ("App", "contracts"), ("Environment", "prod")).Owners;
        Assert.Equal(("contract-summary", "Billing", "contracts", "prod"), (own.Feature, own.Team, own.Application, own.Environment));
        Assert.Equal("search", Of(("GenAI:Workload", "search")).Owners.Feature);
        Assert.Equal("search", Of(("genai.feature", "search"), ("workload", "other")).Owners.Feature);
        Assert.Equal(("", ""), (Of(("colour", "blue")).Owners.Feature, Of(("colour", "blue")).Owners.Environment));
    }

    [Theory]
    [InlineData("userId")]
    [InlineData("user.id")]
    [InlineData("end-user")]
    public void Metadata_says_who_asked(string key) =>
        Assert.Equal("anna", SpanOf(Made(r => r["requestMetadata"] = new JsonObject { [key] = "anna" })).Attributes.Text("user.id"));

    [Fact]
    public void Metadata_cannot_pass_for_what_AWS_counted()
    {
        var span = SpanOf(Made(r => r["requestMetadata"] = JsonNode.Parse("""{"gen_ai.usage.input_tokens":"1","cloud.account.id":"999999999999","portal.prompt_hash":"7","input":"secret text","aws.request_id":"x"}""")));
        var call = Assert.Single(TraceReader.Read([span], new OwnerKeys()).Calls);
        Assert.Equal((100L, "111122223333", "r-1", (long?)null), (call.Tokens.Input, call.AccountId, call.RequestId, call.PromptHash));
        Assert.Null(span.Attributes["input"]);
        Assert.Equal("999999999999", span.Attributes["requestMetadata.cloud.account.id"]);
    }

    [Fact]
    public void Owner_attributes_of_the_configuration_are_filled_too()
    {
        var owners = new OwnerKeys { ApplicationAttributes = ["acme.app"], FeatureAttributes = ["acme.feature"] };
        var span = SpanOf(Made(r => r["requestMetadata"] = JsonNode.Parse("""{"application":"contracts","acme.feature":"search"}""")), owners: owners);
        Assert.Equal(("contracts", "search"), (span.Attributes["acme.app"], span.Attributes["acme.feature"]));
    }

    [Fact]
    public void A_record_without_a_request_id_is_the_same_call_each_time()
    {
        string Nameless(long input) => MadeRecord.Line(Now.AddHours(-1), "", input, also: r => r.Remove("requestId"));
        Assert.Equal(SpanOf(Nameless(5)).TraceId, SpanOf(Nameless(5)).TraceId);
        Assert.NotEqual(SpanOf(Nameless(5)).TraceId, SpanOf(Nameless(6)).TraceId);
        // Its stand-in is the record's own, never mistaken for an id of AWS: delivered again, the record finds the call it has joined.
        Assert.StartsWith("record:", CallOf(Nameless(5)).RequestId, StringComparison.Ordinal);
        Assert.Equal(CallOf(Nameless(5)).RequestId, CallOf(Nameless(5)).RequestId);
    }

    [Theory]
    [InlineData("Permissions are correctly set for Amazon Bedrock logs.")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"timestamp\":\"2026-11-21T11:00:00Z\"}")]
    [InlineData("{\"timestamp\":\"yesterday\",\"modelId\":\"m\"}")]
    [InlineData("{\"timestamp\":\"1970-01-01T00:00:00Z\",\"modelId\":\"m\"}")]
    [InlineData("{\"timestamp\":\"2027-01-01T00:00:00Z\",\"modelId\":\"m\"}")]
    [InlineData("{\"timestamp\":\"2026-11-21T11:00:00Z\",\"modelId\":\"\\ud800\"}")]
    [InlineData("{\"timestamp\":\"2026-11-21T11:00:00Z\",\"modelId\":\"m\"")]
    public void What_is_no_record_is_none(string line) => Assert.Null(Read(line));

    [Fact]
    public void Thirty_thousand_mutated_lines_crash_nothing()
    {
        var random = new Random(20261122);
        var seeds = MadeRecord.Samples.Append(Made(r => r["requestMetadata"] = new JsonObject { ["feature"] = "x" })).Select(Encoding.UTF8.GetBytes).ToArray();
        using var reader = new LogRecordReader(new OtlpOptions(), HashKey, new Aws.TestClock(Now));
        var spans = new LogSpans(new OwnerKeys());
        int records = 0, none = 0;
        for (var i = 0; i < 30_000; i++)
        {
            if (reader.Read(Mutate(seeds[i % seeds.Length], random)) is not { } record)
            {
                none++;
                continue;
            }
            records++;
            var span = spans.Of(record);
            Assert.True(span.EndUnixNs >= span.StartUnixNs);
            var call = TraceReader.Read([span], new OwnerKeys()).Calls;
            Assert.All(call, c => Assert.True(c.Tokens.Input >= 0 && c.Tokens.Output >= 0));
            SpanAttributes.FromJson(span.Attributes.ToJson());
        }
        // Both kinds must have been met, else the test mutates nothing or everything.
        Assert.True(records > 1_000 && none > 1_000, $"{records} records, {none} none");
    }

    private static byte[] Mutate(byte[] line, Random random)
    {
        var bytes = line.ToList();
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at))); break;
                case 3: bytes.InsertRange(at, Encoding.UTF8.GetBytes(((string[])["null", "-1", "1e400", "[[[", "{}", "\"\\ud800\"", "9223372036854775808", "true"])[random.Next(8)])); break;
                // A digit or a word in place of a value keeps the JSON whole: types change, which is what must be survived.
                case 4: Replace(bytes, at, random, ":\"", ":7,\"x\":\""); break;
                default: Replace(bytes, at, random, ":{", ":[],\"y\":{"); break;
            }
            if (bytes.Count == 0) bytes.Add((byte)'{');
        }
        return [.. bytes];
    }

    private static void Replace(List<byte> bytes, int from, Random random, string what, string by)
    {
        var text = Encoding.Latin1.GetString([.. bytes]);
        var at = text.IndexOf(what, from, StringComparison.Ordinal);
        if (at < 0) return;
        bytes.RemoveRange(at, what.Length);
        bytes.InsertRange(at, Encoding.Latin1.GetBytes(random.Next(2) == 0 ? by : what));
    }
}
