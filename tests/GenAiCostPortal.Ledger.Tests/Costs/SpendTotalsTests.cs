using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>One small history, asked in every way: the total must always be what plain SQL over the raw rows says.</summary>
public sealed class SpendTotalsTests : IAsyncLifetime
{
    private static readonly DateOnly First = new(2026, 11, 10), Open = new(2026, 11, 19);
    private LedgerFixture _f = null!;

    public async Task InitializeAsync()
    {
        _f = await TestBill.FixtureAsync(new DateTime(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc));
        for (var day = First; day <= Open; day = day.AddDays(1))
        {
            var n = day.Day;
            await RecordedCalls.AddAsync(_f,
                TestBill.Calls(_f, UtcTime.Start(day).AddHours(n % 24), "a", 100_000 + n * 777, 1_000 + n) with { Release = n % 2 == 0 ? "1.0" : "1.1", Workflow = "chat" },
                TestBill.Calls(_f, UtcTime.Start(day).AddHours(3), "b", 30_000 + n, 333) with { Workflow = n % 3 == 0 ? "batch" : "chat", Application = "app" },
                TestBill.Calls(_f, UtcTime.Start(day).AddHours(5), "", 9_999, 1) with { Team = "" },
                TestBill.Calls(_f, UtcTime.Start(day).AddHours(7), "b", 5_001, 77, account: ""),
                new RecordedCalls(UtcTime.Start(day).AddHours(9), "openai.gpt-4o", "", "") { Feature = "a", Provider = "openai", IsOffBill = true, CostNanoUsd = 1_000_001 * n, Tokens = new(10 * n, 0, 0, 0, 0, n) });
        }
        var lines = Enumerable.Range(0, Open.DayNumber - First.DayNumber + 1).Select(First.AddDays).SelectMany(d => new[]
        {
            TestBill.Input(d, d == Open ? 50_000 : 160_000), TestBill.Input(d, 20_000, tag: "a"), TestBill.Output(d, d == Open ? 100 : 3_000),
            TestBill.Input(d, 12_345, account: TestBill.Second), TestBill.Other(d, -0.000_123_457m, ChargeCategory.Credit), TestBill.Other(d, 0.000_777_777m, ChargeCategory.Tax),
            new BilledLineRead(d, TestBill.First, "us-east-1", TestBill.Bedrock, "USE1-Guardrail-ContentPolicyUnitsConsumed", ChargeCategory.Usage, null, 0.0333m, 5, "Units", false),
        }).ToArray();
        await _f.Get<BillWriter>().ReplaceAsync(TestBill.Read(First, Open.AddDays(1), new DateTime(2026, 11, 19, 23, 0, 0, DateTimeKind.Utc), lines));
        await _f.Get<BillWriter>().ReplaceAsync(TestBill.Read(First, Open.AddDays(1), new DateTime(2026, 11, 20, 11, 0, 0, DateTimeKind.Utc), lines));
        await _f.Get<LedgerBuild>().BuildDueAsync();
    }

    public async Task DisposeAsync() => await _f.DisposeAsync();

    private static SpendQuery Query(SpendView view, Granularity granularity, params SpendDimension[] groupBy) =>
        new(UtcTime.Start(First), UtcTime.Start(Open.AddDays(1)), groupBy, granularity, view, SpendFilter.None);

    public static TheoryData<SpendDimension> Dimensions => [.. Enum.GetValues<SpendDimension>()];

