using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Two feeds read one day: the export is the bill, in whichever order they come, and the difference stays to be seen.</summary>
public sealed class BillFeedsTests
{
    private static readonly DateOnly Day = new(2026, 11, 10);
    private static readonly DateTime At = new(2026, 11, 12, 6, 0, 0, DateTimeKind.Utc);

    // 1,000,000 Nova Lite input tokens at $0.06 a million; the export says 1,100,000, split by caller.
    private static BilledDaysRead Explorer(double hours = 0) => TestBill.Read(Day, Day.AddDays(1), At.AddHours(hours), TestBill.Input(Day, 1_000_000)) with
    {
        OutsideScope = [new(Day, TestBill.First, "Amazon EC2", 5m), new(Day, TestBill.First, "AWS Lambda", 2m)],
    };

    private static BilledDaysRead Export(double hours = 0, params BilledLineRead[] lines) =>
        new(BillFeeds.DataExports, Day, Day.AddDays(1), At.AddHours(hours),
            lines.Length > 0 ? lines : [TestBill.Input(Day, 600_000) with { Principal = "arn:aws:iam::1:role/a" }, TestBill.Input(Day, 500_000)],
            [new(Day, TestBill.First, "Amazon EC2", 3m), new(Day, TestBill.Second, "Amazon EC2", 2m)], new Dictionary<string, string>(), [TestBill.First, TestBill.Second]);

    private static async Task<(string Feed, long Amount, int Lines, bool IsBill)[]> SaidAsync(LedgerFixture f)
    {
        await using var db = await f.OpenAsync();
        var account = f.Get<Dimensions>().Find(DimensionKind.Account, TestBill.First);
        return [.. (await db.BillsOfFeeds.Where(b => b.AccountId == account).OrderBy(b => b.Feed).ToListAsync()).Select(b => (b.Feed, b.AmountNanoUsd, b.Lines, b.IsBill))];
    }

