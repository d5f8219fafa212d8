using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Hours of the invocation log that were summed where they lie: booked is what goes beyond recorded calls, never twice.</summary>
public sealed class LoggedHoursTests
{
    private const string Days = "SELECT SUM(Calls),SUM(Input),SUM(CacheRead),SUM(Output) FROM usage_rollup WHERE Span=2";
    private const string ByFeature = """
        SELECT COALESCE(f.Name,''),SUM(u.Calls),SUM(u.Input),SUM(u.Output) FROM usage_rollup u JOIN usage_series s ON s.Id=u.SeriesId LEFT JOIN dimension f ON f.Id=s.FeatureId
        WHERE u.Span=2 AND u.Calls>0 GROUP BY 1 ORDER BY 1
        """;
    // The made calls begin two seconds before ten.
    private static readonly DateTime Nine = WriterStore.Now.Date.AddHours(9), Ten = Nine.AddHours(1);

    private static Span Record(string request, long startMs, long input, long output, string feature, string? error = null, bool isPicked = false)
    {
        var (trace, id) = RequestIds.Of(request);
        return new Span
        {
            TraceId = trace, SpanId = id, Name = "Converse", Kind = SpanKind.Client, StartUnixNs = MadeTrace.StartNs + startMs * 1_000_000, EndUnixNs = MadeTrace.StartNs + (startMs + 800) * 1_000_000,
            Status = error is null ? SpanStatus.Unset : SpanStatus.Error, Doors = Doors.InvocationLog, Scope = new SpanScope("aws.bedrock.invocation-log", ""),
            Attributes = MadeTrace.Attributes([
                ("gen_ai.provider.name", "aws.bedrock"), ("gen_ai.request.model", MadeTrace.Claude), ("cloud.account.id", "111122223333"), ("cloud.region", "us-east-1"), ("aws.request_id", request),
                .. feature.Length > 0 ? [("app.feature", feature)] : Array.Empty<(string, object)>(), .. error is null ? [("gen_ai.usage.input_tokens", input), ("gen_ai.usage.output_tokens", output)] : new (string, object)[] { ("error.type", error) },
                .. isPicked ? [(TraceReader.Picked, true)] : Array.Empty<(string, object)>()]),
        };
    }

    private static LoggedUse Use(DateTime hour, string feature, long calls, long input, long output, string? error = null)
    {
        var of = Assert.Single(TraceReader.Read([Record("any", 0, 1, 1, feature, error)], new OwnerKeys()).Calls);
        return new LoggedUse(hour, of, calls, error is null ? new TokenCounts(input, 0, 0, 0, 0, output) : default);
    }

    private static Task LogAsync(WriterStore store, params LoggedUse[] uses) => store.Writer.WriteHoursAsync("Prod", Nine, Ten, uses);

    [Fact]
    public async Task Sums_without_a_recorded_call_are_booked_in_every_slot_and_priced()
    {
        await using var store = await WriterStore.OpenAsync();
        await LogAsync(store, Use(Nine, "search", 10, 10_000, 1_000), Use(Nine, "search", 2, 0, 0, "ThrottlingException"));

        var hour = UtcTime.ToUnixSeconds(Nine);
        // Day, hour, and the last five minutes of the hour.
        Assert.Equal([$"0|{hour + 3_300}|12|2|2|2|10000|1000", $"1|{hour}|12|2|2|2|10000|1000", $"2|{UtcTime.ToUnixSeconds(Nine.Date)}|12|2|2|2|10000|1000"],
            store.Read("SELECT Span,SlotUnixSeconds,SUM(Calls),SUM(Errors),SUM(Throttles),SUM(CallsWithoutTokens),SUM(Input),SUM(Output) FROM usage_rollup GROUP BY 1,2 ORDER BY 1"));
        // Claude Sonnet 4, $3 and $15 a million: 10,000 × 3,000 + 1,000 × 15,000 nano-USD. Throttled calls cost nothing.
        Assert.Equal(["1|10|45000000|0", "2|10|45000000|0"], store.Read(
            "SELECT r.Span,SUM(r.Calls),SUM(r.EstimatedCostNanoUsd),SUM(r.CallsWithoutCost) FROM cost_rollup r JOIN cost_series s ON s.Id=r.SeriesId WHERE s.IsBillable GROUP BY 1 ORDER BY 1"));
        Assert.Equal(["111122223333|us-east-1|search|20"], store.Read(
            "SELECT DISTINCT a.Name,r.Name,f.Name,s.Doors FROM usage_series s JOIN dimension a ON a.Id=s.AccountId JOIN dimension r ON r.Id=s.RegionId JOIN dimension f ON f.Id=s.FeatureId"));
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM call"));
    }

