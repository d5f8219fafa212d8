using System.Text.Json;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Closed days that are built to another result, through the writer, the build and the store.</summary>
public sealed class LedgerAdjustmentTests
{
    private static readonly DateOnly Day = new(2026, 11, 10);
    private static readonly DateTime Read1 = new(2026, 11, 14, 6, 0, 0, DateTimeKind.Utc);

    // Nova Lite input at $0.06 per million tokens: 1,000,000 = $0.06.
    private static BilledDaysRead Bill(int hours, long tokens) => TestBill.Read(Day, Day.AddDays(1), Read1.AddHours(hours), TestBill.Input(Day, tokens));

    private static async Task<LedgerFixture> ClosedAsync(long tokens = 1_000_000, long recorded = 400_000)
    {
        var f = await TestBill.FixtureAsync();
        await RecordedCalls.AddAsync(f, TestBill.Calls(f, UtcTime.Start(Day).AddHours(1), "a", recorded));
        await f.Get<BillWriter>().ReplaceAsync(Bill(0, tokens));
        await f.Get<LedgerBuild>().BuildDueAsync();
        await f.Get<BillWriter>().ReplaceAsync(Bill(13, tokens));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal(1, await f.ScalarAsync("SELECT COUNT(*) FROM billed_day WHERE ClosedAt IS NOT NULL"));
        return f;
    }

    private static async Task<string[]> AdjustmentsAsync(LedgerFixture f) =>
        [.. (await f.Get<LedgerAdjustments>().ReadAsync(Day, Day.AddDays(1))).Reverse().Select(a => FormattableString.Invariant($"{a.Cause} '{a.Feature}' '{a.Team}' {a.BeforeUsd} {a.AfterUsd}"))];

    private static async Task AddRuleAsync(LedgerFixture f, string feature, DateOnly? from, params RuleCondition[] conditions)
    {
        await using var db = await f.OpenAsync();
        db.OwnerRules.Add(new OwnerRule { Position = 1, Name = "rule", Feature = feature, EffectiveFrom = from, Conditions = JsonSerializer.Serialize(conditions) });
        await db.SaveChangesAsync();
    }

    [Fact]
    public async Task Many_accounts_that_close_at_once_do_so_in_several_turns_and_none_of_them_as_an_adjustment()
    {
        await using var f = await TestBill.FixtureAsync();
        BilledDaysRead Read(int hours) => TestBill.Read(Day, Day.AddDays(1), Read1.AddHours(hours), [.. Enumerable.Range(0, 260).Select(i => TestBill.Input(Day, 1_000_000, account: FormattableString.Invariant($"{200_000_000_000 + i}")))]);
        await f.Get<BillWriter>().ReplaceAsync(Read(0));
        await f.Get<LedgerBuild>().BuildDueAsync();
        // The build that closes the day gives it another result than the one before.
        await AddRuleAsync(f, "a", null, new RuleCondition(RuleSubject.Region, RuleMatch.Is, "us-east-1"));
        await f.Get<BillWriter>().ReplaceAsync(Read(13));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal(260, await f.ScalarAsync("SELECT COUNT(*) FROM billed_day WHERE ClosedAt IS NOT NULL"));
        Assert.Equal(260, await f.ScalarAsync($"SELECT COUNT(*) FROM ledger_entry WHERE Method = {(int)AllocationMethod.Rule}"));
        Assert.Empty(await AdjustmentsAsync(f));
    }

    [Fact]
    public async Task Closing_a_day_is_its_first_result_and_no_adjustment()
    {
        await using var f = await ClosedAsync();
        Assert.Empty(await AdjustmentsAsync(f));
    }

