using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using Xunit;

namespace GenAiCostPortal.App;

/// <summary>An acknowledged item is on disk: the portal is killed under load on every OTLP door, and everything it said yes to is there, once.</summary>
public sealed class CrashTests
{
    private const int EnoughPerDoor = 25, SpansPerBody = 20;
    private static readonly TimeSpan LongestLoad = TimeSpan.FromMinutes(2);
    private static readonly long Now = TimeProvider.System.GetUtcNow().AddMinutes(-10).ToUnixTimeMilliseconds() * 1_000_000;

    [Fact]
    public async Task What_was_acknowledged_on_any_door_is_there_once_after_a_kill()
    {
        await using var portal = new KilledPortal();
        await portal.StartAsync();
        using var client = new HttpClient { BaseAddress = portal.Pages };
        using var stop = new CancellationTokenSource(LongestLoad);
        var doors = new Door[]
        {
            new("traces", i => PostAsync(client, "/v1/traces", Traces(i))), new("logs", i => PostAsync(client, "/v1/logs", Event(i))),
            new("metrics", i => PostAsync(client, "/v1/metrics", Points(i))), new("grpc", GrpcSender(portal.Grpc)),
        };
        var senders = doors.Select(d => Task.Run(() => d.SendAsync(stop.Token))).ToList();
        while (!stop.IsCancellationRequested && doors.Any(d => d.Acknowledged.Count < EnoughPerDoor)) await Task.Delay(20, CancellationToken.None);
        await portal.KillAsync();
        await stop.CancelAsync();
        await Task.WhenAll(senders);
        Assert.All(doors, d => Assert.True(d.Acknowledged.Count >= EnoughPerDoor, $"{d.Name}: {d.Acknowledged.Count} acknowledged"));

        await portal.StartAsync();
        AssertStored(portal, doors);

        // Senders repeat what they had no answer to, and sometimes what they had: nothing is counted twice.
        foreach (var door in doors)
            for (var i = 0; i <= door.Last; i++) Assert.True(await door.Send(i));
        AssertStored(portal, doors, isRepeated: true);
        await portal.KillAsync();
    }

    private static void AssertStored(KilledPortal portal, Door[] doors, bool isRepeated = false)
    {
        var calls = portal.Read("SELECT hex(t.TraceId)||'/'||COUNT(*) FROM call c JOIN trace t ON t.Key=c.TraceKey GROUP BY t.Key").Select(s => s.ToLowerInvariant()).ToHashSet();
        foreach (var i in doors[0].Acknowledged) Assert.Contains($"{TraceId('a', i)}/{SpansPerBody}", calls);
        foreach (var i in doors[1].Acknowledged) Assert.Contains($"{TraceId('b', i)}/1", calls);
        foreach (var i in doors[3].Acknowledged) Assert.Contains($"{TraceId('d', i)}/1", calls);
        var points = portal.Read("SELECT TimeUnixMs FROM measured_point").ToHashSet();
        foreach (var i in doors[2].Acknowledged) Assert.Contains(((Now / 1_000_000) + i * 1_000L).ToString(CultureInfo.InvariantCulture), points);

        // The rollups are the calls, and each point counts its hundred tokens once.
        Assert.Equal(portal.Read("SELECT SUM(Input+Output) FROM call"), portal.Read("SELECT SUM(Input+Output) FROM usage_rollup WHERE Span=2"));
        Assert.Equal(portal.Read("SELECT COUNT(*)*100 FROM measured_point"), portal.Read("SELECT CAST(SUM(Value) AS INTEGER) FROM measured_usage"));
        if (!isRepeated) return;
        var expected = (doors[0].Last + 1) * SpansPerBody + doors[1].Last + 1 + doors[3].Last + 1;
        Assert.Equal([expected.ToString(CultureInfo.InvariantCulture)], portal.Read("SELECT COUNT(*) FROM call"));
        Assert.Equal([(doors[2].Last + 1).ToString(CultureInfo.InvariantCulture)], portal.Read("SELECT COUNT(*) FROM measured_point"));
    }

    /// <summary>A sender that goes on until it is stopped or cut, and keeps what was acknowledged.</summary>
    private sealed class Door(string name, Func<int, Task<bool>> send)
    {
        public string Name => name;
        public Func<int, Task<bool>> Send => send;
        public ConcurrentQueue<int> Acknowledged { get; } = new();
        public int Last { get; private set; } = -1;

