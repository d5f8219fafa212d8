using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// Cost of users, moved with the requests. Nova Pro in us-east-1 at 0.80 and 3.20 USD a million: a call of 1,000 in and 100 out is
/// 0.00112 USD.
/// </summary>
public sealed class UserBookingTests
{
    private const string Nova = "amazon.nova-pro-v1:0";
    private static readonly DateTime Day = new(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc);

    private static async Task<WriterStore> OpenAsync()
    {
        var store = await WriterStore.OpenAsync();
        await store.Get<PriceFinder>().LoadAsync();
        return store;
    }

    private static Span With(Span span, string key, object value) => span with { Attributes = SpanMerge.Union(span.Attributes, MadeTrace.Attributes((key, value))) };

    private static Span Root(ulong trace, string? user, string feature = "search") =>
        user is null ? MadeTrace.Root(trace, feature: feature) : With(MadeTrace.Root(trace, feature: feature), "user.id", user);

    private static Span Call(ulong trace, ulong id = 2, string model = Nova) => MadeTrace.Call(trace, id, 1, 100 * (long)id, 100 * (long)id + 50, model: model);

    private static Task<UnitCostAnswer> AskAsync(WriterStore store, SpendFilter? filter = null, params SpendDimension[] by) =>
        store.Get<UnitCostReport>().ReadAsync(new UsageQuery(Day, Day.AddDays(1), by, Granularity.None, filter ?? SpendFilter.None));

    private static List<string> Rows(WriterStore store) => store.Read("""
        SELECT d.Name,u.Requests,u.RequestsWithoutCost,u.EstimatedCostNanoUsd,length(u.Users)/12 FROM user_rollup u
        JOIN usage_series s ON s.Id=u.SeriesId LEFT JOIN dimension d ON d.Id=s.FeatureId ORDER BY 1
        """);

