using GenAiCostPortal.Ledger.Traces;
using Xunit;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// What sampled calls stand for, beside what was recorded. At p = 1/4 (th:c) a call of 1,000 and 100 tokens stands for 3,000 and 300
/// more, and its request for three more.
/// </summary>
public sealed class SampledBookingTests
{
    private const string Quarter = "ot=th:c", Half = "ot=th:8";
    private const string Usage = "SELECT Span,Calls,Input,Output,UnrecordedInput,UnrecordedOutput FROM sampled_usage ORDER BY Span";
    private const string Requests = "SELECT Span,Requests,UnrecordedMillionths FROM sampled_requests ORDER BY Span";

    private static Span Root(ulong trace, string state) => MadeTrace.Root(trace) with { TraceState = state };
    private static Span Call(ulong trace, ulong id, string state, ulong parent = 1) => MadeTrace.Call(trace, id, parent, 100, 500) with { TraceState = state };

    [Fact]
    public async Task Beside_the_recorded_tokens_stands_what_was_not_recorded()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(Root(1, Quarter), Call(1, 2, Quarter));
        Assert.Equal(["1|1|1000|100|3000|300", "2|1|1000|100|3000|300"], store.Read(Usage));
        Assert.Equal(["1|1|3000000", "2|1|3000000"], store.Read(Requests));
        // Recorded figures stay what was recorded.
        Assert.Equal(["1000|100|1"], store.Read("SELECT SUM(Input),SUM(Output),SUM(Calls) FROM cost_rollup WHERE Span=2"));
        Assert.Equal(["1000|1"], store.Read("SELECT SUM(Input),SUM(Requests) FROM usage_rollup WHERE Span=2"));
        Assert.Equal(["1100|1"], store.Read("SELECT Tokens,Calls FROM trace"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ot=th:0")]
    [InlineData("ot=th:broken")]
    public async Task Senders_that_keep_all_or_do_not_say_have_no_row(string state)
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(Root(1, state), Call(1, 2, state));
        Assert.Empty(store.Read(Usage));
        Assert.Empty(store.Read(Requests));
        Assert.Equal(["0|0"], store.Read("SELECT c.KeptOf2Pow56,t.KeptOf2Pow56 FROM call c JOIN trace t"));
    }

    [Fact]
    public async Task A_call_that_log_or_event_tells_of_too_stands_for_itself()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(Root(1, Quarter), Call(1, 2, Quarter), Call(1, 3, Quarter) with { StartUnixNs = MadeTrace.StartNs + 600_000_000, EndUnixNs = MadeTrace.StartNs + 700_000_000 });
        Assert.Equal("2|2|2000|200|6000|600", store.Read(Usage)[1]);
        await store.WriteAsync(Call(1, 2, Quarter) with { Doors = Doors.OtlpLogs });
        Assert.Equal("2|1|1000|100|3000|300", store.Read(Usage)[1]);
        // Events are not sampled, so the request is seen whenever it happens.
        Assert.Empty(store.Read(Requests));
    }

    [Fact]
    public async Task A_request_stands_for_as_many_as_its_call_that_was_kept_most_often()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(Root(1, Quarter), Call(1, 2, Quarter), Call(1, 3, Half) with { StartUnixNs = MadeTrace.StartNs + 600_000_000, EndUnixNs = MadeTrace.StartNs + 700_000_000 });
        Assert.Equal(["1|1|1000000", "2|1|1000000"], store.Read(Requests));
        // A call without a probability stands for itself, and so does its request.
        await store.WriteAsync(Call(1, 4, "") with { StartUnixNs = MadeTrace.StartNs + 800_000_000, EndUnixNs = MadeTrace.StartNs + 900_000_000 });
        Assert.Empty(store.Read(Requests));
    }

    [Fact]
    public async Task What_comes_late_moves_the_rows_and_empty_rows_go()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(Call(1, 2, Quarter));
        // The root names another feature: the row moves to its series and none is left behind.
        await store.WriteAsync(Root(1, Quarter));
        Assert.Equal(["search|1|3000"], store.Read("SELECT f.Name,u.Calls,u.UnrecordedInput FROM sampled_usage u JOIN cost_series s ON s.Id=u.SeriesId JOIN dimension f ON f.Id=s.FeatureId WHERE u.Span=2"));
        Assert.Equal(2, store.Number("SELECT COUNT(*) FROM sampled_usage"));
        // The same span through a pipeline that sampled less: it was kept with the greater of both probabilities.
        await store.WriteAsync(Call(1, 2, Half));
        Assert.Equal("2|1|1000|100|1000|100", store.Read(Usage)[1]);
        Assert.Equal(["1|1|1000000", "2|1|1000000"], store.Read(Requests));
    }

    [Fact]
    public async Task Another_probability_marks_the_billed_day_for_the_build()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(Root(1, ""), Call(1, 2, ""));
        await using (var db = store.Db())
        {
            db.BilledDays.Add(new Costs.BilledDay { Day = new DateOnly(2026, 11, 20), AccountId = 1, FirstReadAt = WriterStore.Now, LastReadAt = WriterStore.Now });
            await db.SaveChangesAsync();
        }
        await store.WriteAsync(Root(1, ""), Call(1, 2, ""));
        Assert.Equal(["0"], store.Read("SELECT NeedsBuild FROM billed_day"));
        await store.WriteAsync(Call(1, 2, Quarter));
        Assert.Equal(["1"], store.Read("SELECT NeedsBuild FROM billed_day"));
    }
}
