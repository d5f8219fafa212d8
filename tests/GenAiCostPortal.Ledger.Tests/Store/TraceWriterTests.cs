using FsCheck;
using FsCheck.Fluent;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.Data.Sqlite;
using Xunit;

namespace GenAiCostPortal.Ledger.Store;

public sealed class TraceWriterTests
{
    [Fact]
    public async Task The_writer_s_own_connection_syncs_each_commit_to_disk()
    {
        await using var store = await WriterStore.OpenAsync();
        using var writer = new SqliteSpanStore(store.Get<StoreOptions>(), store.Get<Prices.PriceFinder>());
        Assert.Equal("2", Pragma(writer.Connection, "synchronous"));
        Assert.Equal("wal", Pragma(writer.Connection, "journal_mode"));
    }

    [Fact]
    public async Task What_is_written_can_be_read_over_another_connection_at_once()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 0, 1500, 1000, 100));
        Assert.Equal(2, store.Number("SELECT COUNT(*) FROM span"));
        Assert.Equal(["1000|100|1"], store.Read("SELECT SUM(Input),SUM(Output),SUM(Calls) FROM usage_rollup WHERE Span=2"));
        Assert.Equal(["1000|100|1"], store.Read("SELECT SUM(Input),SUM(Output),SUM(Calls) FROM cost_rollup WHERE Span=1"));
    }

    [Fact]
    public async Task The_same_spans_again_change_nothing()
    {
        await using var store = await WriterStore.OpenAsync();
        var spans = MadeTrace.Many(11);
        await store.WriteAsync([.. spans]);
        var before = store.Content();
        await store.WriteAsync([.. spans]);
        await store.WriteAsync([.. spans, .. spans]);
        Assert.Equal(before, store.Content());
        Assert.NotEqual("", before);
    }

    [Fact]
    public async Task Children_before_parents_come_out_like_parents_before_children()
    {
        var root = MadeTrace.Root(1);
        var call = MadeTrace.Call(1, 2, 1, 100, 1500);
        await using var one = await WriterStore.OpenAsync();
        await one.WriteAsync(root);
        await one.WriteAsync(call);
        await using var two = await WriterStore.OpenAsync();
        await two.WriteAsync(call);
        Assert.Equal(0, two.Number("SELECT HasRoot FROM trace"));
        await two.WriteAsync(root);
        Assert.Equal(1, two.Number("SELECT HasRoot FROM trace"));
        Assert.Equal(one.Content(), two.Content());
        // The call takes its feature from the root, whichever came first.
        Assert.Equal(["search"], two.Read("SELECT DISTINCT d.Name FROM usage_rollup u JOIN usage_series s ON s.Id=u.SeriesId JOIN dimension d ON d.Id=s.FeatureId"));
    }

    [Fact]
    public void Any_split_order_and_repetition_gives_the_same_ledger() =>
        Check.One(Chance.Runs(25), Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), seed => Same(seed).GetAwaiter().GetResult()));

    [Fact]
    public async Task A_request_is_booked_once_at_the_root_s_start_and_moves_with_it()
    {
        await using var store = await WriterStore.OpenAsync();
        var call = MadeTrace.Call(1, 2, 1, 5_000, 6_000, more: ("app.feature", "of-the-call"));
        await store.WriteAsync(call);
        Assert.Equal(["of-the-call|1795168800|1"], Requests(store));
        await store.WriteAsync(MadeTrace.Root(1, feature: "of-the-root"));
        // 9:59:58 lies in the hour that starts at 9:00 (1795165200 by `date -ud '2026-11-20 09:00' +%s`), the call in the next.
        Assert.Equal(["of-the-root|1795165200|1"], Requests(store));
    }

    [Fact]
    public async Task Traces_without_calls_are_no_requests()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(MadeTrace.Root(1));
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM usage_rollup"));
        Assert.Equal(1, store.Number("SELECT Spans FROM trace"));
    }

    [Fact]
    public async Task An_hour_is_rounded_once_and_the_day_is_the_sum_of_its_hours()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync([.. Enumerable.Range(2, 40).Select(i => MadeTrace.Call(1, (ulong)i, 0, i * 200_000, i * 200_000 + 10, 1, 1, model: "amazon.titan-embed-text-v2:0"))]);
        Assert.Equal(["1"], store.Read("""
            SELECT (SELECT SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span=1)=(SELECT SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span=2)
            """));
        foreach (var row in store.Read("SELECT u.Input,u.Output,p.InputNanoUsd,p.OutputNanoUsd,u.EstimatedCostNanoUsd FROM cost_rollup u JOIN cost_series s ON s.Id=u.SeriesId JOIN price p ON p.Id=s.PriceId WHERE u.Span=1"))
        {
            var n = row.Split('|').Select(v => v.Length == 0 ? 0m : decimal.Parse(v, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(decimal.Round((n[0] * n[2] + n[1] * n[3]) / 1_000_000m, 0, MidpointRounding.ToEven), n[4]);
        }
    }

    [Fact]
    public async Task A_throttled_call_keeps_its_tokens_and_costs_nothing()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(MadeTrace.Call(1, 2, 0, 0, 10, 900, 0, more: ("error.type", "ThrottlingException")) with { Status = SpanStatus.Error });
        Assert.Equal(["900|0|0|0"], store.Read("SELECT Input,EstimatedCostNanoUsd,UnpricedTokens,CallsWithoutCost FROM cost_rollup WHERE Span=2"));
        Assert.Equal(["1|1"], store.Read("SELECT Errors,Throttles FROM usage_rollup WHERE Span=2 AND Calls>0"));
        Assert.Equal((int)Usage.CostState.NotBillable, store.Number("SELECT CostState FROM call"));
    }

    [Fact]
    public async Task A_model_without_a_price_is_unpriced_and_not_zero()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(MadeTrace.Call(1, 2, 0, 0, 10, 900, 50, model: "acme.unknown-model-v9"));
        Assert.Equal(["950|1"], store.Read("SELECT UnpricedTokens,CallsWithoutCost FROM cost_rollup WHERE Span=2"));
        Assert.Equal([$"{(int)Usage.CostState.Unpriced}|"], store.Read("SELECT CostState,EstimatedCostNanoUsd FROM call"));
    }

    [Fact]
    public async Task Unknown_and_impossible_counts_are_unknown_and_drown_no_sum()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(MadeTrace.Call(1, 2, 0, 0, 10, null, null), MadeTrace.Call(1, 3, 0, 20, 30, long.MaxValue, long.MaxValue), MadeTrace.Call(1, 4, 0, 40, 50, -5, -7));
        Assert.Equal(["0|0"], store.Read("SELECT MIN(Input),MAX(Input+Output) FROM usage_rollup"));
        Assert.Equal(3, store.Number("SELECT SUM(CallsWithoutTokens) FROM usage_rollup WHERE Span=2"));
    }

    [Fact]
    public async Task Late_calls_mark_their_billed_day_for_the_build()
    {
        await using var store = await WriterStore.OpenAsync();
        await using (var db = store.Db())
        {
            foreach (var day in new[] { 19, 20 })
                db.BilledDays.Add(new BilledDay { Day = new DateOnly(2026, 11, day), AccountId = 1, FirstReadAt = WriterStore.Now, LastReadAt = WriterStore.Now });
            await db.SaveChangesAsync();
        }
        await store.WriteAsync(MadeTrace.Call(1, 2, 0, -86_400_000, -86_399_000));
        Assert.Equal(["1", "0"], store.Read("SELECT NeedsBuild FROM billed_day ORDER BY Day"));
    }

    [Fact]
    public async Task Received_is_stored_plus_rejected_and_senders_are_counted()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.Writer.WriteAsync([store.Writer.Prepare([MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 0, 10)], rejected: 3), store.Writer.Prepare([], rejected: 2)]);
        Assert.Equal(["traces|7|2|5"], store.Read("SELECT Signal,Received,Stored,Rejected FROM signal_count"));
        Assert.Equal(["my-own|1|0", "opentelemetry.instrumentation.bedrock|1|1"], store.Read("SELECT ScopeName,Spans,Calls FROM sender ORDER BY ScopeName"));
    }

    [Fact]
    public async Task A_group_beyond_one_transaction_is_stored_whole()
    {
        await using var store = await WriterStore.OpenAsync();
        var spans = Enumerable.Range(1, 5_000).Select(i => MadeTrace.Call((ulong)(i / 4) + 1, (ulong)i, 0, i, i + 5)).ToArray();
        await store.WriteAsync(spans);
        Assert.Equal(5_000, store.Number("SELECT COUNT(*) FROM call"));
        Assert.Equal(5_000, store.Number("SELECT SUM(Calls) FROM cost_rollup WHERE Span=2"));
        Assert.Equal(5_000, store.Number("SELECT Stored FROM signal_count"));
    }

    [Fact]
    public async Task A_failed_transaction_leaves_nothing_and_the_next_one_starts_clean()
    {
        await using var store = await WriterStore.OpenAsync();
        await store.WriteAsync(MadeTrace.Call(1, 2, 0, 0, 10));
        var before = store.Content();
        using (var blocker = new SqliteConnection($"Data Source={store.File};Pooling=False"))
        {
            blocker.Open();
            using var command = blocker.CreateCommand();
            command.CommandText = "CREATE TRIGGER no_more BEFORE INSERT ON cost_rollup BEGIN SELECT RAISE(ABORT,'full'); END";
            command.ExecuteNonQuery();
            await Assert.ThrowsAsync<SqliteException>(() => store.WriteAsync(MadeTrace.Call(2, 2, 0, 0, 10, model: "amazon.nova-pro-v1:0")));
            Assert.Equal(before, store.Content());
            command.CommandText = "DROP TRIGGER no_more";
            command.ExecuteNonQuery();
        }
        await store.WriteAsync(MadeTrace.Call(2, 2, 0, 0, 10, model: "amazon.nova-pro-v1:0"));
        Assert.Equal(2, store.Number("SELECT SUM(Calls) FROM cost_rollup WHERE Span=2"));
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM usage_series s WHERE s.ModelId<>0 AND NOT EXISTS(SELECT 1 FROM dimension d WHERE d.Id=s.ModelId)"));
    }

    private static List<string> Requests(WriterStore store) =>
        store.Read("SELECT d.Name,u.SlotUnixSeconds,u.Requests FROM usage_rollup u JOIN usage_series s ON s.Id=u.SeriesId JOIN dimension d ON d.Id=s.FeatureId WHERE u.Span=1 AND u.Requests<>0");

    private static async Task<bool> Same(int seed)
    {
        var spans = MadeTrace.Many(seed);
        await using var whole = await WriterStore.OpenAsync();
        await whole.WriteAsync([.. spans]);
        await using var scattered = await WriterStore.OpenAsync();
        foreach (var group in MadeTrace.Scattered(spans, seed + 1)) await scattered.WriteAsync(group);
        Assert.Equal(whole.Content(), scattered.Content());
        return true;
    }

    private static string? Pragma(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA " + name;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
