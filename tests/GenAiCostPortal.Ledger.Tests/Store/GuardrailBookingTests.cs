using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Traces;
using Xunit;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Which guardrail calls passed is booked in and out with them: by day, owners and guardrail.</summary>
public sealed class GuardrailBookingTests
{
    private const string Arn = "arn:aws:bedrock:us-east-1:111122223333:guardrail/gr4d3xample";

    // 20 Nov 2026.
    private static readonly int Day = new DateOnly(2026, 11, 20).DayNumber;

    private static List<string> Booked(WriterStore store) => store.Read("""
        SELECT x.Name,f.Name,g.Calls,g.CallsWithoutTokens,g.PromptTokens,g.OutputTokens FROM guardrail_rollup g
        JOIN cost_series s ON s.Id=g.SeriesId JOIN dimension x ON x.Id=g.GuardrailId LEFT JOIN dimension f ON f.Id=s.FeatureId ORDER BY 1,2
        """);

    private static Span Guarded(ulong trace, ulong id, string guardrail, long? input = 1000, params (string, object)[] more) =>
        MadeTrace.Call(trace, id, 1, (long)id * 100, 900 + (long)id * 100, input, input is null ? null : 100, more: [(guardrail.StartsWith("arn:", StringComparison.Ordinal) ? "aws.bedrock.guardrail.arn" : "aws.bedrock.guardrail.id", guardrail), .. more]);

    [Fact]
    public async Task Calls_are_booked_under_the_guardrail_they_name_by_id_or_arn()
    {
        await using var store = await WriterStore.OpenAsync();
        // Of search: 1,000 + 500 + 200 read from a cache; one of other counts nothing, one names no guardrail.
        await store.WriteAsync(MadeTrace.Root(1), Guarded(1, 2, "gr4d3xample"), Guarded(1, 3, Arn, 500, ("gen_ai.usage.cache_read.input_tokens", 200L)),
            Guarded(1, 4, Arn + ":2", null, ("app.feature", "other")), MadeTrace.Call(1, 5, 1, 2_000, 3_000));
        Assert.Equal(["Guardrail/gr4d3xample|other|1|1|0|0", "Guardrail/gr4d3xample|search|2|0|1700|200"], Booked(store));
        Assert.Equal([Day.ToString(System.Globalization.CultureInfo.InvariantCulture)], store.Read("SELECT DISTINCT Day FROM guardrail_rollup"));
    }

    [Fact]
    public async Task A_call_that_says_its_guardrail_or_owner_late_moves_and_one_delivered_twice_does_not()
    {
        await using var store = await WriterStore.OpenAsync();
        var call = Guarded(1, 2, Arn);
        await store.WriteAsync(call);
        await store.WriteAsync(call);
        Assert.Equal(["Guardrail/gr4d3xample||1|0|1000|100"], Booked(store));
        // The root names the feature.
        await store.WriteAsync(MadeTrace.Root(1));
        Assert.Equal(["Guardrail/gr4d3xample|search|1|0|1000|100"], Booked(store));
        // A call that is known already says later which guardrail it passed.
        await store.WriteAsync(MadeTrace.Call(1, 3, 1, 2_000, 3_000, 70, 7));
        await store.WriteAsync(MadeTrace.Call(1, 3, 1, 2_000, 3_000, 70, 7, more: [("aws.bedrock.guardrail.id", "gr4d3xample")]));
        Assert.Equal(["Guardrail/gr4d3xample|search|2|0|1070|107"], Booked(store));
    }

    [Fact]
    public async Task A_wrapper_lends_its_guardrail_to_the_call_it_wraps_and_counts_nothing_itself()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(MadeTrace.Root(1), Guarded(1, 2, Arn));
        Assert.Equal(["Guardrail/gr4d3xample|search|1|0|1000|100"], Booked(store));
        // The SDK's own span below it: the same call.
        await store.WriteAsync(MadeTrace.Call(1, 3, 2, 250, 1_000));
        Assert.Equal(["Guardrail/gr4d3xample|search|1|0|1000|100"], Booked(store));
        Assert.Equal(1, store.Number("SELECT COUNT(*) FROM call"));
    }

    [Fact]
    public async Task A_guardrail_that_becomes_known_has_the_billed_day_built_again()
    {
        await using var store = await WriterStore.OpenAsync();
        await using (var db = store.Db())
        {
            db.BilledDays.Add(new BilledDay { Day = new DateOnly(2026, 11, 20), AccountId = 1 });
            await db.SaveChangesAsync();
        }
        await store.WriteAsync(MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 0, 900));
        await using (var db = store.Db())
        {
            db.BilledDays.Single().NeedsBuild = false;
            await db.SaveChangesAsync();
        }
        await store.WriteAsync(MadeTrace.Call(1, 2, 1, 0, 900));
        Assert.Equal(0, store.Number("SELECT NeedsBuild FROM billed_day"));
        await store.WriteAsync(MadeTrace.Call(1, 2, 1, 0, 900, more: [("aws.bedrock.guardrail.id", "gr1")]));
        Assert.Equal(1, store.Number("SELECT NeedsBuild FROM billed_day"));
    }

    [Fact]
    public async Task However_the_spans_come_the_roll_up_is_the_sum_of_the_calls()
    {
        var guarded = 0L;
        for (var seed = 1; seed <= 12; seed++)
        {
            await using var store = await WriterStore.OpenAsync();
            foreach (var group in MadeTrace.Scattered(MadeTrace.Many(seed), seed * 7)) await store.WriteAsync(group);
            Assert.Equal(
                store.Read("""
                    SELECT StartUnixMs/86400000+719162,CostSeriesId,GuardrailId,COUNT(*),SUM(TokenState=2),SUM(Input+CacheRead+CacheWrite5m+CacheWrite30m+CacheWrite1h),SUM(Output)
                    FROM call WHERE GuardrailId<>0 GROUP BY 1,2,3 ORDER BY 1,2,3
                    """),
                store.Read("SELECT Day,SeriesId,GuardrailId,Calls,CallsWithoutTokens,PromptTokens,OutputTokens FROM guardrail_rollup ORDER BY 1,2,3"));
            guarded += store.Number("SELECT COUNT(*) FROM guardrail_rollup");
        }
        Assert.True(guarded > 12, $"{guarded} rows");
    }
}
