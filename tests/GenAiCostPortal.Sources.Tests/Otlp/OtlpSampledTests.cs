using System.Text;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;
using Xunit;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>The trace state of a span through every door of OTLP into the store: at th:c (p = 1/4) three tokens stand beside each recorded one.</summary>
public sealed class OtlpSampledTests
{
    private const string Unrecorded = "SELECT SUM(UnrecordedInput+UnrecordedCacheRead+UnrecordedCacheWrite5m+UnrecordedCacheWrite30m+UnrecordedCacheWrite1h+UnrecordedOutput) FROM sampled_usage WHERE Span=2";
    private const string Recorded = "SELECT SUM(Input+CacheRead+CacheWrite5m+CacheWrite30m+CacheWrite1h+Output) FROM cost_rollup WHERE Span=2";

    /// <summary>A captured body as its sender would have sent it with a sampler of 25 %.</summary>
    private static byte[] Sampled(string file)
    {
        var request = ExportTraceServiceRequest.Parser.ParseFrom(CapturedBody.Bytes(file));
        foreach (var span in request.ResourceSpans.SelectMany(r => r.ScopeSpans).SelectMany(s => s.Spans)) span.TraceState = "vendor=a:b,ot=th:c";
        return request.ToByteArray();
    }

    private static void AssertAQuarterIsRecorded(OtlpHost host)
    {
        var calls = host.Number("SELECT SUM(Calls) FROM cost_rollup WHERE Span=2");
        Assert.True(calls > 0 && host.Number(Recorded) > 0);
        Assert.Equal([calls, 3 * host.Number(Recorded)], [host.Number("SELECT SUM(Calls) FROM sampled_usage WHERE Span=2"), host.Number(Unrecorded)]);
        Assert.Equal(3_000_000 * host.Number("SELECT SUM(Requests) FROM usage_rollup WHERE Span=2"), host.Number("SELECT SUM(UnrecordedMillionths) FROM sampled_requests WHERE Span=2"));
    }

    [Theory]
    [InlineData("traceloop-openai.proto.traces.1.pb")]
    [InlineData("otel-aws-sdk.proto.traces.1.pb")]
    public async Task Http_protobuf(string file)
    {
        await using var host = await OtlpHost.StartAsync(now: CapturedBody.Now);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(200, (await host.PostAsync(Sampled(file), gzip: i == 1)).Status);
            AssertAQuarterIsRecorded(host);
        }
    }

    [Fact]
    public async Task Grpc()
    {
        await using var host = await OtlpHost.StartAsync(now: CapturedBody.Now);
        Assert.Equal(0, (await host.CallAsync(Sampled("traceloop-openai.grpc.traces.1.pb"))).Status);
        AssertAQuarterIsRecorded(host);
    }

    [Fact]
    public async Task Http_json()
    {
        await using var host = await OtlpHost.StartAsync();
        var body = MadeRequest.Json.Replace("\"name\":\"chat\"", "\"name\":\"chat\",\"traceState\":\"ot=th:c\"", StringComparison.Ordinal);
        Assert.Equal(200, (await host.PostAsync(Encoding.UTF8.GetBytes(body), OtlpHost.Json)).Status);
        Assert.Equal([100L, 300], [host.Number(Recorded), host.Number(Unrecorded)]);
    }

    [Fact]
    public async Task A_sender_that_says_nothing_has_no_row_and_cannot_write_the_attribute_itself()
    {
        await using var host = await OtlpHost.StartAsync();
        var call = MadeRequest.Call(1, 1, 100, 10);
        call.Attributes.Add(MadeRequest.Pair(TraceState.KeptOf2Pow56, new AnyValue { IntValue = 1L << 54 }));
        Assert.Equal(200, (await host.PostAsync(MadeRequest.Of(call))).Status);
        Assert.Equal([110L, 0, 0], [host.Number(Recorded), host.Number("SELECT COUNT(*) FROM sampled_usage"), host.Number("SELECT COUNT(*) FROM sampled_requests")]);
    }
}
