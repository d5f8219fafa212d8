using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

public sealed class SpendReportTests
{
    private static readonly DateTime Today = new(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc);

    private static SpendQuery Query(SpendView view, Granularity granularity, params SpendDimension[] groupBy) =>
        new(Today.AddDays(-3), Today.AddDays(1), groupBy, granularity, view, SpendFilter.None);

    [Fact]
    public async Task A_call_is_in_the_figures_as_soon_as_its_rollups_are_written()
    {
        await using var f = await LedgerFixture.CreateAsync();
        var report = f.Get<SpendReport>();
        Assert.Equal(0, (await report.ReadAsync(Query(SpendView.Estimated, Granularity.Day, SpendDimension.Feature))).TotalUsd);

        await RecordedCalls.AddAsync(f, new RecordedCalls(Today.AddHours(3)) { Feature = "search", Tokens = new(1000, 0, 0, 0, 0, 10), CostNanoUsd = 1_234_567_891 });

        foreach (var view in (SpendView[])[SpendView.Estimated, SpendView.Ledger])
        {
            var answer = await report.ReadAsync(Query(view, Granularity.Day, SpendDimension.Feature));
            var row = Assert.Single(answer.Rows);
            Assert.Equal((1.234567891m, Today, "search", 1L, 1L, 1010L, Basis.Estimated),
                (row.CostUsd, row.Time!.Value, row.Keys[0], row.Calls, row.Requests, row.Tokens.Total, row.Basis));
            Assert.Equal(1.234567891m, row.Methods[AllocationMethod.Trace]);
            Assert.Equal(1.234567891m, answer.TotalUsd);
        }
        var billed = await report.ReadAsync(Query(SpendView.Billed, Granularity.Day, SpendDimension.Feature));
        Assert.Equal(0, billed.TotalUsd);
        Assert.Equal(1, Assert.Single(billed.Rows).Calls);
    }

    [Fact]
    public async Task Off_bill_money_is_in_the_estimated_view_and_beside_the_ledger_view()
    {
        await using var f = await LedgerFixture.CreateAsync();
        await RecordedCalls.AddAsync(f,
            new RecordedCalls(Today, Model: "openai.gpt-4o", Account: "", Region: "") { Feature = "a", IsOffBill = true, CostNanoUsd = 5_000_000_000 },
            new RecordedCalls(Today) { Feature = "a", CostNanoUsd = 2_000_000_000 });
        var ledger = await f.Get<SpendReport>().ReadAsync(Query(SpendView.Ledger, Granularity.None, SpendDimension.Feature));
        var estimated = await f.Get<SpendReport>().ReadAsync(Query(SpendView.Estimated, Granularity.None, SpendDimension.Feature));

        Assert.Equal((2m, 5m), (ledger.TotalUsd, ledger.OffBillUsd));
        Assert.Equal((2m, 5m), (ledger.Rows[0].CostUsd, ledger.Rows[0].OffBillUsd));
        Assert.Equal((7m, 5m), (estimated.TotalUsd, estimated.OffBillUsd));
        Assert.Equal(7m, estimated.Rows[0].CostUsd);
    }

    [Fact]
    public async Task Money_without_an_owner_has_its_own_row_and_reason()
    {
        await using var f = await LedgerFixture.CreateAsync();
        await RecordedCalls.AddAsync(f, new RecordedCalls(Today) { CostNanoUsd = 3_000_000_000 });
        var row = Assert.Single((await f.Get<SpendReport>().ReadAsync(Query(SpendView.Ledger, Granularity.None, SpendDimension.Feature))).Rows);
        Assert.Equal((SpendQuery.Unattributed, 3m), (row.Keys[0], row.Reasons[UnattributedReason.NoFeatureOnCall]));
    }

    [Fact]
    public async Task A_filter_on_release_says_how_much_it_cannot_see()
    {
        await using var f = await LedgerFixture.CreateAsync();
        await RecordedCalls.AddAsync(f,
            new RecordedCalls(Today) { Feature = "a", Release = "2.4.1", CostNanoUsd = 3_000_000_000 },
            new RecordedCalls(Today) { Feature = "a", Release = "2.4.0", CostNanoUsd = 1_000_000_000 },
            new RecordedCalls(Today) { Feature = "a", CostNanoUsd = 2_000_000_000 });
        var filter = new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [SpendDimension.Release] = ["2.4.1"] });
        var answer = await f.Get<SpendReport>().ReadAsync(Query(SpendView.Ledger, Granularity.None, SpendDimension.Feature) with { Filter = filter });
        Assert.Equal((3m, 2m), (answer.TotalUsd, answer.NotKnownUsd));
    }

    [Fact]
    public async Task Bounds_inside_a_day_take_whole_hours_only_of_that_day()
    {
        await using var f = await LedgerFixture.CreateAsync();
        for (var hour = 0; hour < 24; hour++)
            await RecordedCalls.AddAsync(f, new RecordedCalls(Today.AddDays(-1).AddHours(hour)) { Feature = "a", CostNanoUsd = 1 + hour });
        var query = Query(SpendView.Estimated, Granularity.None, SpendDimension.Feature) with { From = Today.AddDays(-1).AddHours(22), To = Today.AddMinutes(30) };
        Assert.Equal(Money.ToUsd(23 + 24), (await f.Get<SpendReport>().ReadAsync(query)).TotalUsd);
    }

    [Theory]
    [InlineData(Granularity.None)]
    [InlineData(Granularity.Hour)]
    [InlineData(Granularity.Day)]
    [InlineData(Granularity.Week)]
    [InlineData(Granularity.Month)]
    public async Task Rows_add_up_to_the_total_whatever_the_step(Granularity granularity)
    {
        await using var f = await LedgerFixture.CreateAsync();
        for (var i = 0; i < 20; i++)
            await RecordedCalls.AddAsync(f, new RecordedCalls(Today.AddHours(-5 * i)) { Feature = $"f{i % 3}", Team = $"t{i % 2}", CostNanoUsd = 1_000_003 * (i + 1), Tokens = new(i, 0, 0, 0, 0, 1) });
        var answer = await f.Get<SpendReport>().ReadAsync(Query(SpendView.Ledger, granularity, SpendDimension.Feature, SpendDimension.Team));
        var total = await f.ScalarAsync($"SELECT SUM(EstimatedCostNanoUsd) FROM cost_rollup WHERE Span = 1 AND SlotUnixSeconds >= {UtcTime.ToUnixSeconds(Today.AddDays(-3))}");
        Assert.Equal(Money.ToUsd(total), answer.TotalUsd);
        Assert.Equal(answer.TotalUsd, answer.Rows.Sum(r => r.CostUsd));
        if (granularity == Granularity.Week) Assert.All(answer.Rows, r => Assert.Equal(DayOfWeek.Monday, r.Time!.Value.DayOfWeek));
    }
}
