using System.Text;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>GenAI metrics through the real receiver.</summary>
public sealed class OtlpMetricsTests
{
    private static readonly ulong At = (ulong)OtlpHost.Now.ToUnixTimeMilliseconds() * 1_000_000;
    private const ulong Minute = 60_000_000_000;

    // Added up by hand from the captured bodies; each is one run of known calls (Data/otlp).
    public static TheoryData<string, string, long, long, long> Captured()
    {
        var data = new TheoryData<string, string, long, long, long>();
        foreach (var transport in new[] { "json", "protobuf", "gzip", "grpc" })
        {
            data.Add("otel-openai", transport, 4_849, 228, 7);
            data.Add("elastic-openai", transport, 2_429, 114, 5);
            data.Add("otel-aws-sdk", transport, 420, 66, 2);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Captured))]
    public async Task Captured_metrics_come_in_by_every_transport(string emitter, string transport, long input, long output, long calls)
    {
        await using var host = await OtlpHost.StartAsync(now: CapturedBody.Now);
        var file = emitter + ".json.metrics.1.json";
        for (var i = 0; i < 2; i++) await OtlpLogsTests.SendAsync(host, file, transport);
        long Sum(string measures) => host.Number($"SELECT SUM(Value) FROM measured_usage WHERE Measure IN ({measures})");
        Assert.Equal([input, output, calls], [Sum("0,7"), Sum("1"), Sum("5")]);
        // The AWS SDK's prompts leave the cache out, those of the vendors' SDKs do not.
        Assert.Equal(emitter == "otel-aws-sdk" ? input : 0, Sum("7"));
        Assert.Equal(host.Number("SELECT Received FROM signal_count"), host.Number("SELECT Stored FROM signal_count"));
        Assert.Equal(0, host.Number("SELECT COUNT(*) FROM span"));
    }

    [Theory]
    [InlineData("otel-openai")]
    [InlineData("elastic-openai")]
    public async Task Metrics_and_spans_of_one_run_count_the_same_calls_under_the_same_names(string emitter)
    {
        await using var host = await OtlpHost.StartAsync(now: CapturedBody.Now);
        await OtlpLogsTests.SendAsync(host, emitter + ".json.metrics.1.json", "json");
        await OtlpLogsTests.SendAsync(host, emitter + ".json.traces.1.json", "json");
        using var expected = CapturedBody.Expected();
        Assert.Equal(expected.RootElement.GetProperty(emitter).GetProperty("calls").GetInt64(), host.Number("SELECT SUM(Value) FROM measured_usage WHERE Measure=5"));
        const string names = "s.ModelId||'|'||s.ProviderId||'|'||s.ApplicationId||'|'||s.EnvironmentId||'|'||s.TeamId||'|'||s.ReleaseId||'|'||s.IsOffBill";
        Assert.Equal(0, host.Number($"""
            SELECT COUNT(*) FROM measured_usage u JOIN usage_series s ON s.Id=u.SeriesId
            WHERE {names} NOT IN (SELECT {names} FROM usage_rollup r JOIN usage_series s ON s.Id=r.SeriesId WHERE r.Calls>0)
            """));
    }

    [Fact]
    public async Task All_forms_of_an_instrument_are_read_and_all_other_metrics_counted()
    {
        await using var host = await OtlpHost.StartAsync();
        var histogram = new WireHistogramPoint { StartTimeUnixNano = At - Minute, TimeUnixNano = At, Count = 2, Sum = 40, BucketCounts = { 1, 1, 0 }, ExplicitBounds = { 10, 30 } };
        histogram.Attributes.AddRange(About("input"));
        var exponential = new WireExponentialPoint { StartTimeUnixNano = At - Minute, TimeUnixNano = At, Count = 2, Sum = 7, Scale = -3 };
        exponential.Attributes.AddRange(About("output"));
        var counter = new WireNumberPoint { StartTimeUnixNano = At - Minute, TimeUnixNano = At, AsInt = 500 };
        counter.Attributes.AddRange(About(null));
        var written = counter.Clone();
        (written.AsDouble, written.Flags) = (60.0, 0);
        var gone = counter.Clone();
        gone.Flags = 1;
        var body = Request(
            new WireMetric { Name = "gen_ai.client.token.usage", Histogram = new() { AggregationTemporality = 1, DataPoints = { histogram } } },
            new WireMetric { Name = "gen_ai.client.token.usage", ExponentialHistogram = new() { AggregationTemporality = 2, DataPoints = { exponential } } },
            new WireMetric { Name = "gen_ai.client.inference.usage.cache_read.input_tokens", Sum = new() { AggregationTemporality = 2, IsMonotonic = true, DataPoints = { counter, gone } } },
            new WireMetric { Name = "gen_ai.client.inference.usage.cache_write.input_tokens", Sum = new() { AggregationTemporality = 1, IsMonotonic = true, DataPoints = { written } } },
            new WireMetric { Name = "gen_ai.client.inference.usage.output_tokens", Sum = new() { AggregationTemporality = 2, IsMonotonic = false, DataPoints = { counter } } },
            new WireMetric { Name = "gen_ai.client.inference.usage.output_tokens", Gauge = new() { DataPoints = { counter } } },
            new WireMetric { Name = "http.server.request.duration", Histogram = new() { AggregationTemporality = 2, DataPoints = { histogram, histogram } } },
            new WireMetric { Name = "nothing" });
        Assert.Equal((200, 0), (await host.PostAsync(body, path: "/v1/metrics")) is var answer ? (answer.Status, answer.Body.Length) : default);
        Assert.Equal([40L, 7, 500, 60], [.. new[] { 0, 1, 2, 3 }.Select(m => host.Number($"SELECT SUM(Value) FROM measured_usage WHERE Measure={m}"))]);
        // Stored four; ignored: no recorded value, not monotonic, a gauge, two of another metric.
        Assert.Equal([9L, 4, 0], [host.Number("SELECT Received FROM signal_count"), host.Number("SELECT Stored FROM signal_count"), host.Number("SELECT Rejected FROM signal_count")]);
        var totals = host.Services.GetRequiredService<OtlpCounters>().Totals.Single(t => t.Signal == "metrics");
        Assert.Equal((9L, 4L, 0L, 5L), (totals.Received, totals.Stored, totals.Rejected, totals.Ignored));
    }

    private static readonly Dictionary<string, Action<WireHistogramPoint>> Odd = new()
    {
        { "no sum", p => p.ClearSum() },
        { "negative", p => p.Sum = -5 },
        { "no number", p => p.Sum = double.NaN },
        { "no time", p => p.TimeUnixNano = 0 },
        { "in the future", p => p.TimeUnixNano = At + 2 * 24 * 60 * Minute },
        { "more than 14 days old", p => p.TimeUnixNano = At - 16 * 24 * 60 * Minute },
        { "no temporality", _ => { } },
    };

    public static TheoryData<string> OddNames => [.. Odd.Keys];

    [Theory]
    [MemberData(nameof(OddNames))]
    public async Task A_point_that_cannot_be_kept_is_a_partial_success(string what)
    {
        await using var host = await OtlpHost.StartAsync();
        WireHistogramPoint Point(double sum)
        {
            var point = new WireHistogramPoint { StartTimeUnixNano = At - Minute, TimeUnixNano = At, Count = 1, Sum = sum };
            point.Attributes.AddRange(About("input"));
            return point;
        }
        var odd = Point(1);
        Odd[what](odd);
        var answer = await host.PostAsync(Request(
            new WireMetric { Name = "gen_ai.client.token.usage", Histogram = new() { AggregationTemporality = what == "no temporality" ? 0 : 1, DataPoints = { odd } } },
            new WireMetric { Name = "gen_ai.client.token.usage", Histogram = new() { AggregationTemporality = 1, DataPoints = { Point(40) } } }), path: "/v1/metrics");
        var partial = ExportTraceServiceResponse.Parser.ParseFrom(answer.Body).PartialSuccess;
        Assert.Equal((what, 200, 1L), (what, answer.Status, partial.RejectedSpans));
        Assert.NotEqual("", partial.ErrorMessage);
        Assert.Equal([40L, 2, 1, 1], [host.Number("SELECT SUM(Value) FROM measured_usage"), host.Number("SELECT Received FROM signal_count"), host.Number("SELECT Stored FROM signal_count"), host.Number("SELECT Rejected FROM signal_count")]);
    }

    [Fact]
    public async Task The_count_of_rejected_points_has_its_own_name_in_json()
    {
        await using var host = await OtlpHost.StartAsync();
        var answer = await host.PostAsync(Encoding.UTF8.GetBytes("""
            {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"gen_ai.client.token.usage","histogram":{"aggregationTemporality":1,"dataPoints":[{"timeUnixNano":"5","sum":3,"count":"1"}]}}]}]}]}
            """), OtlpHost.Json, path: "/v1/metrics");
        Assert.Equal("""{"partialSuccess":{"rejectedDataPoints":"1","errorMessage":"A data point is more than 14 days old."}}""", answer.Text);
    }

    [Fact]
    public async Task The_answer_comes_after_the_commit_and_the_key_says_whose_usage_it_is()
    {
        await using var host = await OtlpHost.StartAsync(check: _ => ValueTask.FromResult<IngestBinding?>(new IngestBinding("payments", "prod", "111122223333")));
        var point = new WireNumberPoint { StartTimeUnixNano = At - Minute, TimeUnixNano = At, AsInt = 500 };
        point.Attributes.AddRange(About(null));
        var body = Request(new WireMetric { Name = "gen_ai.client.inference.usage.input_tokens", Sum = new() { AggregationTemporality = 1, IsMonotonic = true, DataPoints = { point } } });
        var turn = await host.Services.GetRequiredService<WriteGate>().EnterAsync();
        var waiting = host.PostAsync(body, path: "/v1/metrics");
        while (host.Services.GetRequiredService<Inbox>().WaitingSpans == 0) await Task.Yield();
        Assert.False(waiting.IsCompleted);
        turn.Dispose();
        Assert.Equal(200, (await waiting).Status);
        Assert.Equal(1, host.Number("SELECT COUNT(*) FROM measured_usage u JOIN usage_series s ON s.Id=u.SeriesId JOIN dimension t ON t.Id=s.TeamId WHERE t.Name='payments' AND u.Value=500"));
    }

    private static IEnumerable<KeyValue> About(string? type)
    {
        yield return MadeRequest.Pair("gen_ai.operation.name", new AnyValue { StringValue = "chat" });
        yield return MadeRequest.Pair("gen_ai.request.model", new AnyValue { StringValue = "amazon.nova-pro-v1:0" });
        if (type is not null) yield return MadeRequest.Pair("gen_ai.token.type", new AnyValue { StringValue = type });
    }

    private static byte[] Request(params WireMetric[] metrics)
    {
        var scope = new ScopeMetrics { Scope = new InstrumentationScope { Name = "test", Version = "1" } };
        scope.Metrics.AddRange(metrics);
        var resource = new ResourceMetrics { Resource = new Resource(), ScopeMetrics = { scope } };
        resource.Resource.Attributes.Add(MadeRequest.Pair("service.name", new AnyValue { StringValue = "shop" }));
        return new ExportMetricsServiceRequest { ResourceMetrics = { resource } }.ToByteArray();
    }
}