    [Fact]
    public async Task An_hour_read_again_replaces_what_it_said()
    {
        await using var store = await WriterStore.OpenAsync();
        await LogAsync(store, Use(Nine, "search", 10, 10_000, 1_000), Use(Nine, "chat", 1, 5, 5));
        var once = store.Content();
        await LogAsync(store, Use(Nine, "search", 10, 10_000, 1_000), Use(Nine, "chat", 1, 5, 5));
        Assert.Equal(once, store.Content());
        await store.Writer.WriteHoursAsync("Other", Nine, Ten, [Use(Nine, "chat", 1, 1, 1)]);
        await LogAsync(store, Use(Nine, "search", 12, 12_500, 1_250));
        Assert.Equal(["chat|1|1|1", "search|12|12500|1250"], store.Read(ByFeature));
        Assert.Equal(["2|13|56268000"], store.Read("SELECT Span,SUM(Calls),SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span=2"));
    }

    // The log has ten calls of search and four of nobody; OTLP tells of some of the same.
    [Theory]
    [InlineData(6, "search", "search|10|1000|100", "|4|400|40")]
    [InlineData(12, "search", "search|12|1200|120", "|2|200|20")]
    // A feature that the log does not name: its calls are among those of nobody.
    [InlineData(3, "chat", "chat|3|300|30", "search|10|1000|100", "|1|100|10")]
    // Calls that name nobody are among those of anybody.
    [InlineData(6, "", "search|8|800|80", "|6|600|60")]
    public async Task Calls_that_OTLP_tells_of_too_count_once(int sent, string feature, params string[] due)
    {
        foreach (var sumsFirst in (bool[])[true, false])
        {
            await using var store = await WriterStore.OpenAsync();
            LoggedUse[] log = [Use(Nine, "search", 10, 1_000, 100), Use(Nine, "", 4, 400, 40)];
            var spans = Enumerable.Range(0, sent).Select(i => MadeTrace.Call((ulong)i + 1, 2, 0, i, i + 900, 100, 10, more: feature.Length > 0 ? [("app.feature", feature)] : [])).ToArray();
            if (sumsFirst) await LogAsync(store, log);
            foreach (var span in spans) await store.WriteAsync(span);
            if (!sumsFirst) await LogAsync(store, log);
            Assert.Equal(due.Order(StringComparer.Ordinal), store.Read(ByFeature).Order(StringComparer.Ordinal));
            // What remains is priced as what was taken off was: 100 × 3,000 + 10 × 15,000 nano-USD a call.
            Assert.Equal(450_000 * store.Number("SELECT SUM(Calls) FROM usage_rollup WHERE Span=2"), store.Number("SELECT SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span=2"));
        }
    }

