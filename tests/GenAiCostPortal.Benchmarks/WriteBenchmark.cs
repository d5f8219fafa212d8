using System.Diagnostics;
using System.Globalization;
using GenAiCostPortal.Ledger;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Sources;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Otlp;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Benchmarks;

/// <summary>The steps of a delivery one after the other on one thread, in CPU time: what a busy machine does not blur.</summary>
internal static class WriteBenchmark
{
    public static async Task<int> RunAsync(string bodyPath, int total)
    {
        var folder = Directory.CreateTempSubdirectory("genai-bench-");
        await using var services = new ServiceCollection().AddLogging()
            .AddLedger(new StoreOptions { ConnectionString = $"Data Source={Path.Combine(folder.FullName, "bench.db")}" }, new OwnerKeys())
            .AddSources(new OtlpOptions(), new AwsOptions()).BuildServiceProvider();
        await AddStore.MigrateAsync(services.GetRequiredService<IDbContextFactory<LedgerDb>>());
        var decoder = services.GetRequiredService<OtlpDecoder>();
        var writer = services.GetRequiredService<TraceWriter>();
        var bodies = Directory.Exists(bodyPath) ? Directory.GetFiles(bodyPath, "*.pb").Select(File.ReadAllBytes).ToArray() : [await File.ReadAllBytesAsync(bodyPath)];
        var batch = decoder.DecodeTraces(bodies[0], isJson: false).Spans.Count;

        var (decode, prepare, write) = (new CpuClock(), new CpuClock(), new CpuClock());
        var ids = new Random(1);
        var group = new List<PreparedSpans>();
        for (var round = 0; round * batch < total; round++)
        {
            if (round == 100) (decode, prepare, write) = (new CpuClock(), new CpuClock(), new CpuClock());
            var body = bodies[round % bodies.Length];
            decode.Start();
            var spans = decoder.DecodeTraces(body, isJson: false).Spans;
            decode.Stop(spans.Count);
            var renamed = Rename(spans, ids);
            prepare.Start();
            var prepared = writer.Prepare(renamed);
            prepare.Stop(spans.Count);
            group.Add(prepared);
            if (group.Count < 3) continue;
            write.Start();
            await writer.WriteAsync(group);
            write.Stop(spans.Count * group.Count);
            group.Clear();
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CPU µs a span, batches of {batch}: decode {decode.PerItem:F1}, prepare {prepare.PerItem:F1}, write {write.PerItem:F1}"));
        writer.Dispose();
        folder.Delete(recursive: true);
        return 0;
    }

    private static List<Span> Rename(IReadOnlyList<Span> spans, Random ids)
    {
        var traces = new Dictionary<TraceId, TraceId>();
        var known = new Dictionary<SpanId, SpanId>();
        SpanId New(SpanId id) => id.IsNone ? id : known.TryGetValue(id, out var now) ? now : known[id] = new SpanId((ulong)ids.NextInt64(1, long.MaxValue));
        return [.. spans.Select(s =>
        {
            if (!traces.TryGetValue(s.TraceId, out var trace)) traces[s.TraceId] = trace = new TraceId((ulong)ids.NextInt64(), (ulong)ids.NextInt64(1, long.MaxValue));
            return s with { TraceId = trace, SpanId = New(s.SpanId), ParentSpanId = New(s.ParentSpanId) };
        })];
    }

    private sealed class CpuClock
    {
        private TimeSpan _started, _spent;
        private long _items;

        public double PerItem => _spent.TotalMicroseconds / Math.Max(1, _items);

        public void Start() => _started = Process.GetCurrentProcess().TotalProcessorTime;

        public void Stop(int items)
        {
            _spent += Process.GetCurrentProcess().TotalProcessorTime - _started;
            _items += items;
        }
    }
}
