using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

public sealed class LedgerBuildTests
{
    private static readonly DateOnly Day = new(2026, 11, 10);
    private static readonly DateTime Read1 = new(2026, 11, 14, 6, 0, 0, DateTimeKind.Utc);

    private static async Task<List<string>> EntriesAsync(LedgerFixture f)
    {
        await using var db = await f.OpenAsync();
        return [.. (await db.LedgerEntries.AsNoTracking().OrderBy(e => e.Id).ToListAsync()).Select(e => string.Join(',',
            e.Day, e.AccountId, e.UsageTypeId, e.ModelId, e.Kind, e.FeatureId, e.TeamId, e.Method, e.Reason, e.Category, e.Basis, e.Flags, e.AmountNanoUsd, e.Tokens))];
    }

    private static BilledDaysRead Bill(int hours, long untagged) => TestBill.Read(Day, Day.AddDays(1), Read1.AddHours(hours),
        TestBill.Input(Day, 600_000, tag: "a"), TestBill.Input(Day, untagged), TestBill.Output(Day, 10_000),
        TestBill.Other(Day, -0.01m, ChargeCategory.Credit), TestBill.Other(Day, 0.005m, ChargeCategory.Tax));

    private static async Task<LedgerFixture> WithCallsAsync()
    {
        var f = await TestBill.FixtureAsync();
        await RecordedCalls.AddAsync(f,
            TestBill.Calls(f, UtcTime.Start(Day).AddHours(1), "a", 600_000, 4_000), TestBill.Calls(f, UtcTime.Start(Day).AddHours(2), "b", 400_000, 6_000));
        return f;
    }

    [Fact]
    public async Task The_ledger_of_a_day_is_its_bill_and_its_owners_are_those_who_used_it()
    {
        await using var f = await WithCallsAsync();
        await f.Get<BillWriter>().ReplaceAsync(Bill(0, 400_000));
        var outcome = await f.Get<LedgerBuild>().BuildDueAsync();

        Assert.Equal(1, outcome.Days);
        Assert.Equal(await f.ScalarAsync("SELECT SUM(AmountNanoUsd) FROM billed_line"), await f.ScalarAsync("SELECT SUM(AmountNanoUsd) FROM ledger_entry"));
        // 1,000,000 input tokens at $0.06 per million: 600,000 by tag to a, and its calls of 600,000 are not paid again; 400,000 to b.
        // 10,000 output tokens at $0.24 per million, by calls 4,000 : 6,000.
        var a = f.Get<Dimensions>().Find(DimensionKind.Feature, "a");
        Assert.Equal(36_000_000 + 960_000, await f.ScalarAsync($"SELECT SUM(AmountNanoUsd) FROM ledger_entry WHERE FeatureId = {a} AND Category = 0"));
        Assert.Equal(24_000_000 + 1_440_000, await f.ScalarAsync($"SELECT SUM(AmountNanoUsd) FROM ledger_entry WHERE FeatureId NOT IN (0, {a}) AND Category = 0"));
        Assert.Equal(0, await f.ScalarAsync("SELECT COUNT(*) FROM ledger_entry WHERE Method = 0 OR TeamId = 0"));
    }

    [Fact]
    public async Task A_second_run_of_the_same_day_changes_nothing()
    {
        await using var f = await WithCallsAsync();
        await f.Get<BillWriter>().ReplaceAsync(Bill(0, 500_000));
        await f.Get<LedgerBuild>().BuildDueAsync();
        var first = await EntriesAsync(f);
        Assert.Equal(0, (await f.Get<LedgerBuild>().BuildDueAsync()).Days);

        await using (var db = await f.OpenAsync()) await db.BilledDays.ExecuteUpdateAsync(s => s.SetProperty(b => b.NeedsBuild, true));
        Assert.Equal(1, (await f.Get<LedgerBuild>().BuildDueAsync()).Days);
        Assert.Equal(first, await EntriesAsync(f));
    }

    [Fact]
    public async Task Restating_a_day_and_restating_it_back_gives_the_first_ledger()
    {
        await using var f = await WithCallsAsync();
        await f.Get<BillWriter>().ReplaceAsync(Bill(0, 500_000));
        await f.Get<LedgerBuild>().BuildDueAsync();
        var first = await EntriesAsync(f);

        await f.Get<BillWriter>().ReplaceAsync(Bill(1, 700_000));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.NotEqual(first, await EntriesAsync(f));

        await f.Get<BillWriter>().ReplaceAsync(Bill(2, 500_000));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal(first, await EntriesAsync(f));
    }

