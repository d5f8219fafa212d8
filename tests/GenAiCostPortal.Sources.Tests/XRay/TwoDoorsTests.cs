using System.Text;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Otlp;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>A service that sends the same spans to a collector with two exporters: they are stored once, with the best of each.</summary>
public sealed class TwoDoorsTests
{
    private static readonly Aws.TestClock Clock = new(Segments.Now);

    private static readonly byte[] Sent = Encoding.UTF8.GetBytes("""
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"contracts-api"}},{"key":"service.version","value":{"stringValue":"2.4.1"}},{"key":"team","value":{"stringValue":"Billing"}}]},
         "scopeSpans":[{"scope":{"name":"opentelemetry.instrumentation.botocore.bedrock-runtime","version":"0.61b0"},"spans":[
          {"traceId":"69216a40a1b2c3d4e5f60718293a4b5c","spanId":"00000000000000a1","name":"POST /summarise","kind":2,"startTimeUnixNano":"1763800000123456789","endTimeUnixNano":"1763800004500000000"},
          {"traceId":"69216a40a1b2c3d4e5f60718293a4b5c","spanId":"00000000000000b2","parentSpanId":"00000000000000a1","name":"summarise","kind":1,"startTimeUnixNano":"1763800000200000000","endTimeUnixNano":"1763800004400000000"},
          {"traceId":"69216a40a1b2c3d4e5f60718293a4b5c","spanId":"00000000000000c3","parentSpanId":"00000000000000b2","name":"chat us.anthropic.claude-sonnet-4-6","kind":3,"startTimeUnixNano":"1763800001000000001","endTimeUnixNano":"1763800003250000000",
           "attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.request.model","value":{"stringValue":"us.anthropic.claude-sonnet-4-6"}},
            {"key":"gen_ai.usage.input_tokens","value":{"intValue":"1980"}},{"key":"gen_ai.usage.output_tokens","value":{"intValue":"119"}},{"key":"gen_ai.usage.cache_read.input_tokens","value":{"intValue":"40"}}]}]}]}]}
        """);

    private static async Task<string> StoreAsync(bool otlpFirst, Action<CallRow, TraceItem> check)
    {
        await using var portal = await TestPortal.OpenAsync(new AwsOptions(), Clock);
        var writer = portal.Get<TraceWriter>();
        async Task OtlpAsync() => await writer.WriteAsync(portal.Get<OtlpDecoder>().DecodeTraces(Sent, isJson: true).Spans);
        async Task XRayAsync() => await writer.WriteAsync([writer.Prepare(portal.Get<SegmentDecoder>().DecodeSegments(Segments.TraceId, [Segments.Exported], Segments.Home).Spans, 0, XRayReader.Signal)]);
        if (otlpFirst) await OtlpAsync();
        await XRayAsync();
        if (!otlpFirst) await OtlpAsync();
        // Once more, as an overlapping read does.
        await XRayAsync();

        var call = await portal.ReadAsync(db => db.Calls.AsNoTracking().SingleAsync());
        Assert.Equal(3, await portal.ReadAsync(db => db.Spans.CountAsync()));
        var detail = await portal.Get<TraceSearch>().OpenAsync(TraceIdOf("69216a40a1b2c3d4e5f60718293a4b5c"));
        check(call, detail!.Trace);
        return string.Join('\n', detail.Spans.OrderBy(s => s.SpanId.Value).Select(s => $"{s.SpanId} {s.ParentSpanId} {s.Name} {s.Kind} {s.DurationMs} {s.Status} {s.Model} "
            + string.Join(' ', s.StoredAttributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value}"))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_same_spans_through_both_doors_are_one_call_with_the_best_of_each(bool otlpFirst) => await StoreAsync(otlpFirst, (call, trace) =>
    {
        Assert.Equal((1980L, 119L, 40L), (call.Tokens.Input, call.Tokens.Output, call.Tokens.CacheRead));
        // Only X-Ray tells the request id and the feature; only OTLP the span's own name.
        Assert.Equal(("5fd8d4a9-0000-4b6b-9d2f-1e6a1a3a9c11", Doors.Otlp | Doors.XRay), (call.RequestId, call.Doors));
        Assert.Equal(("contract-summary", "2.4.1", "Otlp,XRay", 1, 3), (trace.Feature, trace.Release, trace.Source, trace.Calls, trace.Spans));
        Assert.Equal(1980 + 119 + 40, trace.Tokens);
    });

    [Fact]
    public async Task The_order_does_not_matter() =>
        Assert.Equal(await StoreAsync(true, (_, _) => { }), await StoreAsync(false, (_, _) => { }));

    private static TraceId TraceIdOf(string hex) => TraceId.TryParse(hex, out var id) ? id : default;
}
