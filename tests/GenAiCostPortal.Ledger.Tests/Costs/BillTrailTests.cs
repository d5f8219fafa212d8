using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>A day from its lines to its owners and back, and what would explain more of it.</summary>
public sealed class BillTrailTests
{
    private static readonly DateOnly Day = new(2026, 11, 10);
    private static readonly DateTime Noon = UtcTime.Start(Day).AddHours(12);

    /// <summary>Nova Lite: 10 M input tokens ($0.60) of which 2 M are tagged, 5 M called by search, 1 M by nobody's feature; a guardrail; tax of 10 %.</summary>
    private static async Task<LedgerFixture> FixtureAsync()
    {
        var f = await TestBill.FixtureAsync();
        await RecordedCalls.AddAsync(f, TestBill.Calls(f, Noon, "search", 5_000_000), TestBill.Calls(f, Noon, "", 1_000_000) with { Team = "", Application = "checkout" });
        BilledLineRead[] lines =
        [
            TestBill.Input(Day, 2_000_000, "tagged-feature"), TestBill.Input(Day, 8_000_000),
            new(Day, TestBill.First, "us-east-1", TestBill.Bedrock, "USE1-Guardrail-ContentPolicyUnitsConsumed", ChargeCategory.Usage, null, 0.4m, 2700, "Units", false),
            TestBill.Other(Day, 0.1m, ChargeCategory.Tax),
        ];
        var writer = f.Get<BillWriter>();
        await writer.ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Noon.AddDays(8), lines));
        await writer.ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Noon.AddDays(9), lines));
        await f.Get<LedgerBuild>().BuildDueAsync();
        return f;
    }

    [Fact]
    public async Task Each_cell_of_a_day_is_its_lines_and_its_parts()
    {
        await using var f = await FixtureAsync();
        var trail = await f.Get<BillTrailReport>().ReadAsync(Day, SpendFilter.None);
        Assert.Equal((1.10m, 1.10m), (trail.BilledUsd, trail.LedgerUsd));
        Assert.All(trail.Cells, c => Assert.Equal((c.BilledUsd, c.BilledUsd, c.BilledUsd), (c.LedgerUsd, c.MatchingUsd, c.Parts.Sum(p => p.AmountUsd))));
        var tokens = trail.Cells.Single(c => c.UsageType == TestBill.NovaInput);
        Assert.Equal((2, 10_000m, "1K tokens"), (tokens.Lines.Count, tokens.Quantity, tokens.Unit));
        // Of the untagged $0.48 for 8 M tokens: 5 M search, 1 M without a feature, 2 M never recorded.
        Assert.Equal([("tagged-feature", AllocationMethod.Tag, 0.12m), ("search", AllocationMethod.Trace, 0.30m)],
            tokens.Parts.Where(p => p.Feature.Length > 0).OrderBy(p => p.AmountUsd).Select(p => (p.Feature, p.Method, p.AmountUsd)));
        Assert.Equal([0.06m, 0.12m], tokens.Parts.Where(p => p.Feature.Length == 0).Select(p => p.AmountUsd).Order());

        var calls = await f.Get<BillTrailReport>().CallsAsync(Day, tokens);
        Assert.Equal([("search", 5_000_000L), ("", 1_000_000L)], calls.Select(c => (c.Feature, c.Tokens)));
        Assert.Equal([new(TestBill.Bedrock, true, [TestBill.First])], (await f.Get<BillTrailReport>().ScopesAsync(Day, Day.AddDays(1))).Select(s => new ScopeRow(s.Service, s.IsInScope, s.Accounts)));
    }

    private sealed record ScopeRow(string Service, bool IsInScope, IReadOnlyList<string> Accounts)
    {
        public bool Equals(ScopeRow? other) => other is not null && (Service, IsInScope) == (other.Service, other.IsInScope) && Accounts.SequenceEqual(other.Accounts);
        public override int GetHashCode() => Service.GetHashCode(StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_leaves_the_cells_that_have_a_part_for_it_and_says_how_much()
    {
        await using var f = await FixtureAsync();
        var filter = new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>> { [SpendDimension.Feature] = ["search"] });
        var trail = await f.Get<BillTrailReport>().ReadAsync(Day, filter);
        // The cell is whole, its parts are those of the filter; tax follows usage.
        Assert.Equal([0.60m, 0.10m], trail.Cells.Select(c => c.BilledUsd));
        Assert.Equal(0.30m, trail.Cells[0].MatchingUsd);
        Assert.All(trail.Cells.SelectMany(c => c.Parts), p => Assert.Equal("search", p.Feature));
    }

    [Fact]
    public async Task What_would_explain_more_is_every_unattributed_dollar_once()
    {
        await using var f = await FixtureAsync();
        var more = await f.Get<UnexplainedReport>().ReadAsync(Day, Day.AddDays(1));
        var day = (await f.Get<Reconciliation>().ReadAsync(Day, Day.AddDays(1))).Single();
        Assert.Equal(day.UnattributedUsd, more.UnattributedUsd);
        Assert.Equal(more.UnattributedUsd, more.Slices.Sum(s => s.Usd));
        Assert.Equal(more.Slices.OrderByDescending(s => s.Usd).Select(s => s.Usd), more.Slices.Select(s => s.Usd));
        // The guardrail; tokens that nobody recorded; calls of checkout that name no feature; the tax on all of them.
        Assert.Equal([Cure.TagOrSplit, Cure.RecordCalls, Cure.NameTheFeature, Cure.FollowsUsage], more.Slices.OrderBy(s => s.Cure == Cure.FollowsUsage).Select(s => s.Cure));
        Assert.Equal(("checkout", 0.06m), more.Slices.Where(s => s.Cure == Cure.NameTheFeature).Select(s => (s.Application, s.Usd)).Single());
        Assert.Equal(("us-east-1", 0.12m), more.Slices.Where(s => s.Cure == Cure.RecordCalls).Select(s => (s.Region, s.Usd)).Single());
        Assert.Equal(new FeatureTagState(f.Get<OwnerKeys>().TagKeys.Feature, null, null), more.FeatureTag);
    }

    [Fact]
    public async Task A_reconciled_day_says_when_it_was_read_and_what_lies_beside_it()
    {
        await using var f = await FixtureAsync();
        var day = (await f.Get<Reconciliation>().ReadAsync(Day, Day.AddDays(1))).Single();
        Assert.Equal((0m, 1, 0, Noon.AddDays(9), 0, Basis.Billed), (day.DifferenceUsd, day.Accounts, day.OpenAccounts, day.ReadAt!.Value, day.Restatements, day.Basis));
        Assert.Equal(day.BilledUsd, day.MeasuredUsd + day.DeclaredUsd + day.UnattributedUsd);
    }
}
