using System.Diagnostics;
using System.Globalization;
using System.Text;
using GenAiCostPortal.Ledger;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Sources;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.InvocationLogs;
using GenAiCostPortal.Sources.Otlp;
using GenAiCostPortal.Sources.XRay;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Benchmarks;

/// <summary>Records of the invocation log and X-Ray segments, from their text to a synced commit, on one thread and without the network.</summary>
internal static class FeedSpeed
{
    private const int Group = 500;

    public static async Task<int> RunAsync(int total)
    {
        var folder = Directory.CreateTempSubdirectory("genai-feeds-");
        var owners = new OwnerKeys();
        await using (var services = new ServiceCollection().AddLogging()
            .AddLedger(new StoreOptions { ConnectionString = $"Data Source={Path.Combine(folder.FullName, "bench.db")};Pooling=False" }, owners)
            .AddSources(new OtlpOptions(), new AwsOptions()).BuildServiceProvider())
        {
            await AddStore.MigrateAsync(services.GetRequiredService<IDbContextFactory<LedgerDb>>());
            var writer = services.GetRequiredService<TraceWriter>();
            var now = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2);
            var reader = ActivatorUtilities.CreateInstance<LogRecordReader>(services);
            var logSpans = new LogSpans(owners);
            await MeasureAsync("invocation log, records", total, writer, i => [logSpans.Of(reader.Read(Encoding.UTF8.GetBytes(Record(now, i)))!)]);
            var segments = ActivatorUtilities.CreateInstance<SegmentDecoder>(services);
            await MeasureAsync("X-Ray, segments with a subsegment", total, writer, i => segments.DecodeSegments(TraceOf(now, i), [Segment(now, i)], new XRayHome("123456789012", "us-east-1")).Spans);
        }
        folder.Delete(recursive: true);
        return 0;
    }

    private static async Task MeasureAsync(string door, int total, TraceWriter writer, Func<int, IReadOnlyList<Span>> read)
    {
        var started = Stopwatch.StartNew();
        for (var at = 0; at < total; at += Group)
        {
            var spans = new List<Span>();
            for (var i = at; i < at + Group; i++) spans.AddRange(read(i));
            await writer.WriteAsync(spans);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{door}: {total / started.Elapsed.TotalSeconds:0} a second ({total} in {started.Elapsed.TotalSeconds:0.0} s)"));
    }

    private static string Record(DateTime now, int i) => $$$"""
        {"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"{{{now.AddMilliseconds(i * 20):yyyy-MM-ddTHH:mm:ssZ}}}","accountId":"123456789012","region":"us-east-1","requestId":"{{{new Guid(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)}}}",
        "operation":"Converse","modelId":"us.anthropic.claude-sonnet-4-5-20250929-v1:0","identity":{"arn":"arn:aws:sts::123456789012:assumed-role/support-bot/ecs-1"},"requestMetadata":{"feature":"support"},
        "input":{"inputContentType":"application/json","inputTokenCount":{{{1000 + i % 977}}}},"output":{"outputContentType":"application/json","outputTokenCount":{{{100 + i % 89}}}}}
        """;

    private static string TraceOf(DateTime now, int i) => string.Create(CultureInfo.InvariantCulture, $"1-{new DateTimeOffset(now, TimeSpan.Zero).ToUnixTimeSeconds():x8}-{i:x24}");

    private static string Segment(DateTime now, int i)
    {
        var start = string.Create(CultureInfo.InvariantCulture, $"{new DateTimeOffset(now, TimeSpan.Zero).ToUnixTimeMilliseconds() / 1000m + i / 100m}");
        var end = string.Create(CultureInfo.InvariantCulture, $"{new DateTimeOffset(now, TimeSpan.Zero).ToUnixTimeMilliseconds() / 1000m + i / 100m + 2}");
        return $$$"""
            {"id":"{{{i + 1:x16}}}","name":"contracts","start_time":{{{start}}},"end_time":{{{end}}},"trace_id":"{{{TraceOf(now, i)}}}","subsegments":[{"id":"{{{i + 1_000_000:x16}}}","name":"chat","namespace":"remote","start_time":{{{start}}},"end_time":{{{end}}},
            "metadata":{"default":{"gen_ai.operation.name":"chat","gen_ai.provider.name":"aws.bedrock","gen_ai.request.model":"us.anthropic.claude-sonnet-4-5-20250929-v1:0","gen_ai.usage.input_tokens":{{{1000 + i % 977}}},"gen_ai.usage.output_tokens":100} } }]}
            """;
    }
}