    [Fact]
    public async Task A_user_costs_what_was_computed_by_hand()
    {
        await using var store = await OpenAsync();
        // alice: 0.00112 + 0.00224 by search, bob 0.00112 by search, alice again 0.00112 by chat; one request of nobody.
        await store.WriteAsync(Root(1, "alice"), Call(1), Root(2, "alice"), Call(2), Call(2, 3), Root(3, "bob"), Call(3), Root(4, "alice", "chat"), Call(4), Root(5, null), Call(5));
        var answer = await AskAsync(store, null, SpendDimension.Feature);
        Assert.Equal(new UserCost(0.0056m, 2, 4, 0), answer.Users);
        Assert.Equal(0.0028m, answer.Users!.PerUserUsd);
        Assert.Equal(new UserCost(0.00448m, 2, 3, 0), answer.Rows.Single(r => r.Keys[0] == "search").Users);
        Assert.Equal(new UserCost(0.00112m, 1, 1, 0), answer.Rows.Single(r => r.Keys[0] == "chat").Users);
        Assert.Equal(answer.Rows.Single(r => r.Keys[0] == "chat").Users, (await AskAsync(store, new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [SpendDimension.Feature] = ["chat"] }))).Users);
        // The name itself is nowhere but on its span.
        Assert.DoesNotContain("alice", string.Join('\n', store.Read("SELECT CAST(Users AS TEXT) FROM user_rollup").Concat(store.Read("SELECT UserHash,Source FROM trace")).Concat(store.Read("SELECT Name FROM dimension"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_asked_is_not_told_apart_by_what_belongs_to_calls()
    {
        await using var store = await OpenAsync();
        await store.WriteAsync(Root(1, "alice"), Call(1));
        var byModel = await AskAsync(store, null, SpendDimension.Model);
        Assert.NotNull(byModel.Users);
        Assert.All(byModel.Rows, r => Assert.Null(r.Users));
        Assert.Null((await AskAsync(store, new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [SpendDimension.Region] = ["us-east-1"] }))).Users);
    }

    [Fact]
    public async Task Requests_without_a_user_cost_no_user_and_are_no_zero()
    {
        await using var store = await OpenAsync();
        await store.WriteAsync(Root(1, null), Call(1));
        var answer = await AskAsync(store, null, SpendDimension.Feature);
        Assert.Equal(UserCost.None, answer.Users);
        Assert.Null(answer.Users!.PerUserUsd);
        // Without a price the cost of a user is unknown, with some prices it is at least.
        await store.WriteAsync(Root(2, "carol"), Call(2, model: "acme.unknown-model-v9"));
        Assert.Null((await AskAsync(store)).Users!.PerUserUsd);
        await store.WriteAsync(Root(3, "dave"), Call(3));
        var users = (await AskAsync(store)).Users!;
        Assert.Equal((0.00056m, 1L), (users.PerUserUsd, users.RequestsWithoutCost));
    }

    [Theory]
    [InlineData("enduser.id")]
    [InlineData("traceloop.association.properties.user_id")]
    [InlineData("ai.telemetry.metadata.userId")]
    [InlineData("langfuse.user.id")]
    [InlineData("gen_ai.request.user")]
    [InlineData("llm.user")]
    public async Task The_first_call_says_who_asked_where_the_root_does_not(string spelling)
    {
        await using var store = await OpenAsync();
        await store.WriteAsync(Root(1, null), With(Call(1, 3), spelling, "later"), With(Call(1), spelling, "first"));
        await store.WriteAsync(Root(2, "first"), With(Call(2), spelling, "of-the-call"));
        Assert.Equal(new UserCost(0.00336m, 1, 2, 0), (await AskAsync(store)).Users);
    }

    [Fact]
    public async Task A_user_moves_with_the_request_when_the_root_comes_late()
    {
        await using var store = await OpenAsync();
        await store.WriteAsync(With(With(Call(1), "llm.user", "of-the-call"), "app.feature", "of-the-call"));
        Assert.Equal(["of-the-call|1|0|1120000|1"], Rows(store));
        await store.WriteAsync(Root(1, "of-the-root", "of-the-root"));
        Assert.Equal(["of-the-root|1|0|1120000|1"], Rows(store));
        await store.WriteAsync(Call(1, 4));
        Assert.Equal(["of-the-root|1|0|2240000|1"], Rows(store));
    }

    [Fact]
    public async Task Any_order_and_repetition_gives_the_same_cost_and_users()
    {
        string? expected = null;
        for (var seed = 0; seed < 12; seed++)
        {
            await using var store = await OpenAsync();
            List<Span> spans = [.. Enumerable.Range(1, 6).SelectMany(t => (Span[])
                [Root((ulong)t, t == 4 ? null : $"user-{t % 3}", $"feature-{t % 2}"), Call((ulong)t), With(Call((ulong)t, 3), "user.id", $"user-{t}"), Call((ulong)t, 4, t == 2 ? "acme.unknown-model-v9" : Nova)])];
            foreach (var group in seed == 0 ? [spans.ToArray()] : MadeTrace.Scattered(spans, seed)) await store.WriteAsync(group);
            var rows = string.Join('\n', Rows(store));
            expected ??= rows;
            Assert.Equal(expected, rows);
        }
        // By hand: 17 priced calls of 0.00112; traces 2, 4 and 6 are feature-0, where trace 2 has an unpriced call; user-4 is of a call.
        Assert.Equal("feature-0|3|1|8960000|3\nfeature-1|3|0|10080000|3", expected);
    }

    [Fact]
    public async Task A_late_call_after_the_spans_have_left_adds_its_cost_to_the_user()
    {
        await using var store = await OpenAsync();
        await store.WriteAsync(Root(1, "alice"), Call(1));
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={store.File};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM span";
            command.ExecuteNonQuery();
        }
        await store.WriteAsync(Call(1, 5));
        await store.WriteAsync(Call(1, 5));
        Assert.Equal(["search|1|0|2240000|1"], Rows(store));
    }

    [Fact]
    public async Task Many_users_of_a_day_are_counted_within_two_standard_errors()
    {
        await using var store = await OpenAsync();
        // 3,000 requests of 1,500 users over two features; each user asks of both.
        var spans = Enumerable.Range(1, 3_000).SelectMany(t => (Span[])[Root((ulong)t, $"user-{t / 2}", $"feature-{t % 2}"), Call((ulong)t)]);
        await store.WriteAsync([.. spans]);
        var answer = await AskAsync(store, null, SpendDimension.Feature);
        Assert.Equal((3.36m, 3_000L), (answer.Users!.CostUsd, answer.Users.Requests));
        // Two standard errors of 1.6 % are 50 users; the stores of these tests have one and the same key.
        Assert.InRange(answer.Users.Users, 1_451, 1_551);
        Assert.All(answer.Rows, r => Assert.InRange(r.Users!.Users, 1_450, 1_550));
    }

    [Fact]
    public async Task Wrappers_are_counted_at_their_sender_and_move_with_what_arrives()
    {
        // The wrapper of a framework, then the SDK's own span of the same call below it: one call, one wrapper, whichever comes first.
        var wrapper = MadeTrace.Call(1, 2, 1, 100, 900) with { Scope = new SpanScope("langchain", "1") };
        var inner = MadeTrace.Call(1, 3, 2, 150, 850);
        foreach (var spans in (Span[][])[[MadeTrace.Root(1), wrapper, inner], [inner, wrapper, MadeTrace.Root(1)]])
        {
            await using var store = await OpenAsync();
            foreach (var span in spans) await store.WriteAsync(span);
            Assert.Equal(["langchain|1|0|1", "my-own|1|0|0", "opentelemetry.instrumentation.bedrock|1|1|0"], Senders(store));
            await store.WriteAsync(spans);
            Assert.Equal(["langchain|1|0|1", "my-own|1|0|0", "opentelemetry.instrumentation.bedrock|1|1|0"], Senders(store));
        }
        await using var once = await OpenAsync();
        await once.WriteAsync(MadeTrace.Root(1), wrapper, inner);
        Assert.Equal(1, once.Number("SELECT RollUps FROM sender WHERE ScopeName='langchain'"));
        Assert.Equal(1, once.Number("SELECT COUNT(*) FROM span WHERE IsRollUp=1 AND SpanId=2"));
    }

    private static List<string> Senders(WriterStore store) => store.Read("SELECT ScopeName,Spans,Calls,RollUps FROM sender ORDER BY 1");
}