    [Fact]
    public async Task Records_that_were_copied_too_count_once_and_picked_ones_say_nothing_of_times()
    {
        await using var store = await WriterStore.OpenAsync();
        await LogAsync(store, Use(Nine, "search", 3, 3_100, 310));
        await store.WriteAsync(Record("dear", 0, 3_000, 300, "search", isPicked: true));
        Assert.Equal(["3|3100|0|310"], store.Read(Days));
        Assert.Equal(["0"], store.Read("SELECT COUNT(Latency) FROM usage_rollup"));
        await store.WriteAsync(Record("a", 100, 50, 5, "search"), Record("b", 200, 50, 5, "search"));
        Assert.Equal(["3|3100|0|310"], store.Read(Days));
        // The picked one is still the sum's; with its span it is a call like others.
        Assert.Equal(["2|1|3000"], store.Read("SELECT r.Span,SUM(r.Calls),SUM(r.Input) FROM usage_rollup r JOIN usage_series s ON s.Id=r.SeriesId WHERE s.Doors=20 AND r.Span=2"));
        await store.WriteAsync(MadeTrace.Call(1, 2, 0, 0, 700, 3_000, 300, more: [("aws.request_id", "dear"), ("app.feature", "search")]));
        Assert.Equal(["3|3100|0|310"], store.Read(Days));
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM usage_rollup r JOIN usage_series s ON s.Id=r.SeriesId WHERE s.Doors=20"));
        Assert.Equal(["700"], store.Read("SELECT DurationMs FROM call WHERE RequestId='dear'"));
    }

    // OTLP tells of every call too, but not of request ids, and its clock is half a minute off: nothing says which call a picked one is.
    [Theory]
    [InlineData(6, "search|6|3600|360")]
    [InlineData(4, "search|6|3600|360")]
    [InlineData(7, "search|7|4200|420")]
    public async Task Picked_calls_do_not_stand_beside_those_that_OTLP_tells_of(int sent, string due)
    {
        foreach (var order in (int[][])[[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]])
        {
            await using var store = await WriterStore.OpenAsync();
            foreach (var door in order)
                if (door == 0) await LogAsync(store, Use(Nine, "search", 6, 3_600, 360));
                else if (door == 1) await store.WriteAsync([.. Enumerable.Range(0, 3).Select(i => Record($"dear-{i}", i - 30_000, 600, 60, "search", isPicked: true))]);
                else await store.WriteAsync([.. Enumerable.Range(0, sent).Select(i => MadeTrace.Call((ulong)i + 1, 2, 0, i, i + 900, 600, 60, more: [("app.feature", "search")]))]);
            Assert.Equal([due], store.Read(ByFeature));
            Assert.Equal(2_700_000 * store.Number("SELECT SUM(Calls) FROM usage_rollup WHERE Span=2"), store.Number("SELECT SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span=2"));
            // They can still be opened.
            Assert.Equal(3, store.Number("SELECT COUNT(*) FROM call WHERE RequestId LIKE 'dear-%'"));
        }
    }

    // Spans, records and sums in any order, whole or piece by piece, some of them twice, leave the same rows.
    [Fact]
    public async Task The_order_of_arrival_does_not_matter()
    {
        long left = 0;
        for (var seed = 1; seed <= 6; seed++)
        {
            var random = new Random(seed);
            string[] features = ["search", "chat", ""];
            var spans = Enumerable.Range(0, 12).Select(i => random.Next(2) == 0
                ? MadeTrace.Call((ulong)i + 1, 2, 0, random.Next(2_000), 3_000, random.Next(1, 500), random.Next(50), more: [("app.feature", features[random.Next(2)])])
                : Record($"r-{i}", random.Next(2_000), random.Next(1, 500), random.Next(50), features[random.Next(3)], isPicked: random.Next(2) == 0)).ToArray();
            var sums = features.Select(f => Use(Nine, f, random.Next(1, 9), random.Next(1, 1_500), random.Next(100))).ToArray();
            await using var one = await WriterStore.OpenAsync();
            await one.WriteAsync(spans);
            await LogAsync(one, sums);
            await using var other = await WriterStore.OpenAsync();
            var at = random.Next(spans.Length);
            foreach (var (span, i) in spans.OrderBy(_ => random.Next()).Select((s, i) => (s, i)))
            {
                if (i == at) await LogAsync(other, [.. sums.Reverse()]);
                await other.WriteAsync(span);
                if (random.Next(3) == 0) await other.WriteAsync(span);
            }
            Assert.Equal(one.Content().Split('\n').Where(l => !l.StartsWith("sender", StringComparison.Ordinal)), other.Content().Split('\n').Where(l => !l.StartsWith("sender", StringComparison.Ordinal)));
            left += one.Number("SELECT COUNT(*) FROM usage_rollup r JOIN usage_series s ON s.Id=r.SeriesId WHERE s.Doors=20");
        }
        Assert.True(left > 10);
    }