    [Fact]
    public async Task Late_calls_are_found_and_the_day_is_built_anew()
    {
        await using var f = await WithCallsAsync();
        await f.Get<BillWriter>().ReplaceAsync(Bill(0, 900_000));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.NotEqual(0, await f.ScalarAsync("SELECT SUM(AmountNanoUsd) FROM ledger_entry WHERE Method = 0"));

        await RecordedCalls.AddAsync(f, TestBill.Calls(f, UtcTime.Start(Day).AddHours(5), "c", 500_000));
        Assert.Equal(1, (await f.Get<LedgerBuild>().BuildDueAsync()).Days);
        Assert.Equal(0, await f.ScalarAsync("SELECT COUNT(*) FROM ledger_entry WHERE Method = 0"));
    }

    [Fact]
    public async Task A_day_that_is_restated_while_it_is_built_keeps_its_mark()
    {
        await using var f = await WithCallsAsync();
        await f.Get<BillWriter>().ReplaceAsync(Bill(0, 500_000));
        await using (var db = await f.OpenAsync())
        {
            var old = await LedgerSwap.BillAsync(db, Day, default);
            await f.Get<BillWriter>().ReplaceAsync(Bill(1, 700_000));
            var cells = old.Select(b => new LedgerEntry { Day = Day, AccountId = b.Key, AmountNanoUsd = b.Value.AmountNanoUsd }).ToList();
            await f.Get<LedgerSwap>().ReplaceAsync(Day, old, cells, Read1, _ => null, default);
        }
        Assert.Equal(0, await f.ScalarAsync("SELECT COUNT(*) FROM ledger_entry"));
        Assert.Equal(1, await f.ScalarAsync("SELECT COUNT(*) FROM billed_day WHERE NeedsBuild"));
    }

    [Fact]
    public async Task Entries_that_do_not_prove_the_bill_are_refused_and_the_old_ones_stay()
    {
        await using var f = await WithCallsAsync();
        await f.Get<BillWriter>().ReplaceAsync(Bill(0, 500_000));
        await f.Get<LedgerBuild>().BuildDueAsync();
        var first = await EntriesAsync(f);
        await using var db = await f.OpenAsync();
        var bill = await LedgerSwap.BillAsync(db, Day, default);
        var account = bill.Keys.Single();
        await Assert.ThrowsAsync<LedgerInvariantException>(() => f.Get<LedgerSwap>().ReplaceAsync(
            Day, bill, [new LedgerEntry { Day = Day, AccountId = account, AmountNanoUsd = bill[account].AmountNanoUsd - 1 }], Read1, _ => null, default));
        Assert.Equal(first, await EntriesAsync(f));
    }

    [Fact]
    public async Task An_open_half_billed_day_shows_bill_and_estimate_side_by_side()
    {
        var day = new DateOnly(2026, 11, 19);
        await using var f = await TestBill.FixtureAsync();
        await RecordedCalls.AddAsync(f, TestBill.Calls(f, UtcTime.Start(day).AddHours(4), "a", 1_000_000));
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(day, day.AddDays(1), UtcTime.Start(day).AddHours(30), TestBill.Input(day, 400_000)));
        await f.Get<LedgerBuild>().BuildDueAsync();

        var query = new SpendQuery(UtcTime.Start(day), UtcTime.Start(day.AddDays(1)), [SpendDimension.Feature], Granularity.Day, SpendView.Ledger, SpendFilter.None);
        var row = Assert.Single((await f.Get<SpendReport>().ReadAsync(query)).Rows);
        Assert.Equal((0.06m, 0.024m, 0.036m, Basis.Mixed), (row.CostUsd, row.BilledUsd, row.EstimatedUsd, row.Basis));
        var hours = await f.Get<SpendReport>().ReadAsync(query with { Granularity = Granularity.Hour });
        Assert.Equal((0.06m, UtcTime.Start(day).AddHours(4)), (Assert.Single(hours.Rows).CostUsd, hours.Rows[0].Time!.Value));
    }

    [Fact]
    public async Task Reconciliation_shows_the_bill_the_ledger_and_how_good_the_estimate_was()
    {
        await using var f = await WithCallsAsync();
        await f.Get<BillWriter>().ReplaceAsync(Bill(0, 500_000));
        await f.Get<BillWriter>().ReplaceAsync(Bill(13, 500_000));
        await f.Get<LedgerBuild>().BuildDueAsync();
        var day = Assert.Single(await f.Get<Reconciliation>().ReadAsync(Day, Day.AddDays(1)));

        // Bill: 1.1 M input tokens (0.066) + 10,000 output tokens (0.0024) − 0.01 credit + 0.005 tax. Estimate: 1 M and 10,000 tokens.
        Assert.True(day.IsClosed);
        Assert.Equal((0.0634m, 0.0634m), (day.BilledUsd, day.LedgerUsd));
        Assert.Equal(0.0624m, day.EstimatedUsd);
        Assert.Equal((0.0624m - 0.0684m) / 0.0684m, day.ErrorShare);
        Assert.Equal(day.LedgerUsd, day.ByMethod.Values.Sum());
        Assert.Equal(day.UnattributedUsd, day.ByReason.Values.Sum());
    }
}
