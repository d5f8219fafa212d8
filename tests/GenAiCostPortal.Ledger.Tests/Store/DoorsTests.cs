using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Traces;
using Xunit;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>The same call through OTLP, the invocation log and X-Ray is one call, whatever came first.</summary>
public sealed class DoorsTests
{
    private const string Totals = "SELECT SUM(Calls),SUM(Requests),SUM(Input),SUM(CacheRead),SUM(CacheWrite5m),SUM(Output) FROM usage_rollup WHERE Span=2";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_joins_the_call_with_its_request_id(bool recordFirst)
    {
        await using var store = await WriterStore.OpenAsync();
        var spans = new[] { MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 100, 900, input: 10, output: 5, more: ("aws.request.id", "r-1")) };
        var record = Record("r-1", 100, input: 12, output: 7, cacheRead: 300);

        if (recordFirst) await store.WriteAsync(record);
        await store.WriteAsync(spans);
        if (!recordFirst) await store.WriteAsync(record);

        // The log is AWS's own count: 12 in, 300 read, 7 out.
        Assert.Equal(["1|1|12|300|0|7"], store.Read(Totals));
        Assert.Equal(["Otlp,InvocationLog|3|1"], store.Read("SELECT Source,Spans,Calls FROM trace"));
        Assert.Equal(["search|5|r-1"], store.Read("SELECT d.Name,c.Doors,c.RequestId FROM call c JOIN usage_series s ON s.Id=c.UsageSeriesId JOIN dimension d ON d.Id=s.FeatureId"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_joins_the_alike_call_of_a_span_that_names_no_request(bool recordFirst)
    {
        await using var store = await WriterStore.OpenAsync();
        var spans = new[] { MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 1_200, 2_000, input: 4512, output: 318) };
        var record = Record("r-9", 1_000, input: 4512, output: 318);

        if (recordFirst) await store.WriteAsync(record);
        await store.WriteAsync(spans);
        if (!recordFirst) await store.WriteAsync(record);
        await store.WriteAsync(record);

        Assert.Equal(["1|1|4512|0|0|318"], store.Read(Totals));
        Assert.Equal(["r-9"], store.Read("SELECT RequestId FROM call"));
    }

    [Fact]
    public async Task Alike_calls_find_a_record_each()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(Record("r-1", 0, 40, 4), Record("r-2", 0, 40, 4), Record("r-3", 1_000, 40, 4));
        await store.WriteAsync(MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 100, 300, 40, 4), MadeTrace.Call(1, 3, 1, 350, 500, 40, 4));
        await store.WriteAsync(MadeTrace.Root(2), MadeTrace.Call(2, 2, 1, 900, 1_300, 40, 4));

