using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Store;

public sealed class MeasureWriterTests
{
    private const string TokenUsage = "gen_ai.client.token.usage", Duration = "gen_ai.client.operation.duration";
    private const string Coming = "gen_ai.client.inference.usage.input_tokens";
    private const string Cells = "SELECT SlotUnixSeconds,Measure,ReachSlots,Value FROM measured_usage ORDER BY 1,2,3,4";
    private static readonly long Noon = UtcTime.ToUnixMs(WriterStore.Now);

    [Fact]
    public async Task A_running_total_counts_by_its_differences_and_anew_after_a_restart()
    {
        await using var store = await WriterStore.OpenAsync();
        // Started at 10:00; points at 10:01, 10:02 and 10:06. Then the service restarts at 10:07 and its total begins anew.
        await WriteAsync(store, Total(-120, -119, 100), Total(-120, -118, 150), Total(-120, -114, 400), Total(-113, -112, 30), Total(-113, -111, 50));
        Assert.Equal([Cell(-120, 150), Cell(-115, 300)], store.Read(Cells));
    }

    [Fact]
    public async Task A_total_that_falls_without_a_new_start_began_anew()
    {
        await using var store = await WriterStore.OpenAsync();
        await WriteAsync(store, Total(-120, -119, 100), Total(-120, -118, 40), Total(-120, -117, 60));
        Assert.Equal(["160"], store.Read("SELECT SUM(Value) FROM measured_usage"));
    }

    [Fact]
    public async Task The_first_total_of_unknown_start_is_only_a_base()
    {
        await using var store = await WriterStore.OpenAsync();
        await WriteAsync(store, Total(null, -119, 1_000), Total(null, -118, 1_100));
        Assert.Equal(["100"], store.Read("SELECT SUM(Value) FROM measured_usage"));
        await WriteAsync(store, Total(-100, -100, 500, model: "amazon.nova-lite-v1:0"), Total(-100, -99, 520, model: "amazon.nova-lite-v1:0"));
        Assert.Equal(["120"], store.Read("SELECT SUM(Value) FROM measured_usage"));
    }

    [Fact]
    public async Task Deltas_add_up_and_the_same_delta_again_changes_nothing()
    {
        await using var store = await WriterStore.OpenAsync();
        var points = new[] { Delta(-120, -119, 100), Delta(-119, -118, 50), Delta(-118, -60, 25) };
        for (var i = 0; i < 3; i++) await WriteAsync(store, points);
        // The last one covers 58 minutes, which began 12 slots back.
        Assert.Equal([Cell(-120, 150), $"{Slot(-60)}|0|12|25"], store.Read(Cells));
        Assert.Equal(["9|9|0"], store.Read("SELECT Received,Stored,Rejected FROM signal_count WHERE Signal='metrics'"));
    }

    [Fact]
    public async Task An_old_and_a_coming_name_of_one_measure_count_once()
    {
        const string ComingDuration = "gen_ai.client.inference.duration";
        foreach (var isReversed in (bool[])[false, true])
        {
            await using var store = await WriterStore.OpenAsync();
            MeasuredPointRead[] points = [Total(-120, -119, 100), Total(-120, -119, 7, type: "output"), Total(-120, -119, 100, instrument: Coming), Total(-120, -119, 0.25, instrument: Duration, unit: "s", count: 3),
                Total(-120, -119, 0.25, instrument: ComingDuration, unit: "s", count: 3), Total(-120, -119, 11, model: "amazon.nova-lite-v1:0")];
            if (isReversed) Array.Reverse(points);
            await WriteAsync(store, points);
            // Input 100 once and 11 of the model that has the old name only, output 7 that only the old name tells, 3 calls of 250 ms.
            Assert.Equal(["0|111", "1|7", "5|3", "6|250"], store.Read("SELECT Measure,SUM(Value) FROM measured_usage GROUP BY 1 ORDER BY 1"));
            // All are kept; two of the six say nothing new.
            Assert.Equal(["6|6|0"], store.Read("SELECT Received,Stored,Rejected FROM signal_count WHERE Signal='metrics'"));
        }
    }

    // A collector may deliver the instruments of one export apart, in either order and a moment apart.
    [Fact]
    public async Task An_old_and_a_coming_name_that_come_in_deliveries_of_their_own_count_once()
    {
        foreach (var isReversed in (bool[])[false, true])
        {
            await using var store = await WriterStore.OpenAsync();
            MeasuredPointRead[] points =
            [
                // Until 10:02 the service knows the old name only, then both; its last minute came under the old name alone.
                Total(-120, -119, 100), Total(-120, -118, 150), Total(-117, -116, 40), Total(-117, -116, 40, instrument: Coming), Total(-117, -110, 90),
                Later(Total(-117, -110, 90, instrument: Coming)), Total(-117, -109, 95), Total(-117, -116, 3, type: "output"),
                // Another library of the same service, and another model, have the old name only.
                Total(-117, -116, 1_000, scope: "other"), Total(-117, -116, 2_000, model: "amazon.nova-lite-v1:0"),
            ];
            if (isReversed) Array.Reverse(points);
            foreach (var point in points) await WriteAsync(store, point);
            Assert.Equal([$"0|{150 + 90 + 5 + 1_000 + 2_000}", "1|3"], store.Read("SELECT Measure,SUM(Value) FROM measured_usage GROUP BY 1 ORDER BY 1"));
        }
    }

