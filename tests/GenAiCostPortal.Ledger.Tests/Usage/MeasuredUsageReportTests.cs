using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using Xunit;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Usage that metrics tell of, beside the calls of a real store: fed when no spans come, never twice.</summary>
public sealed class MeasuredUsageReportTests
{
    private static readonly DateTime Noon = WriterStore.Now;

    // Three hours with a call of 100 tokens in and 10 out every minute, measured once a minute.
    [Theory]
    [InlineData(0, 18_000, 1_800, 180)]
    [InlineData(1, 0, 0, 0)]
    [InlineData(2, 9_000, 900, 90)]
    [InlineData(3, 12_000, 1_200, 120)]
    public async Task What_the_recorded_calls_do_not_stand_for_is_beyond(int everyNthHasASpan, double input, double output, double calls)
    {
        await using var store = await WriterStore.OpenAsync();
        for (var minute = -180; minute < 0; minute++)
            if (everyNthHasASpan > 0 && minute % everyNthHasASpan == 0) await store.WriteAsync(Call(minute));
        await MeasureAsync(store, [.. Enumerable.Range(-180, 180).SelectMany(minute => Minute(minute))]);

        var rows = await store.Get<MeasuredUsageReport>().ReadAsync(Noon.AddHours(-4), Noon.AddHours(1), RollupSpan.Day);
        double Beyond(Measure measure) => rows.Where(r => r.Measure == measure).Sum(r => r.BeyondCalls);
        Assert.Equal([input, output, calls], [Beyond(Measure.InputTokens), Beyond(Measure.OutputTokens), Beyond(Measure.Calls)]);
        Assert.Equal([18_000d, 1_800, 180], [.. new[] { Measure.InputTokens, Measure.OutputTokens, Measure.Calls }.Select(m => rows.Single(r => r.Measure == m).Measured!.Value)]);
        Assert.All(rows, r => Assert.Equal(("shop", "prod", "Nova Pro", Noon.Date), (r.Application, r.Environment, r.Model, r.Start)));
        var byHour = await store.Get<MeasuredUsageReport>().ReadAsync(Noon.AddHours(-4), Noon.AddHours(1), RollupSpan.Hour);
        Assert.Equal(rows.Sum(r => r.BeyondCalls), byHour.Sum(r => r.BeyondCalls));
    }

