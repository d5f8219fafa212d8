using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Each rule of the ledger of a day on its own. Amounts are in nano-USD and small, so that every sum can be read off.</summary>
public sealed class LedgerDayTests
{
    private const int Account = 1, Region = 2, Provider = 3, Model = 4, Service = 5, UsageType = 6, FeatureA = 11, FeatureB = 12;
    private static readonly DateOnly Day = new(2026, 11, 10);

    private static BillCell Line(
        long amount, long? tokens, int tag = 0, int account = Account, int region = Region, int model = Model, TokenKind? kind = TokenKind.Input,
        ServiceTier tier = ServiceTier.Standard, RoutingScope scope = RoutingScope.InRegion, ChargeCategory category = ChargeCategory.Usage,
        int service = Service, bool isUnderstood = true, int usageType = UsageType) =>
        new(account, region, service, usageType, category, tag, amount, false, CostComponent.Input, Provider, model, kind, tier, scope, ContextBand.Normal, tokens, isUnderstood);

    private static CallClaim Calls(
        int feature, long input, int account = Account, int region = Region, int team = 0, int release = 0, int model = Model,
        ServiceTier tier = ServiceTier.Standard, RoutingScope scope = RoutingScope.InRegion, long cost = 0) =>
        new(account, region, Provider, model, tier, scope, ContextBand.Normal, feature, team, 0, 0, release,
            new TokenCounts(input, 0, 0, 0, 0, 0), [cost, 0, 0, 0, 0, 0]);

    private static MeteredPool Metered(long tokens, long? price = 1_000_000, int account = Account, int region = Region) =>
        new(account, region, Provider, Model, RoutingScope.InRegion, TokenKind.Input, tokens, price);

    private static LedgerDayInputs Inputs(IReadOnlyCollection<BillCell> cells, params CallClaim[] claims) => new(
        Day, cells, claims, [], claims.Select(c => (c.AccountId, c.RegionId)).ToHashSet(), new Dictionary<int, FeatureOwners>(),
        cells.Select(c => c.AccountId).ToHashSet(), new HashSet<int>());

    private static Dictionary<int, long> ByFeature(IEnumerable<LedgerEntry> entries) =>
        entries.GroupBy(e => e.FeatureId).ToDictionary(g => g.Key, g => g.Sum(e => e.AmountNanoUsd));

    [Fact]
    public void A_tag_and_calls_of_the_same_feature_are_not_paid_twice()
    {
        // algorithms §4: bill 100, tag A 60, calls A 60 and B 40 → 60/40.
        var result = LedgerDay.Build(Inputs([Line(60, 60, tag: FeatureA), Line(40, 40)], Calls(FeatureA, 60), Calls(FeatureB, 40)));

        Assert.Equal(new() { [FeatureA] = 60, [FeatureB] = 40 }, ByFeature(result.Billed));
        Assert.Equal(AllocationMethod.Tag, Assert.Single(result.Billed, e => e.FeatureId == FeatureA).Method);
        Assert.Equal(AllocationMethod.Trace, Assert.Single(result.Billed, e => e.FeatureId == FeatureB).Method);
    }

    [Fact]
    public void What_no_call_explains_stays_unattributed_with_its_reason()
    {
        var result = LedgerDay.Build(Inputs([Line(100, 1000)], Calls(FeatureA, 250)));

        Assert.Equal(new() { [FeatureA] = 25, [0] = 75 }, ByFeature(result.Billed));
        Assert.Equal(UnattributedReason.NoCallRecorded, result.Billed.Single(e => e.FeatureId == 0).Reason);
        Assert.Equal(750, result.Billed.Single(e => e.FeatureId == 0).Tokens);
    }

    [Fact]
    public void Calls_above_the_bill_share_it_in_proportion_and_say_so()
    {
        var result = LedgerDay.Build(Inputs([Line(100, 100)], Calls(FeatureA, 300), Calls(FeatureB, 100)));

        Assert.Equal(new() { [FeatureA] = 75, [FeatureB] = 25 }, ByFeature(result.Billed));
        Assert.All(result.Billed, e => Assert.True(e.Flags.HasFlag(LedgerFlags.OverReported)));
        Assert.Empty(result.Estimated);
    }

    [Fact]
    public void On_an_open_day_calls_above_the_bill_stay_estimated_beside_it()
    {
        var inputs = Inputs([Line(50, 50)], Calls(FeatureA, 60, cost: 600), Calls(FeatureB, 40, cost: 400));
        var result = LedgerDay.Build(inputs with { ClosedAccounts = new HashSet<int>(), OpenAccounts = new HashSet<int> { Account } });

        Assert.Equal(new() { [FeatureA] = 30, [FeatureB] = 20 }, ByFeature(result.Billed));
        Assert.Equal(new() { [FeatureA] = 300, [FeatureB] = 200 }, ByFeature(result.Estimated));
        Assert.All(result.Billed, e => Assert.False(e.Flags.HasFlag(LedgerFlags.OverReported)));
    }

