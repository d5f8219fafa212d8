using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using Xunit;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Real spans through the real writer; every figure is held against plain SQL over the stored calls or against the spend report.</summary>
public sealed class UsageReportTests : IAsyncLifetime
{
    private static readonly DateTime From = new(2026, 10, 20, 0, 0, 0, DateTimeKind.Utc), To = new(2026, 11, 21, 0, 0, 0, DateTimeKind.Utc);
    private WriterStore _store = null!;

    public async Task InitializeAsync()
    {
        _store = await WriterStore.OpenAsync();
        await _store.Get<PriceFinder>().LoadAsync();
        for (var seed = 1; seed <= 12; seed++)
            await _store.WriteAsync([.. MadeTrace.Many(seed).Select(s => s with { TraceId = new TraceId((ulong)seed, s.TraceId.Low) })]);
        await _store.WriteAsync(MadeTrace.Root(900), MadeTrace.Call(900, 2, 1, 10, 20, input: null, output: null));
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private static UsageQuery Query(Granularity granularity = Granularity.None, SpendFilter? filter = null, params SpendDimension[] groupBy) => new(From, To, groupBy, granularity, filter ?? SpendFilter.None);

    private Task<UsageAnswer> AskAsync(UsageQuery query) => _store.Get<UsageReport>().ReadAsync(query);

    public static TheoryData<SpendDimension> Dimensions => [.. Enum.GetValues<SpendDimension>()];

    [Theory]
    [MemberData(nameof(Dimensions))]
    public async Task Each_grouping_has_the_tokens_calls_and_requests_of_the_spend_report(SpendDimension dimension)
    {
        foreach (var granularity in (Granularity[])[Granularity.None, Granularity.Hour, Granularity.Day, Granularity.Week, Granularity.Month])
        {
            var usage = await AskAsync(Query(granularity, null, dimension));
            var spend = await _store.Get<SpendReport>().ReadAsync(usage.Query.ToSpend());
            string[] Said(IEnumerable<(DateTime? Time, string Key, long Calls, long Requests, TokenCounts Tokens)> rows) =>
                [.. rows.Where(r => r.Calls != 0 || r.Requests != 0 || r.Tokens.Total != 0).Select(r => $"{r.Time:s} {r.Key} {r.Calls} {r.Requests} {r.Tokens}").Order(StringComparer.Ordinal)];
            Assert.Equal(
                Said(spend.Rows.Select(r => (r.Time, r.Keys[0], r.Calls, r.Requests, r.Tokens))),
                Said(usage.Rows.Select(r => (r.Time, r.Keys[0], r.Measures.Calls, r.Measures.Requests, r.Measures.Tokens))));
            Assert.NotEmpty(usage.Rows);
        }
    }

    [Theory]
    [InlineData(SpendDimension.Feature, "feature-1")]
    [InlineData(SpendDimension.Feature, SpendQuery.Unattributed)]
    [InlineData(SpendDimension.Provider, "openai")]
    [InlineData(SpendDimension.Release, "1.1.0")]
    [InlineData(SpendDimension.Workflow, "flow-1")]
    [InlineData(SpendDimension.TokenKind, "output")]
    [InlineData(SpendDimension.Feature, "no-such-feature")]
    public async Task A_filter_gives_what_the_spend_report_gives(SpendDimension dimension, string value)
    {
        var usage = await AskAsync(Query(Granularity.Day, new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [dimension] = [value] }), SpendDimension.Model));
        var spend = await _store.Get<SpendReport>().ReadAsync(usage.Query.ToSpend());
        Assert.Equal(spend.Rows.Sum(r => r.Calls), usage.Total.Calls);
        Assert.Equal(spend.Rows.Sum(r => r.Requests), usage.Total.Requests);
        Assert.Equal(spend.Rows.Sum(r => r.Tokens.Total), usage.Total.Tokens.Total);
        if (value == "no-such-feature") Assert.Empty(usage.Rows);
    }

    [Fact]
    public async Task Counts_times_and_percentiles_are_those_of_the_stored_calls()
    {
        var total = (await AskAsync(Query(groupBy: SpendDimension.Model))).Total;
        Assert.Equal(_store.Number("SELECT COUNT(*) FROM call"), total.Calls);
        Assert.Equal(_store.Number("SELECT COUNT(*) FROM call WHERE Status<>0"), total.Errors);
        Assert.Equal(_store.Number("SELECT COUNT(*) FROM call WHERE Status=2"), total.Throttles);
        Assert.Equal(_store.Number("SELECT COUNT(*) FROM call WHERE TokenState=2"), total.CallsWithoutTokens);
        Assert.Equal(_store.Number("SELECT COUNT(*) FROM trace WHERE IsRequest"), total.Requests);
        Assert.True(total.Errors > 0 && total.Throttles > 0 && total.CallsWithoutTokens > 0);
        var durations = Sorted("SELECT DurationMs FROM call");
        Assert.Equal(durations.Sum(), total.DurationMs, 0.5);
        Assert.InRange(total.Latency!.P50, Rank(durations, 0.50) * 0.99, Rank(durations, 0.50) * 1.01);
        Assert.InRange(total.Latency.P95, Rank(durations, 0.95) * 0.99, Rank(durations, 0.95) * 1.01);
        var first = Sorted("SELECT TimeToFirstTokenMs FROM call WHERE TimeToFirstTokenMs IS NOT NULL");
        Assert.InRange(total.TimeToFirstToken!.P50, Rank(first, 0.50) * 0.99, Rank(first, 0.50) * 1.01);
        Assert.Equal((decimal)_store.Number("SELECT SUM(CacheRead) FROM call") / _store.Number("SELECT SUM(Input+CacheRead+CacheWrite5m+CacheWrite30m+CacheWrite1h) FROM call"), total.CacheHitRatio);
    }

    [Fact]
    public async Task Five_minute_steps_add_up_to_the_hour_and_two_groupings_to_one()
    {
        var from = new DateTime(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc);
        var fine = await AskAsync(Query(Granularity.Minute5) with { From = from });
        var hours = await AskAsync(Query(Granularity.Hour) with { From = from });
        Assert.Equal((Granularity.Minute5, Granularity.Hour), (fine.Step, hours.Step));
        Assert.True(fine.Rows.Count > 0 && hours.Rows.Count > 0);
        foreach (var hour in hours.Rows)
            Assert.Equal(hour.Measures.Tokens, fine.Rows.Where(r => r.Time!.Value >= hour.Time && r.Time.Value < hour.Time!.Value.AddHours(1)).Aggregate(default(TokenCounts), (sum, r) => sum + r.Measures.Tokens));
        var one = await AskAsync(Query(groupBy: SpendDimension.Feature));
        var two = await AskAsync(Query(groupBy: [SpendDimension.Feature, SpendDimension.Model]));
        foreach (var row in one.Rows) Assert.Equal(row.Measures.Calls, two.Rows.Where(r => r.Keys[0] == row.Keys[0]).Sum(r => r.Measures.Calls));
    }

    [Fact]
    public async Task Metered_counts_stand_beside_by_model_and_are_unknown_where_nothing_was_sent()
    {
        var hour = new DateTime(2026, 11, 20, 9, 0, 0, DateTimeKind.Utc);
        await _store.Get<MeterWriter>().WriteAsync(
        [
            new(hour, "111122223333", "us-east-1", "amazon.nova-pro-v1:0", MeteredMetric.Invocations, 40),
            new(hour.AddHours(1), "111122223333", "us-east-1", "amazon.nova-pro-v1:0", MeteredMetric.Invocations, 2),
            new(hour, "111122223333", "eu-west-1", "amazon.nova-pro-v1:0", MeteredMetric.Throttles, 3),
        ]);
        var all = Assert.Single((await _store.Get<MeteredReport>().ReadAsync(From, To, SpendFilter.None)).Models);
        Assert.Equal(("amazon.nova-pro", 42L, 3L, null), (all.Model, all.Invocations, all.Throttles, all.InputTokens));
        SpendFilter Only(SpendDimension dimension, string value) => new(new Dictionary<SpendDimension, IReadOnlyList<string>> { [dimension] = [value] });
        var ireland = Assert.Single((await _store.Get<MeteredReport>().ReadAsync(From, To, Only(SpendDimension.Region, "eu-west-1"))).Models);
        Assert.Equal((null, 3L), (ireland.Invocations, ireland.Throttles));
        Assert.Empty((await _store.Get<MeteredReport>().ReadAsync(From, To, Only(SpendDimension.Provider, "meta"))).Models);
        var feature = await _store.Get<MeteredReport>().ReadAsync(From, To, Only(SpendDimension.Feature, "feature-1"));
        Assert.Equal([SpendDimension.Feature], feature.NotApplied);
    }

    private double[] Sorted(string sql) => [.. _store.Read(sql).Select(t => double.Parse(t, System.Globalization.CultureInfo.InvariantCulture)).Order()];

    private static double Rank(double[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
}