    [Theory]
    [MemberData(nameof(Dimensions))]
    public async Task Every_grouping_and_step_comes_to_the_same_total(SpendDimension dimension)
    {
        var report = _f.Get<SpendReport>();
        var bill = Money.ToUsd(await _f.ScalarAsync("SELECT SUM(AmountNanoUsd) FROM billed_line"));
        var recorded = Money.ToUsd(await _f.ScalarAsync("SELECT SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span = 1"));
        var calls = await _f.ScalarAsync("SELECT SUM(Calls) FROM usage_rollup WHERE Span = 2");
        var tokens = await _f.ScalarAsync("SELECT SUM(Input + Output) FROM usage_rollup WHERE Span = 2");
        var ledger = (await report.ReadAsync(Query(SpendView.Ledger, Granularity.None))).TotalUsd;
        Assert.True(ledger > bill);
        foreach (var granularity in (Granularity[])[Granularity.None, Granularity.Hour, Granularity.Day, Granularity.Week, Granularity.Month])
            foreach (var (view, total) in new[] { (SpendView.Billed, bill), (SpendView.Estimated, recorded), (SpendView.Ledger, ledger) })
            {
                var answer = await report.ReadAsync(Query(view, granularity, dimension));
                Assert.Equal((view, granularity, total), (view, granularity, answer.TotalUsd));
                Assert.Equal(total, answer.Rows.Sum(r => r.CostUsd));
                Assert.All(answer.Rows, r => Assert.Equal(r.CostUsd, r.Methods.Values.Sum()));
                Assert.Equal(answer.Rows.Count, answer.Rows.Select(r => (r.Time, r.Keys[0])).Distinct().Count());
                Assert.Equal(answer.UnattributedUsd, answer.Rows.Sum(r => r.Reasons.Values.Sum()));
                Assert.Equal(tokens, answer.Rows.Sum(r => r.Tokens.Total));
                if (dimension is not (SpendDimension.TokenKind or SpendDimension.Component)) Assert.Equal(calls, answer.Rows.Sum(r => r.Calls));
            }
    }

