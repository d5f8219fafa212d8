using Xunit;

namespace GenAiCostPortal.Ledger.Store;

public sealed class RetentionTests
{
    private const long DayMs = 86_400_000;

    [Fact]
    public async Task Details_leave_at_their_age_and_the_days_stay()
    {
        await using var store = await WriterStore.OpenAsync();
        // Starts lie 0, 20, 40, 100 and 500 days back.
        ulong trace = 1;
        foreach (var days in new[] { 0, 20, 40, 100, 500 }) await store.WriteAsync(MadeTrace.Call(trace++, 2, 0, -days * DayMs, -days * DayMs + 10));
        var outcome = await store.Get<Retention>().RunAsync(new RetentionOptions());
        Assert.Equal((3, 2, 2), (outcome.Spans, outcome.Calls, outcome.Traces));
        Assert.Equal([2L, 3, 3], [store.Number("SELECT COUNT(*) FROM span"), store.Number("SELECT COUNT(*) FROM call"), store.Number("SELECT COUNT(*) FROM trace")]);
        Assert.Equal(["0|1", "1|4", "2|5"], store.Read("SELECT Span,SUM(Calls) FROM usage_rollup GROUP BY Span"));
        Assert.Equal(["1|4", "2|5"], store.Read("SELECT Span,SUM(Calls) FROM cost_rollup GROUP BY Span"));
        Assert.Equal(new RetentionOutcome(0, 0, 0, 0), await store.Get<Retention>().RunAsync(new RetentionOptions()));
    }

    [Fact]
    public async Task Traces_that_show_a_spike_stay_with_their_spans()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(MadeTrace.Call(1, 2, 0, -100 * DayMs, -100 * DayMs + 10), MadeTrace.Call(2, 2, 0, -100 * DayMs, -100 * DayMs + 10), MadeTrace.Call(3, 2, 0, -40 * DayMs, -40 * DayMs + 10));
        await using (var db = store.Db())
        {
            foreach (var key in store.Read("SELECT Key FROM trace WHERE substr(hex(TraceId), -2) IN ('01', '03')"))
                db.SpikeExemplars.Add(new Spikes.SpikeExemplar { SpikeId = 1, TraceKey = long.Parse(key, System.Globalization.CultureInfo.InvariantCulture) });
            Assert.Equal(2, await db.SaveChangesAsync());
        }
        var outcome = await store.Get<Retention>().RunAsync(new RetentionOptions());
        Assert.Equal((1, 1, 1), (outcome.Spans, outcome.Calls, outcome.Traces));
        Assert.Equal([2L, 2, 2], [store.Number("SELECT COUNT(*) FROM span"), store.Number("SELECT COUNT(*) FROM call"), store.Number("SELECT COUNT(*) FROM trace")]);
    }

    [Fact]
    public async Task Many_traces_leave_in_chunks()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync([.. Enumerable.Range(1, 1_200).Select(i => MadeTrace.Call((ulong)i, 2, 0, -100 * DayMs, -100 * DayMs + i))]);
        var outcome = await store.Get<Retention>().RunAsync(new RetentionOptions());
        Assert.Equal(1_200, outcome.Traces);
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM call"));
        Assert.Equal(1_200, store.Number("SELECT SUM(Calls) FROM cost_rollup WHERE Span=2"));
    }

    [Fact]
    public async Task A_span_again_after_its_trace_lost_its_spans_changes_no_number()
    {
        await using var store = await WriterStore.OpenAsync();
        var (first, second) = (MadeTrace.Call(1, 2, 0, -40 * DayMs, -40 * DayMs + 10), MadeTrace.Call(1, 3, 0, -40 * DayMs + 20, -40 * DayMs + 30));
        await store.WriteAsync(first, second);
        await store.Get<Retention>().RunAsync(new RetentionOptions());
        var before = store.Content();
        await store.WriteAsync(first);
        Assert.Equal(before, store.Content());
        // A call that was never seen is still counted.
        await store.WriteAsync(MadeTrace.Call(1, 4, 0, -40 * DayMs + 40, -40 * DayMs + 50, 7, 0));
        Assert.Equal(["3|2007"], store.Read("SELECT SUM(Calls),SUM(Input) FROM cost_rollup WHERE Span=2"));
        Assert.Equal(3, store.Number("SELECT Calls FROM trace"));
    }

    [Fact]
    public async Task A_late_span_into_a_slot_that_has_left_gives_nothing_negative()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(MadeTrace.Call(1, 2, 1, -20 * DayMs, -20 * DayMs + 10));
        await store.Get<Retention>().RunAsync(new RetentionOptions());
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM usage_rollup WHERE Span=0"));
        await store.WriteAsync(MadeTrace.Root(1, startMs: -20 * DayMs, endMs: -20 * DayMs + 20, feature: "late"));
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM usage_rollup WHERE Calls<0 OR Input<0 OR Requests<0"));
        Assert.Equal(["late|1"], store.Read("SELECT d.Name,u.Calls FROM usage_rollup u JOIN usage_series s ON s.Id=u.SeriesId JOIN dimension d ON d.Id=s.FeatureId WHERE u.Span=2 AND u.Calls>0"));
    }
}