    [Fact]
    public async Task Calls_of_another_application_or_model_stand_for_nothing_here()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(Call(-60, application: "search"), Call(-59, model: "amazon.nova-lite-v1:0"));
        await MeasureAsync(store, MeasureWriterTests.Delta(-61, -60, 100));
        Assert.Equal(100, Assert.Single(await store.Get<MeasuredUsageReport>().ReadAsync(Noon.Date, Noon, RollupSpan.Hour)).BeyondCalls);
    }

    [Fact]
    public async Task Cached_tokens_are_part_of_a_prompt_unless_the_sender_leaves_them_out()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(Call(-60, cacheRead: 40));
        await MeasureAsync(store, MeasureWriterTests.Total(-120, -59, 100), MeasureWriterTests.Total(-120, -59, 60, scope: "@opentelemetry/instrumentation-aws-sdk"));
        Assert.Equal([0d, 0], (await store.Get<MeasuredUsageReport>().ReadAsync(Noon.Date, Noon, RollupSpan.Hour)).Select(r => r.BeyondCalls));
    }

    [Fact]
    public async Task Settling_before_the_calls_leave_changes_no_number()
    {
        var random = new Random(5);
        await using var store = await WriterStore.OpenAsync();
        var spans = new List<Span>();
        var points = new List<MeasuredPointRead>();
        // Twenty days; now and then some calls have no span, spans have no metric, and one point covers hours.
        for (var minute = -20 * 1_440; minute < 0; minute += random.Next(1, 90))
        {
            if (random.Next(3) > 0) spans.Add(Call(minute));
            if (random.Next(4) > 0) points.AddRange(Minute(minute));
            if (random.Next(40) == 0) points.Add(MeasureWriterTests.Delta(minute - random.Next(20, 600), minute, random.Next(1_000), type: "output"));
        }
        await store.WriteAsync([.. spans]);
        await MeasureAsync(store, [.. points]);
        var before = await HoursAsync(store);
        Assert.True(before.Count > 100);

        // Day after day, as the job runs; and the first time cut off half-way.
        var settling = store.Get<MeasureSettling>();
        await settling.RunAsync(UtcTime.ToUnixSeconds(Noon.Date.AddDays(-17).AddHours(5)));
        Assert.Equal(before, await HoursAsync(store));
        await settling.RunAsync(UtcTime.ToUnixSeconds(Noon.Date.AddDays(-16)));
        await store.Get<Retention>().RunAsync(new RetentionOptions());
        Assert.Equal(before, await HoursAsync(store));
        var border = UtcTime.ToUnixSeconds(Noon.Date.AddDays(-14));
        Assert.Equal(0, store.Number($"SELECT COUNT(*) FROM usage_rollup WHERE Span=0 AND SlotUnixSeconds<{border}"));
        Assert.Equal(0, store.Number($"SELECT COUNT(*) FROM measured_usage WHERE ReachSlots>=0 AND SlotUnixSeconds<{border - 600}"));
        Assert.True(store.Number($"SELECT COUNT(*) FROM measured_usage WHERE ReachSlots=-1") > 0);
        await store.Get<Retention>().RunAsync(new RetentionOptions());
        Assert.Equal(before, await HoursAsync(store));
    }

    [Fact]
    public async Task After_its_points_were_dropped_a_running_total_goes_on_from_the_last_of_them()
    {
        await using var store = await WriterStore.OpenAsync();
        const int old = -16 * 1_440;
        await MeasureAsync(store, MeasureWriterTests.Total(old - 60, old, 500), MeasureWriterTests.Total(old - 60, old + 10, 700), MeasureWriterTests.Delta(old - 1, old, 9, application: "search"));
        await store.Get<Retention>().RunAsync(new RetentionOptions());
        Assert.Equal(["700"], store.Read("SELECT Sum FROM measured_point"));
        Assert.Equal(1, store.Number("SELECT COUNT(*) FROM measured_stream"));
        await MeasureAsync(store, MeasureWriterTests.Total(old - 60, -5, 720), MeasureWriterTests.Delta(-6, -5, 3, application: "search"));
        Assert.Equal(["3", "20"], store.Read("SELECT Value FROM measured_usage WHERE ReachSlots>=0 ORDER BY 1"));
        Assert.Equal(["709"], store.Read("SELECT SUM(Value) FROM measured_usage WHERE ReachSlots=-1"));
    }

    // Two hundred calls, each told of by one to four doors, and all of them by metrics: what comes out is what was put in.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Spans_events_log_records_and_metrics_of_the_same_calls_add_up_to_the_truth(int seed)
    {
        var random = new Random(seed);
        await using var store = await WriterStore.OpenAsync();
        var spans = new List<Span>();
        var points = new List<MeasuredPointRead>();
        long input = 0, output = 0;
        for (var minute = -200; minute < 0; minute++)
        {
            var doors = (Doors)random.Next(0, 8);
            var (sent, answered) = (1_000L + random.Next(1_000), 200L + minute);
            (input, output) = (input + sent, output + answered);
            var span = Call(minute, input: sent, output: answered);
            if (doors.HasFlag(Doors.Otlp)) spans.Add(span);
            if (doors.HasFlag(Doors.OtlpLogs)) spans.Add(span with { Name = "", Kind = SpanKind.Unspecified, StartUnixNs = span.EndUnixNs, Doors = Doors.OtlpLogs });
            if (doors.HasFlag(Doors.InvocationLog)) spans.Add(Record(span));
            points.AddRange(Minute(minute, sent, answered));
        }
        foreach (var span in spans.OrderBy(_ => random.Next())) await store.WriteAsync(span);
        await MeasureAsync(store, [.. points]);

        var usage = await store.Get<UsageReport>().ReadAsync(new UsageQuery(Noon.AddDays(-1), Noon.AddHours(1), [], Granularity.None, SpendFilter.None));

        Assert.Equal((200L, input, output), (usage.Total.Calls, usage.Total.Tokens.Input, usage.Total.Tokens.Output));
        var told = spans.Select(s => s.StartUnixNs / 60_000_000_000).Distinct().Count();
        Assert.Equal(200 - told, usage.Total.CallsByMetrics);
    }

    private static Span Record(Span span)
    {
        var (trace, id) = RequestIds.Of($"r-{span.TraceId}");
        var attributes = span.Attributes.Items.Where(a => a.Key != "gen_ai.usage.total_tokens").Append(new("aws.request_id", $"r-{span.TraceId}"));
        return span with
        {
            TraceId = trace, SpanId = id, Name = "Converse", StartUnixNs = span.StartUnixNs - 500_000_000, EndUnixNs = span.StartUnixNs, Doors = Doors.InvocationLog,
            Attributes = new SpanAttributes([.. attributes]), Resource = SpanResource.None, Scope = new SpanScope("aws.bedrock.invocation-log", ""),
        };
    }

    private static async Task<List<string>> HoursAsync(WriterStore store) =>
        [.. (await store.Get<MeasuredUsageReport>().ReadAsync(Noon.AddDays(-21), Noon, RollupSpan.Hour)).Where(r => r.BeyondCalls > 0).Select(r => $"{r.Start:s} {r.Application} {r.Measure} {r.BeyondCalls}")];

    private static async Task MeasureAsync(WriterStore store, params MeasuredPointRead[] points)
    {
        var writer = store.Get<MeasureWriter>();
        await writer.WriteAsync([writer.Prepare(points)]);
    }

    // What a sender would measure of the call that starts in this minute and lasts 20 seconds.
    private static IEnumerable<MeasuredPointRead> Minute(int minute, long input = 100, long output = 10)
    {
        var call = MeasureWriterTests.Delta(minute, minute + 1, 0.02);
        yield return MeasureWriterTests.Delta(minute, minute + 1, input);
        yield return MeasureWriterTests.Delta(minute, minute + 1, output, type: "output");
        yield return call with { Instrument = "gen_ai.client.operation.duration", Unit = "s", Value = 20, Count = 1, Attributes = new SpanAttributes([.. call.Attributes.Items.Where(a => a.Key != "gen_ai.token.type")]) };
    }

    private static Span Call(int minute, string application = "shop", string model = "amazon.nova-pro-v1:0", long cacheRead = 0, long input = 100, long output = 10)
    {
        var start = (UtcTime.ToUnixMs(Noon) + minute * 60_000L + 1_000) * 1_000_000;
        return new Span
        {
            TraceId = new TraceId(9, (ulong)(minute + 100_000)), SpanId = new SpanId(1), Name = "chat", Kind = SpanKind.Client, StartUnixNs = start, EndUnixNs = start + 20_000_000_000,
            Resource = new SpanResource(new SpanAttributes([new("service.name", application), new("deployment.environment.name", "prod")])), Scope = new SpanScope("test", "1.0"),
            Attributes = MadeTrace.Attributes(("gen_ai.provider.name", "aws.bedrock"), ("gen_ai.operation.name", "chat"), ("gen_ai.request.model", model),
                ("gen_ai.usage.input_tokens", input), ("gen_ai.usage.cache_read.input_tokens", cacheRead), ("gen_ai.usage.output_tokens", output), ("gen_ai.usage.total_tokens", input + output)),
        };
    }
}