    [Fact]
    public async Task A_write_of_an_hour_and_one_of_five_minutes_is_one_write()
    {
        await using var store = await WriterStore.OpenAsync();
        var of = Use(Nine, "search", 1, 0, 0).Of;
        await LogAsync(store, new LoggedUse(Nine, of, 1, new TokenCounts(10, 0, 0, 0, 400, 5)));
        await store.WriteAsync(MadeTrace.Call(1, 2, 0, 0, 900, 10, 5, more: [("app.feature", "search"), ("gen_ai.usage.cache_creation_input_tokens", 400L)]));
        Assert.Equal(["1|400"], store.Read("SELECT SUM(Calls),SUM(CacheWrite5m+CacheWrite1h) FROM usage_rollup WHERE Span=2"));
    }

    [Fact]
    public async Task Sums_and_metrics_of_the_same_calls_count_once()
    {
        await using var store = await WriterStore.OpenAsync();
        var measures = store.Get<MeasureWriter>();
        // Eleven to half past: 300 measured; the log counted 200 in that hour.
        await measures.WriteAsync([measures.Prepare([MeasureWriterTests.Delta(-60, -50, 200), MeasureWriterTests.Delta(-40, -30, 100)])]);
        var nova = Assert.Single(TraceReader.Read([Record("any", 0, 1, 1, "search") is var r ? r with
        {
            Attributes = MadeTrace.Attributes([.. r.Attributes.Items.Where(a => a.Key != "gen_ai.request.model").Select(a => (a.Key, a.Value)), ("gen_ai.request.model", "amazon.nova-pro-v1:0")]),
        } : r], new OwnerKeys()).Calls);
        await store.Writer.WriteHoursAsync("Prod", Ten.AddHours(1), Ten.AddHours(2), [new LoggedUse(Ten.AddHours(1), nova, 2, new TokenCounts(200, 0, 0, 0, 0, 0))]);
        var rows = await store.Get<MeasuredUsageReport>().ReadAsync(WriterStore.Now.Date, WriterStore.Now, RollupSpan.Day);
        Assert.Equal(100, rows.Sum(x => x.BeyondCalls));
        var usage = await store.Get<UsageReport>().ReadAsync(new UsageQuery(WriterStore.Now.Date, WriterStore.Now, [], Granularity.None, SpendFilter.None));
        Assert.Equal(300, usage.Total.Tokens.Input);
    }

    [Fact]
    public async Task Sums_leave_with_the_calls_and_what_was_booked_stays()
    {
        await using var store = await WriterStore.OpenAsync();
        var old = Nine.AddDays(-95);
        await store.Writer.WriteHoursAsync("Prod", old, old.AddHours(1), [Use(old, "search", 10, 1_000, 100)]);
        await LogAsync(store, Use(Nine, "search", 1, 100, 10));
        await store.Get<Retention>().RunAsync(new RetentionOptions());
        Assert.Equal([UtcTime.ToUnixSeconds(Nine).ToString(System.Globalization.CultureInfo.InvariantCulture)], store.Read("SELECT HourUnixSeconds FROM logged_hour"));
        Assert.Equal(["11|1100|0|110"], store.Read(Days));
    }
}