    [Fact]
    public async Task A_restated_closed_day_tells_what_moved_and_why()
    {
        await using var f = await ClosedAsync();
        // 400,000 of 1,000,000 tokens are a's; of 1,500,000 still 400,000: only the unattributed part moves, from $0.036 to $0.066.
        await f.Get<BillWriter>().ReplaceAsync(Bill(14, 1_500_000));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal(["Restated '' '' 0.036 0.066"], await AdjustmentsAsync(f));
        // Back again: the first ledger, and a second adjustment the other way.
        await f.Get<BillWriter>().ReplaceAsync(Bill(15, 1_000_000));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal(["Restated '' '' 0.036 0.066", "Restated '' '' 0.066 0.036"], await AdjustmentsAsync(f));
    }

    [Fact]
    public async Task Late_calls_after_the_close_move_money_to_their_feature()
    {
        await using var f = await ClosedAsync();
        await RecordedCalls.AddAsync(f, TestBill.Calls(f, UtcTime.Start(Day).AddHours(7), "b", 100_000));
        Assert.Equal(1, (await f.Get<LedgerBuild>().BuildDueAsync()).Days);
        Assert.Equal(["LateCalls '' '' 0.036 0.03", "LateCalls 'b' 'team-of-b' 0 0.006"], await AdjustmentsAsync(f));
    }

    [Fact]
    public async Task A_new_rule_moves_money_on_the_days_it_holds_and_builds_no_other()
    {
        await using var f = await ClosedAsync();
        await AddRuleAsync(f, "rest", Day.AddDays(1), new RuleCondition(RuleSubject.Account, RuleMatch.Is, TestBill.First));
        Assert.Equal(0, (await f.Get<LedgerBuild>().BuildDueAsync()).Days);
        await AddRuleAsync(f, "rest", Day, new RuleCondition(RuleSubject.Account, RuleMatch.Is, TestBill.First));
        Assert.Equal(1, (await f.Get<LedgerBuild>().BuildDueAsync()).Days);
        Assert.Equal(["Rules '' '' 0.036 0", "Rules 'rest' '' 0 0.036"], await AdjustmentsAsync(f));
        Assert.Equal(2, await f.ScalarAsync("SELECT RuleId FROM ledger_entry WHERE Method = 7"));
    }

    [Fact]
    public async Task An_open_day_that_changes_is_no_adjustment()
    {
        await using var f = await TestBill.FixtureAsync();
        await f.Get<BillWriter>().ReplaceAsync(Bill(0, 1_000));
        await f.Get<LedgerBuild>().BuildDueAsync();
        await f.Get<BillWriter>().ReplaceAsync(Bill(1, 2_000));
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Empty(await AdjustmentsAsync(f));
    }

    [Fact]
    public async Task Rules_are_tried_beside_the_stored_ledger_and_nothing_is_kept()
    {
        await using var f = await ClosedAsync();
        await using (var db = await f.OpenAsync())
        {
            var rule = new OwnerRule { Name = "new", Feature = "nobody knows it yet", Conditions = JsonSerializer.Serialize(new[] { new RuleCondition(RuleSubject.Account, RuleMatch.Is, TestBill.First) }) };
            var trial = await f.Get<LedgerTrial>().BuildAsync(Day, Day.AddDays(1), [rule], []);
            Assert.Equal((1, 0.06m, 0.036m, 0m), (trial.Days, trial.BilledUsd, trial.StoredUnattributedUsd, trial.ProposedUnattributedUsd));
            var row = Assert.Single(trial.Rows, r => r.Method == AllocationMethod.Rule);
            Assert.Equal(("nobody knows it yet", -1, 0m, 0.036m), (row.Feature, row.RuleId, row.StoredUsd, row.ProposedUsd));
            Assert.Equal((0.024m, 0.024m), (trial.Rows.Single(r => r.Feature == "a").StoredUsd, trial.Rows.Single(r => r.Feature == "a").ProposedUsd));
            Assert.False(await db.Dimensions.AnyAsync(d => d.Name == "nobody knows it yet"));
        }
        Assert.Equal(0, await f.ScalarAsync("SELECT COUNT(*) FROM ledger_entry WHERE Method = 7"));
    }
}
