using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using GenAiCostPortal.Sources.Otlp.Wire;
using Google.Protobuf;

namespace GenAiCostPortal.Benchmarks;

/// <summary>Items a second through the OTLP doors of a running portal: 200 items a request, 4 connections, each answer after its commit.</summary>
internal static class DoorSpeed
{
    private const int Items = 200, Connections = 4;
    private static readonly ulong Now = (ulong)TimeProvider.System.GetUtcNow().AddMinutes(-30).ToUnixTimeMilliseconds() * 1_000_000;
    private static int _sent;

    public static async Task<int> RunAsync(Uri http, Uri grpc, int seconds)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections });
        await MeasureAsync("gRPC, spans", seconds, () => GrpcAsync(client, grpc));
        await MeasureAsync("HTTP JSON, spans", seconds, () => PostAsync(client, new Uri(http, "/v1/traces"), Spans(Next())));
        await MeasureAsync("HTTP JSON, log records (GenAI events)", seconds, () => PostAsync(client, new Uri(http, "/v1/logs"), Events(Next())));
        await MeasureAsync("HTTP JSON, metric points", seconds, () => PostAsync(client, new Uri(http, "/v1/metrics"), Points(Next())));
        return 0;
    }

    private static async Task MeasureAsync(string door, int seconds, Func<Task> send)
    {
        await send();
        var started = Stopwatch.StartNew();
        long requests = 0;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            while (started.Elapsed.TotalSeconds < seconds)
            {
                await send();
                Interlocked.Increment(ref requests);
            }
        })));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{door}: {requests * Items / started.Elapsed.TotalSeconds:0} items/s"));
    }

    private static int Next() => Interlocked.Increment(ref _sent);

    private static async Task PostAsync(HttpClient client, Uri url, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(url, content);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task GrpcAsync(HttpClient client, Uri grpc)
    {
        var message = Request(Next()).ToByteArray();
        var frame = new byte[message.Length + 5];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(grpc, "/opentelemetry.proto.collector.trace.v1.TraceService/Export"))
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using var answer = await client.SendAsync(request);
        await answer.Content.ReadAsByteArrayAsync();
        var status = answer.TrailingHeaders.TryGetValues("grpc-status", out var ended) ? ended.First() : answer.Headers.GetValues("grpc-status").First();
        if (status != "0") throw new InvalidOperationException($"grpc-status {status}");
    }

    private static ExportTraceServiceRequest Request(int i)
    {
        var scope = new ScopeSpans { Scope = new InstrumentationScope { Name = "bench" } };
        for (var n = 1; n <= Items; n++)
        {
            var span = new WireSpan
            {
                TraceId = ByteString.CopyFrom(Convert.FromHexString(TraceId(i, n))), SpanId = ByteString.CopyFrom(Convert.FromHexString(n.ToString("x16", CultureInfo.InvariantCulture))),
                Name = "chat", Kind = 3, StartTimeUnixNano = Now + (ulong)i * 1_000_000, EndTimeUnixNano = Now + (ulong)i * 1_000_000 + 900_000_000,
            };
            foreach (var (key, value) in Attributes(n))
                span.Attributes.Add(new KeyValue { Key = key, Value = value is long number ? new AnyValue { IntValue = number } : new AnyValue { StringValue = (string)value } });
            scope.Spans.Add(span);
        }
        return new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { Resource = new Resource(), ScopeSpans = { scope } } } };
    }

    // Ten spans to a trace.
    private static string TraceId(int i, int n) => string.Create(CultureInfo.InvariantCulture, $"bbbbbbbbbbbb{i:x12}{n / 10:x8}");

    private static (string, object)[] Attributes(int n) =>
        [("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "aws.bedrock"), ("gen_ai.request.model", "amazon.nova-pro-v1:0"), ("gen_ai.usage.input_tokens", 1_000L + n), ("gen_ai.usage.output_tokens", 100L)];

    private static string Json(int n) => string.Join(',', Attributes(n).Select(a => a.Item2 is long number
        ? $$$"""{"key":"{{{a.Item1}}}","value":{"intValue":"{{{number}}}"}}""" : $$$"""{"key":"{{{a.Item1}}}","value":{"stringValue":"{{{a.Item2}}}"}}"""));

    private static string Spans(int i) => Wrap("resourceSpans", "scopeSpans", "spans", n => $$$"""
        {"traceId":"{{{TraceId(i, n)}}}","spanId":"{{{n:x16}}}","name":"chat","kind":3,"startTimeUnixNano":"{{{Now + (ulong)i * 1_000_000}}}","endTimeUnixNano":"{{{Now + (ulong)i * 1_000_000 + 900_000_000}}}","attributes":[{{{Json(n)}}}]}
        """);

    private static string Events(int i) => Wrap("resourceLogs", "scopeLogs", "logRecords", n => $$$"""
        {"timeUnixNano":"{{{Now + (ulong)i * 1_000_000}}}","eventName":"gen_ai.client.inference.operation.details","traceId":"{{{TraceId(i, n)}}}","spanId":"{{{n:x16}}}","attributes":[{{{Json(n)}}}]}
        """);

    private static string Points(int i) => Wrap("resourceMetrics", "scopeMetrics", "metrics", n => $$$"""
        {"name":"gen_ai.client.token.usage","unit":"{token}","histogram":{"aggregationTemporality":1,"dataPoints":[{"startTimeUnixNano":"{{{Now + (ulong)i * 1_000_000}}}","timeUnixNano":"{{{Now + (ulong)(i + 1) * 1_000_000}}}","count":"1","sum":100,
        "attributes":[{"key":"gen_ai.token.type","value":{"stringValue":"output"}},{"key":"gen_ai.provider.name","value":{"stringValue":"aws.bedrock"}},{"key":"gen_ai.request.model","value":{"stringValue":"amazon.nova-pro-v1:0"}},{"key":"server.port","value":{"intValue":"{{{n}}}"}}]}]}}
        """);

    private static string Wrap(string outer, string scopes, string items, Func<int, string> item) =>
        $$$"""{"{{{outer}}}":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"bench"}}]},"{{{scopes}}}":[{"scope":{"name":"bench"},"{{{items}}}":[{{{string.Join(',', Enumerable.Range(1, Items).Select(item))}}}]}]}]}""";
}
