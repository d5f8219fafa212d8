using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Owners;

public sealed class RulePreviewTests
{
    private static readonly DateOnly First = new(2026, 11, 10), To = new(2026, 11, 13);
    private const string FeatureSql = "SELECT COALESCE(SUM(e.\"AmountNanoUsd\"), 0) FROM ledger_entry e JOIN dimension d ON d.\"Id\" = e.\"FeatureId\" WHERE d.\"Name\" = ";

    /// <summary>
    /// Three days, each: in the first account a tagged line of a ($0.60) and an untagged one ($0.30); in the second account untagged
    /// $1.20 and a guardrail of $0.50, with a credit of $0.10 that follows. Nothing is recorded, so only tags and rules can own.
    /// </summary>
    private static async Task<LedgerFixture> BilledAsync()
    {
        var f = await TestBill.FixtureAsync();
        var lines = new List<BilledLineRead>();
        for (var day = First; day < To; day = day.AddDays(1))
        {
            lines.Add(TestBill.Input(day, 10_000_000, tag: "a"));
            lines.Add(TestBill.Input(day, 5_000_000));
            lines.Add(TestBill.Input(day, 20_000_000, account: TestBill.Second));
            lines.Add(new BilledLineRead(day, TestBill.Second, "us-east-1", TestBill.Bedrock, "USE1-Guardrail-ContentPolicyUnitsConsumed", ChargeCategory.Usage, null, 0.5m, 3_333, "Text-Units", false));
            lines.Add(TestBill.Other(day, -0.1m, ChargeCategory.Credit, TestBill.Second));
        }
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(First, To, new DateTime(2026, 11, 14, 6, 0, 0, DateTimeKind.Utc), [.. lines]));
        await f.Get<LedgerBuild>().BuildDueAsync();
        return f;
    }

    private static OwnerRuleDraft OfSecond => new() { Name = "Second account", Conditions = [new(RuleSubject.Account, RuleMatch.Is, TestBill.Second)], Feature = "second", Team = "Two" };

    private static async Task<RuleEffect> TryAsync(LedgerFixture f, RuleDraft draft, int id = 0)
    {
        var (answer, effect) = await f.Get<RulePreview>().TryAsync(new RuleProposal(draft.Kind, id, draft));
        Assert.Equal("", answer.Words);
        AssertOnlyMoves(effect!);
        return effect!;
    }

    private static void AssertOnlyMoves(RuleEffect effect)
    {
        foreach (var shares in new[] { effect.Features, effect.Teams, effect.Applications, effect.Environments, effect.Methods })
        {
            Assert.Equal(0m, shares.Sum(s => s.Usd));
            Assert.Equal(effect.BilledUsd, shares.Sum(s => s.ProposedUsd));
        }
    }

    private static async Task<string> LedgerAsync(LedgerFixture f)
    {
        await using var db = await f.OpenAsync();
        return string.Join('\n', db.LedgerEntries.AsEnumerable().Select(e => string.Join(',', e.Day, e.AccountId, e.UsageTypeId, e.FeatureId, e.TeamId, e.Method, e.Reason, e.RuleId, e.AmountNanoUsd)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_previewed_is_what_the_build_then_does_and_undone_the_first_ledger_is_back()
    {
        await using var f = await BilledAsync();
        var desk = f.Get<RuleDesk>();
        var before = await LedgerAsync(f);
        var effect = await TryAsync(f, OfSecond);
        Assert.Equal(before, await LedgerAsync(f));
        // By hand: 3 × (1.20 + 0.50 − 0.10) = 4.80 leaves Unattributed.
        Assert.Equal((3, 3, 4.80m, 4.80m), (effect.Days, effect.DaysTouched, effect.DecidedUsd, effect.MovedUsd));
        Assert.Equal(new MovedUsd("", "second", 4.80m), Assert.Single(effect.Moves));
        Assert.Equal(3 * (0.60m + 0.30m + 1.60m), effect.BilledUsd);

        var rule = (await desk.AddAsync(OfSecond, "Ada")).Rule!;
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal(Money.ToNanoUsd(effect.Features.Single(s => s.Name == "second").ProposedUsd), await f.ScalarAsync(FeatureSql + "'second'"));
        Assert.Equal(4_800_000_000, await f.ScalarAsync(FeatureSql + "'second'"));
        Assert.Equal(await f.ScalarAsync("SELECT SUM(\"AmountNanoUsd\") FROM billed_line"), await f.ScalarAsync("SELECT SUM(\"AmountNanoUsd\") FROM ledger_entry"));
        var use = (await f.Get<RuleReport>().ReadAsync()).Use(rule)!;
        Assert.Equal((4.80m, 3, To.AddDays(-1)), (use.Usd, use.Days, use.LastDay));
        // The stored rule tried as it is moves nothing.
        var again = await TryAsync(f, OfSecond, rule.Id);
        Assert.Equal((0m, 0, 4.80m), (again.MovedUsd, again.DaysTouched, again.DecidedUsd));

        Assert.True((await desk.UndoAsync((await desk.HistoryAsync())[0].Id, "Ada")).IsDone);
        await f.Get<LedgerBuild>().BuildDueAsync();
        Assert.Equal(before, await LedgerAsync(f));
    }

    [Fact]
    public async Task A_rule_with_dates_touches_only_its_days_and_a_removal_gives_back()
    {
        await using var f = await BilledAsync();
        var dated = OfSecond with { EffectiveFrom = First.AddDays(1), EffectiveTo = First.AddDays(2) };
        var effect = await TryAsync(f, dated);
        Assert.Equal((1, 1.60m), (effect.DaysTouched, effect.MovedUsd));
        var rule = (await f.Get<RuleDesk>().AddAsync(dated, "Ada")).Rule!;
        await f.Get<LedgerBuild>().BuildDueAsync();
        var (_, removal) = await f.Get<RulePreview>().TryAsync(new RuleProposal(RuleKind.Owner, rule.Id, null));
        AssertOnlyMoves(removal!);
        Assert.Equal(new MovedUsd("second", "", 1.60m), Assert.Single(removal!.Moves));
        var off = await TryAsync(f, dated with { IsEnabled = false }, rule.Id);
        Assert.Equal((removal.MovedUsd, 0m), (off.MovedUsd, off.DecidedUsd));
    }

    [Fact]
    public async Task A_split_is_previewed_to_the_cent_that_the_build_books()
    {
        await using var f = await BilledAsync();
        var split = new SplitRuleDraft
        {
            Name = "Guardrails", Conditions = [new(RuleSubject.Component, RuleMatch.Is, "Guardrails")], Basis = SplitBasis.Fixed,
            Shares = new Dictionary<string, decimal> { ["a"] = 0.75m, ["b"] = 0.25m },
        };
        var effect = await TryAsync(f, split);
        Assert.Equal(["a", "b"], effect.Moves.Select(m => m.To));
        Assert.True(effect.Moves.All(m => m.From.Length == 0));
        await f.Get<RuleDesk>().AddAsync(split, "Ada");
        await f.Get<LedgerBuild>().BuildDueAsync();
        foreach (var feature in new[] { "a", "b" })
            Assert.Equal(Money.ToNanoUsd(effect.Features.Single(s => s.Name == feature).ProposedUsd), await f.ScalarAsync($"{FeatureSql}'{feature}'"));
        var shared = await f.ScalarAsync("SELECT SUM(\"AmountNanoUsd\") FROM ledger_entry WHERE \"Method\" = 8");
        Assert.Equal(Money.ToNanoUsd(effect.DecidedUsd), shared);
        // By hand: the guardrail lines alone are 3 × 0.50; three quarters of them go to a.
        Assert.Equal(1_500_000_000, await f.ScalarAsync("SELECT SUM(\"AmountNanoUsd\") FROM ledger_entry WHERE \"Method\" = 8 AND \"Category\" = 0"));
        Assert.Equal(1_125_000_000, await f.ScalarAsync(FeatureSql + "'a' AND e.\"Method\" = 8 AND e.\"Category\" = 0"));
    }

    [Fact]
    public async Task What_meets_nothing_moves_nothing_and_what_is_wrong_is_not_tried()
    {
        await using var f = await BilledAsync();
        var effect = await TryAsync(f, OfSecond with { Conditions = [new(RuleSubject.Account, RuleMatch.Is, "999999999999")] });
        Assert.Equal((0m, 0m, 0), (effect.MovedUsd, effect.DecidedUsd, effect.DaysTouched));
        Assert.Empty(effect.Moves);
        var (answer, none) = await f.Get<RulePreview>().TryAsync(new RuleProposal(RuleKind.Owner, 0, OfSecond with { Conditions = [] }));
        Assert.Null(none);
        Assert.Contains("at least one condition", answer.Words, StringComparison.Ordinal);
        Assert.True((await f.Get<RulePreview>().TryAsync(new RuleProposal(RuleKind.Split, 9, null))).Answer.IsMissing);
    }

    [Fact]
    public void Who_loses_to_whom_adds_up_on_both_sides()
    {
        var moves = RulePreview.Moves([new("a", 10m, 4m), new("", 7m, 6m), new("b", 0m, 5m), new("c", 1m, 3m), new("d", 2m, 2m)]);
        Assert.Equal(6m, moves.Where(m => m.From == "a").Sum(m => m.Usd));
        Assert.Equal(1m, moves.Where(m => m.From.Length == 0).Sum(m => m.Usd));
        Assert.Equal(5m, moves.Where(m => m.To == "b").Sum(m => m.Usd));
        Assert.Equal(2m, moves.Where(m => m.To == "c").Sum(m => m.Usd));
    }

    [Fact]
    public async Task What_the_store_knows_is_offered()
    {
        await using var f = await BilledAsync();
        await f.DimensionAsync(DimensionKind.TagSet, """{"CostCenter":"4711","Team":"Search"}""");
        var choices = await f.Get<RuleChoices>().ReadAsync();
        Assert.Equal([TestBill.First, TestBill.Second], choices.Of(RuleSubject.Account, "").Select(c => c.Value));
        Assert.Contains(choices.Of(RuleSubject.Service, ""), c => c.Value == TestBill.Bedrock);
        Assert.Equal(["CostCenter", "Team"], choices.Keys(RuleSubject.Tag));
        Assert.Equal("4711", Assert.Single(choices.Of(RuleSubject.Tag, "costcenter")).Value);
        Assert.Contains("genai.feature", choices.Keys(RuleSubject.Attribute));
    }
}