    [Fact]
    public void Metered_tokens_above_bill_and_calls_are_estimated_and_nobodys()
    {
        var inputs = Inputs([Line(50, 50)], Calls(FeatureA, 60, cost: 600)) with
        {
            Metered = [Metered(100, price: 10_000_000)], ClosedAccounts = new HashSet<int>(), OpenAccounts = new HashSet<int> { Account },
        };
        var estimated = LedgerDay.Build(inputs).Estimated;

        // 10 of the 60 recorded tokens are above the bill; 40 metered tokens are above the recorded ones, at 10 nano-USD each.
        Assert.Equal(new() { [FeatureA] = 100, [0] = 400 }, ByFeature(estimated));
        Assert.Equal(UnattributedReason.NoCallRecorded, estimated.Single(e => e.FeatureId == 0).Reason);
        Assert.True(estimated.Single(e => e.FeatureId == 0).Flags.HasFlag(LedgerFlags.TierAssumed));
    }

    [Fact]
    public void Metered_tokens_that_the_bill_already_holds_are_not_estimated_again()
    {
        var inputs = Inputs([Line(90, 90)]) with
        {
            Metered = [Metered(100, price: 10_000_000)], ClosedAccounts = new HashSet<int>(), OpenAccounts = new HashSet<int> { Account },
        };
        Assert.Equal(100, Assert.Single(LedgerDay.Build(inputs).Estimated).AmountNanoUsd);
    }

    [Fact]
    public void Calls_without_an_account_are_not_metered_a_second_time()
    {
        var inputs = Inputs([], Calls(FeatureA, 70, account: 0, region: 0, cost: 700)) with { Metered = [Metered(100, price: 10_000_000)] };
        var estimated = LedgerDay.Build(inputs).Estimated;

        Assert.Equal(new() { [FeatureA] = 700, [0] = 300 }, ByFeature(estimated));
        var placed = estimated.Single(e => e.FeatureId == FeatureA);
        Assert.Equal((Account, Region, LedgerFlags.AccountInferred), (placed.AccountId, placed.RegionId, placed.Flags));
    }

    [Fact]
    public void Calls_without_an_account_share_the_pools_of_their_model_by_what_is_left_there()
    {
        var result = LedgerDay.Build(Inputs([Line(60, 60), Line(40, 40, account: 9)], Calls(FeatureA, 50, account: 0, region: 0)));

        Assert.Equal(30, result.Billed.Single(e => e.AccountId == Account && e.FeatureId == FeatureA).AmountNanoUsd);
        Assert.Equal(20, result.Billed.Single(e => e.AccountId == 9 && e.FeatureId == FeatureA).AmountNanoUsd);
        Assert.All(result.Billed.Where(e => e.FeatureId == FeatureA), e => Assert.Equal(LedgerFlags.AccountInferred, e.Flags));
    }

    [Fact]
    public void A_call_without_a_feature_keeps_what_else_is_known_of_it()
    {
        var entry = Assert.Single(LedgerDay.Build(Inputs([Line(100, 100)], Calls(0, 100, team: 77))).Billed);

        Assert.Equal((AllocationMethod.Unattributed, UnattributedReason.NoFeatureOnCall, 77), (entry.Method, entry.Reason, entry.TeamId));
    }

    [Fact]
    public void A_region_without_any_call_is_called_not_logged()
    {
        var result = LedgerDay.Build(Inputs([Line(100, 100, region: 99)], Calls(FeatureA, 10)));
        Assert.Equal(UnattributedReason.RegionNotLogged, Assert.Single(result.Billed).Reason);
    }

    [Theory]
    [InlineData(true, UnattributedReason.NoUsageSignal)]
    [InlineData(false, UnattributedReason.UnknownUsageType)]
    public void A_line_without_tokens_says_why_it_has_no_owner(bool isUnderstood, UnattributedReason reason) =>
        Assert.Equal(reason, Assert.Single(LedgerDay.Build(Inputs([Line(100, null, kind: null, isUnderstood: isUnderstood)])).Billed).Reason);

    [Fact]
    public void A_line_whose_scale_is_not_known_is_not_claimed_by_calls() =>
        Assert.Equal(UnattributedReason.NoUsageSignal, Assert.Single(LedgerDay.Build(Inputs([Line(100, null)], Calls(FeatureA, 10))).Billed).Reason);

