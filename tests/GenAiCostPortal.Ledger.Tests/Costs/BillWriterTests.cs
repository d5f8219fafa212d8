using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

public sealed class BillWriterTests
{
    private static readonly DateOnly Day = new(2026, 11, 10);
    private static readonly DateTime Read1 = new(2026, 11, 12, 6, 0, 0, DateTimeKind.Utc);

    private static async Task<BilledDay> StateAsync(LedgerFixture f, DateOnly day)
    {
        await using var db = await f.OpenAsync();
        return await db.BilledDays.SingleAsync(b => b.Day == day);
    }

    [Fact]
    public async Task Reading_the_same_day_again_moves_only_the_read_time()
    {
        await using var f = await TestBill.FixtureAsync();
        var writer = f.Get<BillWriter>();
        await writer.ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Read1, TestBill.Input(Day, 1_000_000), TestBill.Output(Day, 5_000)));
        await f.Get<LedgerBuild>().BuildDueAsync();
        var ids = await f.ScalarAsync("SELECT SUM(Id) FROM billed_line");

        var again = TestBill.Read(Day, Day.AddDays(1), Read1.AddHours(1), TestBill.Output(Day, 5_000), TestBill.Input(Day, 1_000_000));
        await writer.ReplaceAsync(again);
        await writer.ReplaceAsync(again);

        var state = await StateAsync(f, Day);
        Assert.Equal(ids, await f.ScalarAsync("SELECT SUM(Id) FROM billed_line"));
        Assert.Equal((Read1, Read1.AddHours(1), 0, false), (state.FirstReadAt, state.LastReadAt, state.Restatements, state.NeedsBuild));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task An_account_that_is_no_longer_on_the_whole_bill_is_cleared(bool isWhole, int left)
    {
        await using var f = await TestBill.FixtureAsync();
        var writer = f.Get<BillWriter>();
        await writer.ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Read1, TestBill.Input(Day, 1_000), TestBill.Input(Day, 2_000, account: TestBill.Second)));

        await writer.ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Read1.AddHours(6), TestBill.Input(Day, 1_000)) with { CoversAll = isWhole });

        Assert.Equal(left, await f.ScalarAsync("SELECT COUNT(*) FROM billed_line"));
    }

    [Fact]
    public async Task Many_lines_are_written_in_short_turns()
    {
        await using var f = await TestBill.FixtureAsync();
        var gate = f.Get<WriteGate>();
        var lines = Enumerable.Range(0, 900).Select(i => TestBill.Input(Day, 1_000 + i) with
        {
            AccountId = $"{i / 180:000000000000}", UsageType = $"USE1-Made-{i}-input-tokens",
        }).ToArray();

        var before = gate.Turns;
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Read1, lines));

        // Five accounts of 180 lines: two would be above 250, so each has its own turn.
        Assert.InRange(gate.Turns - before, 5, 6);
        Assert.Equal(900, await f.ScalarAsync("SELECT COUNT(*) FROM billed_line"));
    }

    [Fact]
    public async Task Many_metered_values_are_written_in_short_turns()
    {
        await using var f = await TestBill.FixtureAsync();
        var gate = f.Get<WriteGate>();
        var rows = Enumerable.Range(0, 1_200).Select(i => new MeteredRead(
            UtcTime.Start(Day).AddHours(-i), "111122223333", "us-east-1", "amazon.nova-pro-v1:0", MeteredMetric.InputTokens, i)).ToArray();

        var before = gate.Turns;
        await f.Get<MeterWriter>().WriteAsync(rows);

        Assert.Equal(3, gate.Turns - before);
        Assert.Equal(1_200, await f.ScalarAsync("SELECT COUNT(*) FROM metered_usage"));
    }

    [Fact]
    public async Task A_restated_day_replaces_its_lines_and_is_counted()
    {
        await using var f = await TestBill.FixtureAsync();
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Read1, TestBill.Input(Day, 1_000_000)));
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Read1.AddHours(8), TestBill.Input(Day, 2_000_000)));

        var state = await StateAsync(f, Day);
        Assert.Equal((1, true, 120_000_000L, 60_000_000L), (state.Restatements, state.NeedsBuild, state.AmountNanoUsd, state.EarlierAmountNanoUsd));
        Assert.Equal(120_000_000, await f.ScalarAsync("SELECT SUM(AmountNanoUsd) FROM billed_line"));
    }

    [Fact]
    public async Task A_day_inside_the_read_without_lines_is_replaced_by_nothing_and_one_outside_is_left()
    {
        await using var f = await TestBill.FixtureAsync();
        var writer = f.Get<BillWriter>();
        await writer.ReplaceAsync(TestBill.Read(Day, Day.AddDays(3), Read1,
            TestBill.Input(Day, 1_000_000), TestBill.Input(Day.AddDays(1), 1_000_000), TestBill.Input(Day.AddDays(2), 1_000_000)));
        await writer.ReplaceAsync(TestBill.Read(Day.AddDays(1), Day.AddDays(3), Read1.AddHours(8), TestBill.Input(Day.AddDays(2), 1_000_000)));

        await using var db = await f.OpenAsync();
        Assert.Equal([Day, Day.AddDays(2)], await db.BilledLines.Select(l => l.Day).Order().ToListAsync());
        Assert.Equal(0, (await StateAsync(f, Day.AddDays(1))).AmountNanoUsd);
    }

    [Fact]
    public async Task A_read_of_one_payer_leaves_the_accounts_of_another_alone()
    {
        await using var f = await TestBill.FixtureAsync();
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Read1, TestBill.Input(Day, 1_000_000, account: TestBill.First)));
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Read1, TestBill.Input(Day, 500_000, account: TestBill.Second)));
        Assert.Equal(90_000_000, await f.ScalarAsync("SELECT SUM(AmountNanoUsd) FROM billed_line"));
    }

    [Fact]
    public async Task The_estimate_is_frozen_before_the_first_bill_and_stays()
    {
        await using var f = await TestBill.FixtureAsync();
        await RecordedCalls.AddAsync(f, TestBill.Calls(f, UtcTime.Start(Day), "a", 1_000_000));
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Read1, TestBill.Input(Day, 900_000)));
        await RecordedCalls.AddAsync(f, TestBill.Calls(f, UtcTime.Start(Day), "a", 1_000_000));
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Read1.AddHours(8), TestBill.Input(Day, 950_000)));

        // $0.06 per million input tokens (Nova Lite, list of us-east-1).
        Assert.Equal(60_000_000, (await StateAsync(f, Day)).FrozenEstimateNanoUsd);
        Assert.Equal(60_000_000, await f.ScalarAsync("SELECT SUM(EstimatedNanoUsd) FROM frozen_estimate"));
        Assert.Equal(1_000_000, await f.ScalarAsync("SELECT SUM(Tokens) FROM frozen_estimate"));
    }

    [Fact]
    public async Task A_day_closes_when_it_is_old_and_two_reads_twelve_hours_apart_agree()
    {
        await using var f = await TestBill.FixtureAsync();
        var at = UtcTime.Start(Day.AddDays(1));
        async Task<DateTime?> ReadAsync(double hours, long tokens)
        {
            await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), at.AddHours(hours), TestBill.Input(Day, tokens)));
            await f.Get<LedgerBuild>().BuildDueAsync();
            return (await StateAsync(f, Day)).ClosedAt;
        }

        Assert.Null(await ReadAsync(20, 1_000_000));
        Assert.Null(await ReadAsync(40, 1_000_000));
        Assert.Null(await ReadAsync(50, 1_010_000));
        Assert.Null(await ReadAsync(63, 1_020_000));
        Assert.Equal(at.AddHours(76), await ReadAsync(76, 1_020_500));
    }

    [Fact]
    public async Task Names_of_accounts_become_labels()
    {
        await using var f = await TestBill.FixtureAsync();
        var read = TestBill.Read(Day, Day.AddDays(1), Read1, TestBill.Input(Day, 1_000)) with { AccountNames = new Dictionary<string, string> { [TestBill.First] = "Production" } };
        await f.Get<BillWriter>().ReplaceAsync(read);
        var dimensions = f.Get<Dimensions>();
        Assert.Equal("Production", dimensions.Label(dimensions.Find(DimensionKind.Account, TestBill.First)));
        Assert.Equal(1, await f.ScalarAsync("SELECT COUNT(*) FROM dimension WHERE Label = 'Production'"));
    }

    [Fact]
    public async Task Costs_outside_the_scope_are_replaced()
    {
        await using var f = await TestBill.FixtureAsync();
        var read = TestBill.Read(Day, Day.AddDays(1), Read1, TestBill.Input(Day, 1_000));
        await f.Get<BillWriter>().ReplaceAsync(read with { OutsideScope = [new(Day, TestBill.First, "Amazon EC2", 5m), new(Day, TestBill.First, "Amazon S3", 1m)] });
        await f.Get<BillWriter>().ReplaceAsync(read with { OutsideScope = [new(Day, TestBill.First, "Amazon EC2", 6m)] });
        Assert.Equal(6_000_000_000, await f.ScalarAsync("SELECT SUM(AmountNanoUsd) FROM outside_scope_cost"));
    }

    [Fact]
    public async Task A_metered_hour_written_again_replaces_and_two_ids_of_a_model_add_up()
    {
        await using var f = await TestBill.FixtureAsync();
        var hour = UtcTime.Start(Day).AddHours(3);
        MeteredRead Read(string model, double value) => new(hour, TestBill.First, "us-east-1", model, MeteredMetric.InputTokens, value);
        await f.Get<MeterWriter>().WriteAsync([Read("amazon.nova-lite-v1:0", 100)]);
        await f.Get<MeterWriter>().WriteAsync([Read("amazon.nova-lite-v1:0", 150), Read("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", 50)]);
        Assert.Equal(200, await f.ScalarAsync("SELECT SUM(Value) FROM metered_usage"));
    }
}
