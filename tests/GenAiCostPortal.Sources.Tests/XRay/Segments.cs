using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Sources.Otlp;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>Documents for tests, in the exporter's shapes (segment structs of collector-contrib <c>internal/aws/xray</c>).</summary>
internal static class Segments
{
    public const string TraceId = "1-69216a40-a1b2c3d4e5f60718293a4b5c";
    public static readonly DateTime Now = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);
    public static readonly XRayHome Home = new("111111111111", "eu-west-1");

    /// <summary>A service's segment with a nested step and, in it, a model call as the exporter writes it.</summary>
    public const string Exported = """
        {"trace_id":"1-69216a40-a1b2c3d4e5f60718293a4b5c","id":"00000000000000a1","name":"contracts","start_time":1763800000.123456789,"end_time":1763800004.5,
         "service":{"version":"2.4.1"},"origin":"AWS::ECS::Fargate","user":"u-7","http":{"request":{"method":"POST","url":"https://x.example/summarise?q=secret","user_agent":"curl","client_ip":"10.0.0.1"},"response":{"status":200,"content_length":512}},
         "aws":{"account_id":"222222222222","ecs":{"container":"c1"},"xray":{"sdk":"opentelemetry for python","sdk_version":"1.40.0","auto_instrumentation":true}},
         "annotations":{"genai_feature":"contract-summary"},
         "metadata":{"default":{"otel.resource.service.name":"contracts-api","otel.resource.deployment.environment.name":"prod","otel.resource.cloud.region":"us-east-1"}},
         "subsegments":[{"id":"00000000000000b2","name":"summarise","start_time":1763800000.2,"end_time":1763800004.4,
           "subsegments":[{"id":"00000000000000c3","name":"bedrock-runtime","namespace":"aws","start_time":1763800001.000000001,"end_time":1763800003.25,
             "aws":{"operation":"Converse","region":"us-east-1","account_id":"222222222222","request_id":"5fd8d4a9-0000-4b6b-9d2f-1e6a1a3a9c11","retries":2},
             "annotations":{"gen_ai_request_model":"us.anthropic.claude-sonnet-4-6","gen_ai_prompt_0_content":"secret annotation"},
             "metadata":{"default":{"gen_ai.usage.input_tokens":1980,"gen_ai.operation.name":"chat","gen_ai.input.messages":"[{\"secret\":1}]","otel.scope.name":"opentelemetry.instrumentation.botocore.bedrock-runtime","otel.scope.version":"0.61b0"},
                         "usage":{"gen_ai":{"usage":{"output_tokens":119,"cache_read":{"input_tokens":40}}}}}}]}]}
        """;

    public static SegmentDecoder Decoder(bool captureContent = false, PromptHashKey? key = null) =>
        new(new OtlpOptions { CaptureContent = captureContent }, new OwnerKeys(), new Aws.TestClock(Now), key ?? new PromptHashKey(new byte[32]));

    public static XRaySpans Decode(params string[] documents) => Decoder().DecodeSegments(TraceId, documents, Home);

    /// <summary>The one span of a document that holds only what a test asks about.</summary>
    public static Span One(string members) =>
        Decode($$"""{"id":"00000000000000a1","name":"s","start_time":1763800000,"end_time":1763800001,{{members}}}""").Spans.Single();

    public static Span Of(this XRaySpans spans, string id) => spans.Spans.Single(s => s.SpanId.ToString() == id);
}