    [Fact]
    public void Batch_calls_claim_the_batch_line_and_standard_calls_the_standard_line()
    {
        var result = LedgerDay.Build(Inputs([Line(100, 100), Line(50, 100, tier: ServiceTier.Batch, usageType: 61)],
            Calls(FeatureA, 100), Calls(FeatureB, 100, tier: ServiceTier.Batch)));

        Assert.Equal(new() { [FeatureA] = 100, [FeatureB] = 50 }, ByFeature(result.Billed));
    }

    [Fact]
    public void Calls_that_do_not_say_their_routing_take_what_others_leave()
    {
        var result = LedgerDay.Build(Inputs([Line(100, 100), Line(90, 100, scope: RoutingScope.Global, usageType: 61)],
            Calls(FeatureA, 100), Calls(FeatureB, 100, scope: RoutingScope.Unknown)));

        Assert.Equal(new() { [FeatureA] = 100, [FeatureB] = 90 }, ByFeature(result.Billed));
    }

    [Fact]
    public void Credits_and_tax_follow_the_usage_of_their_service()
    {
        var result = LedgerDay.Build(Inputs(
            [Line(75, 75), Line(25, 25, tag: FeatureB), Line(-40, null, category: ChargeCategory.Credit, kind: null), Line(8, null, category: ChargeCategory.Tax, kind: null)],
            Calls(FeatureA, 75)));

        Assert.Equal(new() { [FeatureA] = -30, [FeatureB] = -10 }, ByFeature(result.Billed.Where(e => e.Category == ChargeCategory.Credit)));
        Assert.Equal(new() { [FeatureA] = 6, [FeatureB] = 2 }, ByFeature(result.Billed.Where(e => e.Category == ChargeCategory.Tax)));
    }

    [Fact]
    public void A_credit_of_the_payer_follows_the_service_in_the_other_accounts()
    {
        var result = LedgerDay.Build(Inputs([Line(100, 100), Line(-10, null, account: 9, category: ChargeCategory.Credit, kind: null)], Calls(FeatureA, 100)));
        var credit = result.Billed.Single(e => e.Category == ChargeCategory.Credit);
        Assert.Equal((9, FeatureA, -10), (credit.AccountId, credit.FeatureId, credit.AmountNanoUsd));
    }

    [Fact]
    public void A_credit_with_nothing_to_follow_is_unattributed()
    {
        var entry = Assert.Single(LedgerDay.Build(Inputs([Line(-10, null, category: ChargeCategory.Credit, kind: null)])).Billed);
        Assert.Equal((UnattributedReason.NothingToFollow, -10), (entry.Reason, entry.AmountNanoUsd));
    }

    [Fact]
    public void A_tagged_line_takes_its_team_from_the_features_own_calls()
    {
        var inputs = Inputs([Line(60, 60, tag: FeatureA)]) with { Owners = new Dictionary<int, FeatureOwners> { [FeatureA] = new(21, 22, 23) } };
        var entry = Assert.Single(LedgerDay.Build(inputs).Billed);
        Assert.Equal((21, 22, 23, LedgerFlags.OwnersFromFeature), (entry.TeamId, entry.ApplicationId, entry.EnvironmentId, entry.Flags));
    }

    [Fact]
    public void Releases_of_a_feature_share_its_part_by_their_tokens()
    {
        var result = LedgerDay.Build(Inputs([Line(100, 100)], Calls(FeatureA, 30, release: 31), Calls(FeatureA, 70, release: 32)));
        Assert.Equal([(31, 30L), (32, 70L)], result.Billed.Select(e => (e.ReleaseId, e.AmountNanoUsd)));
    }

    [Fact]
    public void A_part_of_the_wrong_sum_is_found()
    {
        var cell = Line(100, 100);
        var parts = new LedgerParts();
        parts.Add(cell, PartOwner.Nobody(UnattributedReason.NoCallRecorded), 99, 100);
        Assert.Throws<LedgerInvariantException>(() => LedgerInvariants.Check([cell], parts));
    }

    [Fact]
    public void A_part_of_the_opposite_sign_is_found()
    {
        var cell = Line(100, 100);
        var parts = new LedgerParts();
        parts.Add(cell, PartOwner.Nobody(UnattributedReason.NoCallRecorded), 101, 100);
        parts.Add(cell, PartOwner.Nobody(UnattributedReason.NoUsageSignal), -1, null);
        Assert.Throws<LedgerInvariantException>(() => LedgerInvariants.Check([cell], parts));
    }
}