        public async Task SendAsync(CancellationToken cancel)
        {
            while (!cancel.IsCancellationRequested)
            {
                var i = ++Last;
                try
                {
                    if (!await send(i)) return;
                }
                catch (HttpRequestException)
                {
                    return;
                }
                Acknowledged.Enqueue(i);
            }
        }
    }

    private static string TraceId(char door, int i) => string.Create(CultureInfo.InvariantCulture, $"{door}000000000000000000000000000{i:x4}");

    private static async Task<bool> PostAsync(HttpClient client, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(path, content);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private const string Resource = """{"attributes":[{"key":"service.name","value":{"stringValue":"contracts"}}]}""";

    private static string Traces(int i)
    {
        var spans = Enumerable.Range(1, SpansPerBody).Select(n => $$$"""
            {"traceId":"{{{TraceId('a', i)}}}","spanId":"{{{n:x16}}}","name":"chat","kind":3,"startTimeUnixNano":"{{{Now + n}}}","endTimeUnixNano":"{{{Now + 900_000_000}}}",
            "attributes":[{{{Calls(n)}}}]}
            """);
        return $$$"""{"resourceSpans":[{"resource":{{{Resource}}},"scopeSpans":[{"scope":{"name":"contracts"},"spans":[{{{string.Join(',', spans)}}}]}]}]}""";
    }

    private static string Event(int i) => $$$"""
        {"resourceLogs":[{"resource":{{{Resource}}},"scopeLogs":[{"scope":{"name":"contracts"},"logRecords":[{"timeUnixNano":"{{{Now}}}","eventName":"gen_ai.client.inference.operation.details",
        "traceId":"{{{TraceId('b', i)}}}","spanId":"00000000000000b1","attributes":[{{{Calls(7)}}}]}]}]}]}
        """;

    private static string Points(int i) => $$$"""
        {"resourceMetrics":[{"resource":{{{Resource}}},"scopeMetrics":[{"scope":{"name":"contracts"},"metrics":[{"name":"gen_ai.client.token.usage","unit":"{token}","histogram":{"aggregationTemporality":1,
        "dataPoints":[{"startTimeUnixNano":"{{{Now + (i - 1) * 1_000_000_000L}}}","timeUnixNano":"{{{Now + i * 1_000_000_000L}}}","count":"1","sum":100,
        "attributes":[{"key":"gen_ai.token.type","value":{"stringValue":"output"}},{"key":"gen_ai.provider.name","value":{"stringValue":"aws.bedrock"}},{"key":"gen_ai.request.model","value":{"stringValue":"amazon.nova-pro-v1:0"}}]}]}}]}]}]}
        """;

    private static string Calls(int n) => $$$"""
        {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.provider.name","value":{"stringValue":"aws.bedrock"}},{"key":"gen_ai.request.model","value":{"stringValue":"amazon.nova-pro-v1:0"}},
        {"key":"gen_ai.usage.input_tokens","value":{"intValue":"{{{100 + n}}}"}},{"key":"gen_ai.usage.output_tokens","value":{"intValue":"{{{n}}}"}}
        """;

    // The SDK's own exporter: its result says whether the collector acknowledged.
    private static Func<int, Task<bool>> GrpcSender(Uri grpc)
    {
        var source = new ActivitySource("crash." + grpc.Port.ToString(CultureInfo.InvariantCulture));
        var listener = new ActivityListener { ShouldListenTo = s => s == source, Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        var exporter = new OtlpTraceExporter(new OtlpExporterOptions { Endpoint = grpc, Protocol = OtlpExportProtocol.Grpc, TimeoutMilliseconds = 60_000 });
        // Sent again, it must be the same span.
        var made = new ConcurrentDictionary<int, Activity>();
        return i => Task.FromResult(exporter.Export(new Batch<Activity>(made.GetOrAdd(i, Make))) == ExportResult.Success);

        Activity Make(int i)
        {
            var parent = new ActivityContext(ActivityTraceId.CreateFromString(TraceId('d', i)), ActivitySpanId.CreateFromString("00000000000000d0"), ActivityTraceFlags.Recorded, isRemote: true);
            var activity = source.CreateActivity("chat", ActivityKind.Client, parent)!;
            activity.SetTag("gen_ai.operation.name", "chat").SetTag("gen_ai.provider.name", "aws.bedrock").SetTag("gen_ai.request.model", "amazon.nova-pro-v1:0")
                .SetTag("gen_ai.usage.input_tokens", 500L).SetTag("gen_ai.usage.output_tokens", 5L);
            activity.Start();
            activity.Stop();
            return activity;
        }
    }
}