    private static async Task<(long Amount, long Lines, long Outside, int Restatements)> BillAsync(LedgerFixture f)
    {
        await using var db = await f.OpenAsync();
        var account = f.Get<Dimensions>().Find(DimensionKind.Account, TestBill.First);
        var day = await db.BilledDays.SingleAsync(b => b.AccountId == account);
        Assert.Equal(day.AmountNanoUsd, await db.BilledLines.SumAsync(l => l.AmountNanoUsd));
        return (day.AmountNanoUsd, await db.BilledLines.CountAsync(), await db.OutsideScopeCosts.SumAsync(o => o.AmountNanoUsd), day.Restatements);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_export_is_the_bill_in_either_order_and_the_difference_stays(bool exportFirst)
    {
        await using var f = await TestBill.FixtureAsync();
        var writer = f.Get<BillWriter>();
        foreach (var read in exportFirst ? [Export(), Explorer(8)] : (BilledDaysRead[])[Explorer(), Export(8)]) await writer.ReplaceAsync(read);
        await f.Get<LedgerBuild>().BuildDueAsync();

        Assert.Equal([("CostExplorer", 60_000_000L, 1, false), ("DataExports", 66_000_000L, 2, true)], await SaidAsync(f));
        // Restated once where the amount changed with the feed; never where Cost Explorer came second.
        Assert.Equal((66_000_000L, 2L, 5_000_000_000L, exportFirst ? 0 : 1), await BillAsync(f));
        Assert.Equal(66_000_000, await f.ScalarAsync("SELECT SUM(AmountNanoUsd) FROM ledger_entry"));
    }

    [Fact]
    public async Task Reading_both_again_changes_nothing()
    {
        await using var f = await TestBill.FixtureAsync();
        var writer = f.Get<BillWriter>();
        foreach (var hours in new[] { 0, 8, 16 })
        {
            await writer.ReplaceAsync(Explorer(hours));
            await writer.ReplaceAsync(Export(hours + 1));
        }
        await f.Get<LedgerBuild>().BuildDueAsync();
        var ids = await f.ScalarAsync("SELECT SUM(Id) FROM billed_line");
        await writer.ReplaceAsync(Export(30));
        await writer.ReplaceAsync(Explorer(31));

        Assert.Equal((66_000_000L, 2L, 5_000_000_000L, 1), await BillAsync(f));
        Assert.Equal(ids, await f.ScalarAsync("SELECT SUM(Id) FROM billed_line"));
        Assert.Equal(0, await f.ScalarAsync("SELECT COUNT(*) FROM billed_day WHERE NeedsBuild"));
    }

    [Fact]
    public async Task A_day_that_the_export_has_in_part_does_not_replace_a_fuller_one()
    {
        await using var f = await TestBill.FixtureAsync();
        var writer = f.Get<BillWriter>();
        await writer.ReplaceAsync(Explorer());
        var part = Export(2, TestBill.Input(Day, 10_000)) with { IncompleteDays = new HashSet<DateOnly> { Day } };
        await writer.ReplaceAsync(part);

        Assert.Equal([("CostExplorer", 60_000_000L, 1, true), ("DataExports", 600_000L, 1, false)], await SaidAsync(f));
        Assert.Equal((60_000_000L, 1L, 7_000_000_000L, 0), await BillAsync(f));
        await writer.ReplaceAsync(Export(20));
        Assert.Equal((66_000_000L, 2L, 5_000_000_000L, 1), await BillAsync(f));
    }

    [Fact]
    public async Task A_covered_day_without_lines_is_a_bill_of_nothing()
    {
        await using var f = await TestBill.FixtureAsync();
        var writer = f.Get<BillWriter>();
        await writer.ReplaceAsync(Explorer());
        await writer.ReplaceAsync(Export(8) with { Lines = [] });
        Assert.Equal((0L, 0L, 5_000_000_000L, 1), await BillAsync(f));
        // The other account was never billed: what is outside its scope is the export's to say all the same.
        await writer.ReplaceAsync(Explorer(9) with { OutsideScope = [new(Day, TestBill.Second, "Amazon EC2", 99m)] });
        Assert.Equal(5_000_000_000, await f.ScalarAsync("SELECT SUM(AmountNanoUsd) FROM outside_scope_cost"));
    }

    [Fact]
    public async Task The_estimate_stays_as_it_was_frozen_before_the_first_bill_of_any_feed()
    {
        await using var f = await TestBill.FixtureAsync();
        await RecordedCalls.AddAsync(f, TestBill.Calls(f, UtcTime.Start(Day), "a", 1_000_000));
        await f.Get<BillWriter>().ReplaceAsync(Explorer());
        await RecordedCalls.AddAsync(f, TestBill.Calls(f, UtcTime.Start(Day), "a", 1_000_000));
        await f.Get<BillWriter>().ReplaceAsync(Export(8));
        Assert.Equal(60_000_000, await f.ScalarAsync("SELECT SUM(EstimatedNanoUsd) FROM frozen_estimate"));
    }

    [Fact]
    public async Task An_unchanged_export_that_is_asked_again_lets_its_days_close()
    {
        await using var f = await TestBill.FixtureAsync();
        var writer = f.Get<BillWriter>();
        await writer.ReplaceAsync(Export(60));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal(0, await f.ScalarAsync("SELECT COUNT(*) FROM billed_day WHERE ClosedAt IS NOT NULL"));
        Assert.Equal(1, await writer.ConfirmAsync(BillFeeds.DataExports, Day, Day.AddDays(1), At.AddHours(73)));
        Assert.Equal(0, await writer.ConfirmAsync("CostExplorer", Day, Day.AddDays(1), At.AddHours(74)));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal(1, await f.ScalarAsync("SELECT COUNT(*) FROM billed_day WHERE ClosedAt IS NOT NULL"));
    }
}