    [Fact]
    public async Task Old_and_coming_names_in_any_order_and_any_groups_give_the_same_slots()
    {
        var silent = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var old = Points(random);
            // Some points of the lives, and of the deltas, come under the coming name too, a moment later.
            var coming = old.Where(p => p.TimeUnixMs > Noon - 450 * 60_000L && random.Next(4) > 0).Select(p => Later(p with
            {
                Instrument = Coming, Attributes = new SpanAttributes([.. p.Attributes.Items.Where(a => a.Key != "gen_ai.token.type")]),
            })).ToList();
            var points = old.Concat(coming).ToList();
            var due = Expected(old, p => coming.Exists(c => Service(c) == Service(p) && c.TimeUnixMs >= p.TimeUnixMs - 1_000 && (c.TimeUnixMs <= p.TimeUnixMs + 1_000 || c.StartUnixMs < p.TimeUnixMs)), coming);
            silent += Expected(old).Count + coming.Count - due.Count;
            await using var store = await WriterStore.OpenAsync();
            var sent = points.Concat(points.Where(_ => random.Next(3) == 0)).OrderBy(_ => random.Next()).ToList();
            while (sent.Count > 0)
            {
                var group = sent.Take(random.Next(1, 6)).ToArray();
                sent.RemoveRange(0, group.Length);
                await WriteAsync(store, group);
            }
            Assert.Equal(due, store.Read(Cells));
        }
        Assert.True(silent > 40);
    }

    [Fact]
    public async Task Series_are_told_apart_by_resource_model_and_kind_and_named_as_calls_are()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(MadeTrace.Call(1, 2, 0, -60_000, -59_000));
        await WriteAsync(store,
            Total(-120, -119, 100), Total(-120, -119, 7, type: "output"), Total(-120, -119, 11, application: "search"), Total(-120, -119, 13, model: "amazon.nova-lite-v1:0"),
            Total(-120, -119, 17, type: "weather"), Total(-120, -119, 19, operation: "invoke_agent"), Total(-120, -119, 0.25, instrument: Duration, unit: "s", count: 3));
        Assert.Equal(
        [
            "amazon.nova-lite|shop|0|13", "amazon.nova-pro|search|0|11", "amazon.nova-pro|shop|0|100", "amazon.nova-pro|shop|1|7", "amazon.nova-pro|shop|5|3", "amazon.nova-pro|shop|6|250",
        ], store.Read("""
            SELECT m.Name,a.Name,u.Measure,u.Value FROM measured_usage u JOIN usage_series s ON s.Id=u.SeriesId JOIN dimension m ON m.Id=s.ModelId JOIN dimension a ON a.Id=s.ApplicationId
            ORDER BY 1,2,3
            """));
        // A span again takes new numbers for its series: the two writers do not meet.
        await store.WriteAsync(MadeTrace.Call(3, 2, 0, -30_000, -29_000, 5, 5));
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM usage_rollup WHERE SeriesId<0"));
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM measured_usage WHERE SeriesId>=0"));
    }

    [Fact]
    public async Task Only_prompts_of_a_sender_known_to_leave_the_cache_out_are_uncached()
    {
        await using var store = await WriterStore.OpenAsync();
        await WriteAsync(store, Total(-120, -119, 100, scope: "@opentelemetry/instrumentation-aws-sdk"), Total(-120, -119, 10, scope: "@opentelemetry/instrumentation-openai"), Total(-120, -119, 1));
        Assert.Equal(["0|11", "7|100"], store.Read("SELECT Measure,SUM(Value) FROM measured_usage GROUP BY Measure ORDER BY 1"));
    }

    [Fact]
    public async Task Points_in_any_order_again_and_again_in_any_groups_give_the_same_slots()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var points = Points(random);
            await using var store = await WriterStore.OpenAsync();
            var sent = points.Concat(points.Where(_ => random.Next(3) == 0)).OrderBy(_ => random.Next()).ToList();
            while (sent.Count > 0)
            {
                var group = sent.Take(random.Next(1, 6)).ToArray();
                sent.RemoveRange(0, group.Length);
                await WriteAsync(store, group);
            }
            Assert.Equal(Expected(points), store.Read(Cells));
        }
    }

    // Two lives of one service with some points missing, and deltas of another beside them.
    private static List<MeasuredPointRead> Points(Random random)
    {
        var points = new List<MeasuredPointRead>();
        foreach (var start in new[] { -600, -300 })
        {
            double total = 0;
            for (var minute = start + 1; minute < start + 120; minute += random.Next(1, 30))
            {
                total = random.Next(12) == 0 ? random.Next(50) : total + random.Next(500);
                points.Add(Total(start, minute, total));
            }
        }
        for (var minute = -200; minute < -150; minute += 7) points.Add(Delta(minute - 7, minute, random.Next(100), application: "search"));
        return points;
    }

    // The definition, written down once more: sorted, each point's difference in the slot of its end.
    private static List<string> Expected(List<MeasuredPointRead> old, Func<MeasuredPointRead, bool>? isSilent = null, List<MeasuredPointRead>? coming = null)
    {
        var cells = new SortedDictionary<(long Slot, long Reach, string Who), double>();
        foreach (var (points, isOld) in ((List<MeasuredPointRead>, bool)[])[(old, true), (coming ?? [], false)])
            Add(cells, points, isOld ? isSilent ?? (_ => false) : _ => false);
        return [.. cells.Where(c => c.Value != 0).Select(c => (c.Key.Slot, c.Key.Reach, c.Value, Line: $"{c.Key.Slot}|0|{c.Key.Reach}|{c.Value}")).OrderBy(c => c.Slot).ThenBy(c => c.Reach).ThenBy(c => c.Value).Select(c => c.Line)];
    }

    private static void Add(SortedDictionary<(long Slot, long Reach, string Who), double> cells, List<MeasuredPointRead> points, Func<MeasuredPointRead, bool> isSilent)
    {
        foreach (var life in points.GroupBy(p => (p.IsCumulative, p.StartUnixMs, Application: p.Resource.Attributes.Text("service.name")!, Alone: p.IsCumulative ? 0 : p.TimeUnixMs)))
        {
            (long Time, double Value)? before = null;
            foreach (var point in life.OrderBy(p => p.TimeUnixMs))
            {
                var value = before is { } b && point.Value >= b.Value ? point.Value - b.Value : point.Value;
                var slots = point.TimeUnixMs / 300_000 - (before?.Time ?? point.StartUnixMs) / 300_000;
                var cell = (point.TimeUnixMs / 300_000 * 300, slots <= 1 ? 0 : slots, life.Key.Application);
                if (!isSilent(point)) cells[cell] = cells.GetValueOrDefault(cell) + value;
                before = (point.TimeUnixMs, point.Value);
            }
        }
    }

    private static string? Service(MeasuredPointRead point) => point.Resource.Attributes.Text("service.name");

    // The next instrument of the same export.
    private static MeasuredPointRead Later(MeasuredPointRead point) => point with { TimeUnixMs = point.TimeUnixMs + 400 };

    private static Task WriteAsync(WriterStore store, params MeasuredPointRead[] points)
    {
        var writer = store.Get<MeasureWriter>();
        return writer.WriteAsync([writer.Prepare(points)]);
    }

    private static long Slot(int minute) => (Noon / 1000) + minute * 60L - ((Noon / 1000 + minute * 60L) % 300);

    private static string Cell(int minute, double value) => $"{Slot(minute)}|0|0|{value}";

    /// <summary>A running total; times in minutes from noon.</summary>
    internal static MeasuredPointRead Total(int? start, int time, double value, string type = "input", string application = "shop", string model = "amazon.nova-pro-v1:0",
        string operation = "chat", string instrument = TokenUsage, string unit = "{token}", long count = 1, string scope = "test") =>
        Point(true, start, time, value, type, application, model, operation, instrument, unit, count, scope);

    internal static MeasuredPointRead Delta(int start, int time, double value, string application = "shop", string type = "input") =>
        Point(false, start, time, value, type, application, "amazon.nova-pro-v1:0", "chat", TokenUsage, "{token}", 1, "test");

    private static MeasuredPointRead Point(bool isTotal, int? start, int time, double value, string type, string application, string model, string operation, string instrument, string unit, long count, string scope)
    {
        var resource = new SpanResource(new SpanAttributes([new("service.name", application), new("deployment.environment.name", "prod")]));
        List<KeyValuePair<string, object>> attributes =
            [new("gen_ai.provider.name", "aws.bedrock"), new("gen_ai.operation.name", operation), new("gen_ai.request.model", model)];
        if (instrument == TokenUsage) attributes.Add(new("gen_ai.token.type", type));
        return new(instrument, unit, resource, new SpanScope(scope, "1.0"), new SpanAttributes([.. attributes]), isTotal,
            start is { } s ? Noon + s * 60_000L : 0, Noon + time * 60_000L, value, count);
    }
}
