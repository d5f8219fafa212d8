using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Export requests of the protocol for tests; start times lie a minute before the host's clock.</summary>
internal static class MadeRequest
{
    private static readonly ulong StartNs = (ulong)(OtlpHost.Now.ToUnixTimeMilliseconds() - 60_000) * 1_000_000;

    public static ExportTraceServiceRequest Of(params WireSpan[] spans)
    {
        var scope = new ScopeSpans { Scope = new InstrumentationScope { Name = "test", Version = "1" } };
        scope.Spans.AddRange(spans);
        var resource = new ResourceSpans { Resource = new Resource() };
        resource.Resource.Attributes.Add(Pair("service.name", new AnyValue { StringValue = "shop" }));
        resource.ScopeSpans.Add(scope);
        return new ExportTraceServiceRequest { ResourceSpans = { resource } };
    }

    public static ExportTraceServiceRequest Calls(int count, byte trace = 1) =>
        Of([.. Enumerable.Range(1, count).Select(i => Call(trace, i, 100, 10))]);

    public static WireSpan Call(byte trace, int id, long input, long output)
    {
        var span = new WireSpan
        {
            TraceId = ByteString.CopyFrom([trace, .. new byte[14], 1]), SpanId = ByteString.CopyFrom([1, 0, 0, 0, .. BitConverter.GetBytes(id)]), Name = "chat", Kind = 3,
            StartTimeUnixNano = StartNs + (ulong)id * 1_000_000, EndTimeUnixNano = StartNs + (ulong)(id + 1) * 1_000_000,
        };
        span.Attributes.Add(Pair("gen_ai.operation.name", new AnyValue { StringValue = "chat" }));
        span.Attributes.Add(Pair("gen_ai.request.model", new AnyValue { StringValue = "amazon.nova-pro-v1:0" }));
        span.Attributes.Add(Pair("gen_ai.usage.input_tokens", new AnyValue { IntValue = input }));
        span.Attributes.Add(Pair("gen_ai.usage.output_tokens", new AnyValue { IntValue = output }));
        return span;
    }

    public static KeyValue Pair(string key, AnyValue value) => new() { Key = key, Value = value };

    public const string Json = """
        {"resourceSpans":[{"scopeSpans":[{"scope":{"name":"test"},"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"chat","kind":3,
        "startTimeUnixNano":"1795175940000000000","endTimeUnixNano":"1795175941000000000","attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"amazon.nova-pro-v1:0"}},
        {"key":"gen_ai.usage.input_tokens","value":{"intValue":"100"}}]}]}]}]}
        """;
}