    [Theory]
    [InlineData(SpendDimension.Feature, "a")]
    [InlineData(SpendDimension.Feature, "b")]
    [InlineData(SpendDimension.Feature, SpendQuery.Unattributed)]
    [InlineData(SpendDimension.Account, TestBill.Second)]
    [InlineData(SpendDimension.Component, "Output")]
    [InlineData(SpendDimension.TokenKind, "input")]
    [InlineData(SpendDimension.Method, "Tag")]
    [InlineData(SpendDimension.Service, TestBill.Bedrock)]
    [InlineData(SpendDimension.Release, "1.1")]
    [InlineData(SpendDimension.Workflow, "chat")]
    public async Task A_filter_gives_what_the_row_of_that_key_said(SpendDimension dimension, string value)
    {
        var report = _f.Get<SpendReport>();
        foreach (var view in Enum.GetValues<SpendView>())
        {
            var row = (await report.ReadAsync(Query(view, Granularity.None, dimension))).Rows.SingleOrDefault(r => r.Keys[0] == value);
            var filter = new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [dimension] = [value] });
            var filtered = await report.ReadAsync(Query(view, Granularity.Day, SpendDimension.Model) with { Filter = filter });
            Assert.Equal(row?.CostUsd ?? 0, filtered.TotalUsd);
            Assert.Equal(row?.Calls ?? 0, filtered.Rows.Sum(r => r.Calls));
            Assert.Equal(row?.Tokens.Total ?? 0, filtered.Rows.Sum(r => r.Tokens.Total));
        }
    }

    [Fact]
    public async Task The_hours_of_a_billed_day_add_up_to_it_and_follow_its_calls()
    {
        var report = _f.Get<SpendReport>();
        var days = await report.ReadAsync(Query(SpendView.Ledger, Granularity.Day, SpendDimension.Feature));
        var hours = await report.ReadAsync(Query(SpendView.Ledger, Granularity.Hour, SpendDimension.Feature));
        foreach (var day in days.Rows)
            Assert.Equal(day.CostUsd, hours.Rows.Where(r => r.Keys[0] == day.Keys[0] && r.Time!.Value.Date == day.Time!.Value).Sum(r => r.CostUsd));
        // On the 12th feature a called at 12:00 only; its tax and credit carry no token kind and are spread evenly.
        var tokensOfA = hours.Rows.Where(r => r.Keys[0] == "a" && r.Time!.Value.Date == new DateTime(2026, 11, 12)).MaxBy(r => r.CostUsd)!;
        Assert.Equal(12, tokensOfA.Time!.Value.Hour);
    }

    [Fact]
    public async Task A_half_billed_day_is_not_called_billed()
    {
        var answer = await _f.Get<SpendReport>().ReadAsync(Query(SpendView.Ledger, Granularity.None));
        Assert.Equal(Open.AddDays(-1), answer.BilledThrough);
        Assert.Equal(new DateTime(2026, 11, 20, 11, 0, 0, DateTimeKind.Utc), answer.AsOf);
    }

    [Fact]
    public async Task The_shares_are_of_billed_usage_dollars()
    {
        var answer = await _f.Get<SpendReport>().ReadAsync(Query(SpendView.Ledger, Granularity.None));
        var usage = await _f.ScalarAsync("SELECT SUM(AmountNanoUsd) FROM billed_line WHERE Category = 0");
        var owned = await _f.ScalarAsync("SELECT SUM(AmountNanoUsd) FROM ledger_entry WHERE Category = 0 AND Method <> 0");
        Assert.Equal((decimal)owned / usage, answer.MeasuredShare);
        Assert.Equal(answer.MeasuredShare, answer.ExplainedShare);
        Assert.Equal(0, answer.DeclaredShare);
    }

    [Fact]
    public async Task A_late_call_on_an_open_day_is_seen_at_once_though_figures_are_kept_in_memory()
    {
        var report = _f.Get<SpendReport>();
        var before = await report.ReadAsync(Query(SpendView.Ledger, Granularity.Day, SpendDimension.Feature));
        await RecordedCalls.AddAsync(_f, TestBill.Calls(_f, UtcTime.Start(Open).AddHours(20), "late", 1_000_000));
        var after = await report.ReadAsync(Query(SpendView.Ledger, Granularity.Day, SpendDimension.Feature));
        Assert.DoesNotContain(before.Rows, r => r.Keys[0] == "late");
        Assert.True(after.Rows.Single(r => r.Keys[0] == "late").CostUsd > 0);
        Assert.Equal(before.BilledUsd, after.BilledUsd);
    }

    [Fact]
    public async Task Comparison_names_what_moved_with_facts_only()
    {
        var query = Query(SpendView.Estimated, Granularity.None) with { From = UtcTime.Start(new DateOnly(2026, 11, 15)) };
        await RecordedCalls.AddAsync(_f, TestBill.Calls(_f, UtcTime.Start(new DateOnly(2026, 11, 17)), "new", 50_000_000));
        var answer = await _f.Get<SpendComparison>().ReadAsync(query);

        Assert.Equal(answer.ChangeUsd, answer.Now.TotalUsd - answer.Before.TotalUsd);
        var first = answer.Moved[0];
        Assert.Equal(("new", 3m, new DateOnly(2026, 11, 17)), (first.Key, first.ChangeUsd, first.StartedOn!.Value));
        Assert.Equal("+$3.00. Started on 17 Nov.", first.Sentence);
        Assert.Equal(answer.ChangeUsd, answer.Moved.Sum(m => m.ChangeUsd));
    }

    [Fact]
    public async Task Tokens_with_a_feature_are_counted_over_all_recorded_tokens()
    {
        var share = await _f.Get<UsageShares>().TokensWithFeatureAsync(First, Open.AddDays(1));
        var known = await _f.ScalarAsync("SELECT SUM(Input + Output) FROM usage_rollup r JOIN usage_series s ON s.Id = r.SeriesId WHERE Span = 2 AND FeatureId <> 0");
        var all = await _f.ScalarAsync("SELECT SUM(Input + Output) FROM usage_rollup WHERE Span = 2");
        Assert.Equal((decimal)known / all, share);
        Assert.Null(await _f.Get<UsageShares>().TokensWithFeatureAsync(First.AddDays(-9), First));
    }
}
