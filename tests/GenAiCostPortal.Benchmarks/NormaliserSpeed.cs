using System.Diagnostics;
using System.Globalization;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Otlp;

namespace GenAiCostPortal.Benchmarks;

/// <summary>Decodes one OTLP body again and again on one thread and reads its traces: spans a second of both steps, and the tokens read.</summary>
internal static class NormaliserSpeed
{
    public static int Run(string file, int seconds)
    {
        var body = File.ReadAllBytes(file);
        var isJson = body.AsSpan().TrimStart((byte)' ') is [(byte)'{', ..];
        var decoder = new OtlpDecoder(new OtlpOptions(), TimeProvider.System, PromptHashKey.Random());
        var keys = new OwnerKeys();
        var spans = decoder.DecodeTraces(body, isJson).Spans;
        var traces = spans.GroupBy(s => s.TraceId).Select(t => t.ToArray()).ToList();
        var tokens = traces.SelectMany(t => TraceReader.Read(t, keys).Calls).Aggregate(default(TokenCounts), (sum, c) => sum + c.Tokens);
        Say($"{spans.Count} spans, {traces.Count} traces, {body.Length} bytes; prompt {tokens.Prompt}, cache read {tokens.CacheRead}, output {tokens.Output}");
        Say($"decode {Rate(() => decoder.DecodeTraces(body, isJson).Spans.Count, seconds):N0} spans/s");
        Say($"read   {Rate(() => { foreach (var t in traces) TraceReader.Read(t, keys); return spans.Count; }, seconds):N0} spans/s");
        Say($"both   {Rate(() => { var n = 0; foreach (var t in decoder.DecodeTraces(body, isJson).Spans.GroupBy(s => s.TraceId)) { TraceReader.Read([.. t], keys); n++; } return spans.Count; }, seconds):N0} spans/s");
        return 0;
    }

    private static double Rate(Func<int> once, int seconds)
    {
        for (var warm = Stopwatch.StartNew(); warm.ElapsedMilliseconds < 1500;) once();
        long count = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed.TotalSeconds < seconds;) count += once();
        process.Refresh();
        // Processor time rather than the clock: the figure is of one core, whatever else runs on the machine.
        var spent = process.TotalProcessorTime - cpu;
        Say($"  {(GC.GetAllocatedBytesForCurrentThread() - before) / Math.Max(1, count)} bytes allocated a span");
        return count / spent.TotalSeconds;
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
