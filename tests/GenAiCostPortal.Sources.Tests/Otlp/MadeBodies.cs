using System.Text;
using System.Text.Json;
using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Bodies of made spans over both wire forms, and what the decoder reads of them.</summary>
internal static class MadeBodies
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    public static readonly PromptHashKey Key = new([1, 2, 3, 4]);

    public static WireSpan WireSpan() => new()
    {
        TraceId = ByteString.CopyFrom([.. Enumerable.Range(1, 16).Select(i => (byte)i)]),
        SpanId = ByteString.CopyFrom([.. Enumerable.Range(0x11, 8).Select(i => (byte)i)]),
        Name = "chat", Kind = 3, StartTimeUnixNano = 1_780_000_000_000_000_000, EndTimeUnixNano = 1_780_000_001_000_000_000,
    };

    public static KeyValue Text(string key, string value) => new() { Key = key, Value = new() { StringValue = value } };

    public static byte[] Body(params WireSpan[] spans) => Request(spans).ToByteArray();

    public static ExportTraceServiceRequest Request(WireSpan[] spans)
    {
        var scope = new ScopeSpans { Scope = new() { Name = "s", Version = "1" } };
        scope.Spans.AddRange(spans);
        return new() { ResourceSpans = { new ResourceSpans { Resource = new() { Attributes = { Text("service.name", "api") } }, ScopeSpans = { scope } } } };
    }

    /// <summary>The JSON of a span, with ids in hex as OTLP wants them (protobuf's own JSON has base64).</summary>
    public static string JsonFormatterOf(WireSpan span)
    {
        var json = JsonFormatter.Default.Format(Request([span]));
        foreach (var id in new[] { span.TraceId, span.SpanId })
            json = json.Replace(JsonSerializer.Serialize(id.ToBase64()), "\"" + Convert.ToHexString(id.Span) + "\"", StringComparison.Ordinal);
        return json;
    }

    public static DecodedSpans Decode(params WireSpan[] spans) => Decode(Body(spans));
    public static DecodedSpans Decode(byte[] body) => new OtlpDecoder(new OtlpOptions(), new TestClock(Now), Key).DecodeTraces(body, false);
    public static DecodedSpans DecodeJson(string json) =>
        new OtlpDecoder(new OtlpOptions(), new TestClock(Now), Key).DecodeTraces(Encoding.UTF8.GetBytes(json), true);
}