        Assert.Equal(["3|2|120|0|0|12"], store.Read(Totals));
        Assert.Equal(["r-1", "r-2", "r-3"], store.Read("SELECT RequestId FROM call ORDER BY RequestId"));
    }

    [Fact]
    public async Task Another_model_or_moment_or_count_is_another_call()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(Record("r-1", 0, 40, 4), Record("r-2", 60_000, 40, 5), Record("r-3", 120_000, 40, 4, model: "amazon.nova-pro-v1:0"));
        await store.WriteAsync(MadeTrace.Root(1, endMs: 200_000), MadeTrace.Call(1, 2, 1, 10_000, 11_000, 40, 4),
            MadeTrace.Call(1, 3, 1, 60_000, 61_000, 40, 4), MadeTrace.Call(1, 4, 1, 120_000, 121_000, 40, 4));

        Assert.Equal(["6|1|240|0|0|25"], store.Read(Totals));
    }

    [Fact]
    public async Task A_record_alone_is_a_call_but_no_request_and_its_metadata_names_the_feature()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(Record("r-1", 0, 3, 142, cacheWrite: 28_857, more: ("feature", "code-assist")));
        await store.WriteAsync(Record("r-1", 0, 3, 142, cacheWrite: 28_857, more: ("feature", "code-assist")));

        Assert.Equal(["1|0|3|0|28857|142"], store.Read(Totals));
        Assert.Equal(["code-assist|111122223333|us-east-1"], store.Read(
            "SELECT f.Name,a.Name,r.Name FROM call c JOIN usage_series s ON s.Id=c.UsageSeriesId JOIN dimension f ON f.Id=s.FeatureId JOIN dimension a ON a.Id=s.AccountId JOIN dimension r ON r.Id=s.RegionId"));
        Assert.Equal(["InvocationLog|0"], store.Read("SELECT Source,IsRequest FROM trace"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_that_two_traces_tell_of_counts_in_the_one_that_knows_more(bool segmentFirst)
    {
        await using var store = await WriterStore.OpenAsync();
        var spans = new[] { MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 100, 900, 10, 5, more: ("aws.request.id", "r-1")) };
        var segments = new[]
        {
            MadeTrace.Root(2, 11) with { Doors = Doors.XRay },
            MadeTrace.Call(2, 12, 11, 110, 880, null, null, more: ("aws.request_id", "r-1")) with { Doors = Doors.XRay },
        };

        if (segmentFirst) await store.WriteAsync(segments);
        await store.WriteAsync(spans);
        if (!segmentFirst) await store.WriteAsync(segments);
        await store.WriteAsync(segments);

        Assert.Equal(["1|1|10|0|0|5"], store.Read(Totals));
        Assert.Equal(["Otlp|1|1", "XRay|0|0"], store.Read("SELECT Source,Calls,IsRequest FROM trace ORDER BY Source"));
    }

    [Fact]
    public async Task The_same_span_by_segment_and_OTLP_is_one_span_with_the_best_of_each()
    {
        await using var store = await WriterStore.OpenAsync();
        var call = MadeTrace.Call(1, 2, 1, 100, 900, 10, 5);
        await store.WriteAsync(MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 100, 900, null, null, more: ("aws.request_id", "r-7")) with { Doors = Doors.XRay });
        await store.WriteAsync(call);

        Assert.Equal(["1|1|10|0|0|5"], store.Read(Totals));
        await store.WriteAsync(call with { Name = "zzz", Scope = new SpanScope("zzz", ""), Doors = Doors.XRay });
        Assert.Equal([call.Name + "|" + call.Scope.Name], store.Read("SELECT s.Name,o.ScopeName FROM span s JOIN span_origin o ON o.Id=s.OriginId WHERE s.SpanId=2"));
        Assert.Equal(["Otlp,XRay|2"], store.Read("SELECT Source,Spans FROM trace"));
        Assert.Equal(["r-7|9"], store.Read("SELECT RequestId,Doors FROM call"));
    }

    [Fact]
    public async Task A_log_event_with_the_numbers_completes_a_span_without_them()
    {
        await using var store = await WriterStore.OpenAsync();
        var details = MadeTrace.Call(1, 2, 0, 500, 500, 77, 8) with { Name = "", Kind = SpanKind.Unspecified, Doors = Doors.OtlpLogs };
        await store.WriteAsync(details);
        await store.WriteAsync(MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 100, 900, null, null));

        Assert.Equal(["1|1|77|0|0|8"], store.Read(Totals));
        Assert.Equal(["chat " + MadeTrace.Claude + "|800"], store.Read("SELECT Name,DurationNs/1000000 FROM span WHERE SpanId=2"));
    }

    [Fact]
    public async Task The_report_tells_which_doors_told_of_how_many_calls()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 100, 900, 10, 5, more: ("aws.request.id", "r-1")), MadeTrace.Call(1, 3, 1, 1_000, 1_100, 20, 6));
        await store.WriteAsync(Record("r-1", 100, 10, 5), Record("r-2", 50_000, 30, 7, cacheRead: 100));

        var day = DateOnly.FromDateTime(WriterStore.Now);
        var doors = await store.Get<DoorReport>().ReadAsync(day, day.AddDays(1));

        Assert.Equal(
            [(Doors.Otlp, 1L, 26L), (Doors.InvocationLog, 1L, 137L), (Doors.Otlp | Doors.InvocationLog, 1L, 15L)],
            doors.OrderBy(d => d.Doors).Select(d => (d.Doors, d.Calls, d.Tokens)));
    }

    /// <summary>Seen red with records that came first left to stand alone.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Any_order_and_repetition_of_doors_gives_one_ledger(int seed)
    {
        var random = new Random(seed);
        var all = new List<Span>();
        for (ulong trace = 1; trace <= 4; trace++)
        {
            all.Add(MadeTrace.Root(trace));
            for (ulong id = 2; id < 6; id++)
            {
                var (request, at, tokens) = ($"r-{trace}-{id}", (long)id * 1_000 + random.Next(500), random.Next(1, 5_000));
                // Every call has counts of its own, so that which record is whose is never a matter of taste.
                var output = (long)(trace * 10 + id);
                var span = MadeTrace.Call(trace, id, 1, at, at + 400, tokens, output, more: random.Next(2) == 0 ? ("aws.request.id", request) : ("note", "none"));
                var has = random.Next(4);
                if (has != 0) all.Add(span);
                if (has != 1) all.Add(Record(request, at - random.Next(800), tokens, output));
                if (has == 3) all.Add(span with { Doors = Doors.XRay, Attributes = MadeTrace.Attributes(("aws.operation", "Converse")) });
            }
        }
        await using var inOrder = await WriterStore.OpenAsync();
        await inOrder.WriteAsync([.. all]);
        await using var scattered = await WriterStore.OpenAsync();
        foreach (var span in all.Concat(all.Where(_ => random.Next(3) == 0)).OrderBy(_ => random.Next())) await scattered.WriteAsync(span);

        Assert.Equal(inOrder.Content(), scattered.Content());
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    private static Span Record(
        string requestId, long atMs, long input, long output, long? cacheRead = null, long? cacheWrite = null, string model = MadeTrace.Claude, params (string, object)[] more)
    {
        var (trace, span) = RequestIds.Of(requestId);
        var attributes = new List<(string, object)>
        {
            ("gen_ai.provider.name", "aws.bedrock"), ("gen_ai.request.model", model), ("gen_ai.usage.input_tokens", input), ("gen_ai.usage.output_tokens", output),
            ("aws.request_id", requestId), ("cloud.account.id", "111122223333"), ("cloud.region", "us-east-1"),
        };
        if (cacheRead is { } read) attributes.Add(("gen_ai.usage.cache_read.input_tokens", read));
        if (cacheWrite is { } written) attributes.Add(("gen_ai.usage.cache_write.input_tokens", written));
        attributes.AddRange(more);
        var at = MadeTrace.StartNs + atMs * 1_000_000;
        return new Span
        {
            TraceId = trace, SpanId = span, Name = "Converse", Kind = SpanKind.Client, StartUnixNs = at, EndUnixNs = at, Doors = Doors.InvocationLog,
            Attributes = MadeTrace.Attributes([.. attributes]), Scope = new SpanScope("aws.bedrock.invocation-log", ""),
        };
    }
}
