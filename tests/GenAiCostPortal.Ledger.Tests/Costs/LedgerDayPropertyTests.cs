using FsCheck;
using FsCheck.Fluent;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The invariants of the ledger (algorithms §4) over random bills, tags and calls.</summary>
public sealed class LedgerDayPropertyTests
{
    private static readonly DateOnly Day = new(2026, 11, 10);

    private static readonly Gen<BillCell> Cells =
        from account in Gen.Choose(1, 3)
        from region in Gen.Choose(0, 2)
        from model in Gen.Choose(0, 3)
        from kind in Gen.Elements<TokenKind?>(null, TokenKind.Input, TokenKind.Output, TokenKind.CacheRead, TokenKind.CacheWrite5m)
        from category in Gen.Frequency((8, Gen.Constant(ChargeCategory.Usage)), (1, Gen.Constant(ChargeCategory.Credit)), (1, Gen.Constant(ChargeCategory.Tax)))
        from tag in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(11, 13)))
        from amount in Gen.Frequency((6, Gen.Choose(0, 2_000_000_000)), (1, Gen.Choose(-1_000_000, -1)), (1, Gen.Choose(0, 3)))
        from tokens in Gen.Frequency((8, Gen.Choose(0, 1_000_000).Select(t => (long?)t)), (1, Gen.Constant((long?)null)))
        from tier in Gen.Elements(ServiceTier.Standard, ServiceTier.Batch)
        from scope in Gen.Elements(RoutingScope.Unknown, RoutingScope.InRegion, RoutingScope.Global)
        from service in Gen.Choose(1, 2)
        from usageType in Gen.Choose(1, 5)
        from preliminary in Gen.Elements(true, false)
        select new BillCell(account, region, service, usageType, category, tag, category == ChargeCategory.Credit ? -Math.Abs(amount) : amount,
            preliminary, CostComponent.Other, model == 0 ? 0 : 50, model, kind, tier, scope, ContextBand.Normal, kind is null ? null : tokens, true);

    private static readonly Gen<CallClaim> Claims =
        from account in Gen.Choose(0, 3)
        from region in Gen.Choose(0, 2)
        from model in Gen.Choose(1, 4)
        from feature in Gen.Frequency((1, Gen.Constant(0)), (4, Gen.Choose(11, 14)))
        from team in Gen.Choose(0, 2)
        from release in Gen.Choose(0, 2)
        from tier in Gen.Elements(ServiceTier.Standard, ServiceTier.Standard, ServiceTier.Batch)
        from scope in Gen.Elements(RoutingScope.Unknown, RoutingScope.InRegion, RoutingScope.Geographic, RoutingScope.Global)
        from input in Gen.Choose(0, 500_000)
        from output in Gen.Choose(0, 100_000)
        from cached in Gen.Choose(0, 100_000)
        // Of a claim nothing, a part or all was sampled, with p between 1/2 and 1/100.
        from sampledQuarters in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 4)))
        from times in Gen.Choose(1, 99)
        select new CallClaim(account, region, 50, model, tier, scope, ContextBand.Normal, feature, team, 0, 0, release,
            new TokenCounts(input, cached, 0, 0, 0, output), [input * 3L, cached, 0, 0, 0, output * 15L])
        {
            Calls = 4, Sampled = sampledQuarters == 0 ? null : new SampledClaim(sampledQuarters, Part(input, cached, output, sampledQuarters), Part(input, cached, output, sampledQuarters, times)),
        };

    private static TokenCounts Part(long input, long cached, long output, int quarters, int times = 1) =>
        new(input * quarters / 4 * times, cached * quarters / 4 * times, 0, 0, 0, output * quarters / 4 * times);

    private static readonly Gen<MeteredPool> Meters =
        from account in Gen.Choose(1, 3)
        from region in Gen.Choose(1, 2)
        from model in Gen.Choose(1, 4)
        from kind in Gen.Elements(TokenKind.Input, TokenKind.Output)
        from tokens in Gen.Choose(0, 2_000_000)
        select new MeteredPool(account, region, 50, model, RoutingScope.InRegion, kind, tokens, 3_000_000_000);

    private static readonly Arbitrary<LedgerDayInputs> Days = Arb.From(
        from cells in Gen.ListOf(Cells)
        from claims in Gen.ListOf(Claims)
        from meters in Gen.ListOf(Meters)
        from closed in Gen.SubListOf([1, 2, 3])
        select new LedgerDayInputs(Day, [.. cells], [.. claims], [.. meters.DistinctBy(m => (m.AccountId, m.RegionId, m.ModelId, m.Kind))],
            new HashSet<(int, int)> { (1, 1) }, new Dictionary<int, FeatureOwners> { [11] = new(1, 2, 3) },
            closed.ToHashSet(), new[] { 1, 2, 3 }.Except(closed).ToHashSet()));

    private static readonly Config Runs = Chance.Runs(300);

    private static string Text(IEnumerable<LedgerEntry> entries) => string.Join('\n', entries.Select(e => string.Join(',',
        e.AccountId, e.RegionId, e.BilledServiceId, e.UsageTypeId, e.ModelId, e.Component, e.Kind, e.Tier, e.Scope, e.Category, e.FeatureId, e.TeamId,
        e.ReleaseId, e.Method, e.Reason, e.Basis, e.Flags, e.AmountNanoUsd, e.Tokens)));

    private static Dictionary<TKey, long> Sums<TItem, TKey>(IEnumerable<TItem> items, Func<TItem, TKey> key, Func<TItem, long> amount) where TKey : notnull =>
        items.GroupBy(key).ToDictionary(g => g.Key, g => g.Sum(amount));

    [Fact]
    public void Parts_of_a_bill_add_up_to_it_per_line_key()
    {
        Check.One(Runs, Prop.ForAll(Days, day =>
        {
            var billed = LedgerDay.Build(day).Billed;
            Assert.Equal(
                Sums(day.Cells, c => (c.AccountId, c.ServiceId, c.UsageTypeId, c.Category, c.Basis), c => c.AmountNanoUsd).Where(s => s.Value != 0).Select(s => s.ToString()).Order(),
                Sums(billed, e => (e.AccountId, e.BilledServiceId, e.UsageTypeId, e.Category, e.Basis), e => e.AmountNanoUsd).Where(s => s.Value != 0).Select(s => s.ToString()).Order());
            Assert.Equal(day.Cells.Sum(c => c.AmountNanoUsd), billed.Sum(e => e.AmountNanoUsd));
        }));
    }

    [Fact]
    public void The_order_of_lines_and_calls_does_not_matter()
    {
        Check.One(Runs, Prop.ForAll(Days, Arb.From(Gen.Choose(0, int.MaxValue)), (day, seed) =>
        {
            var random = new System.Random(seed);
            var shuffled = day with
            {
                Cells = [.. day.Cells.OrderBy(_ => random.Next())], Claims = [.. day.Claims.OrderBy(_ => random.Next())],
                Metered = [.. day.Metered.OrderBy(_ => random.Next())],
            };
            var (first, second) = (LedgerDay.Build(day), LedgerDay.Build(shuffled));
            Assert.Equal(Text(first.Billed), Text(second.Billed));
            Assert.Equal(Text(first.Estimated), Text(second.Estimated));
        }));
    }

    [Fact]
    public void Nobody_gets_more_tokens_than_were_billed_and_no_claim_more_than_it_recorded()
    {
        Check.One(Runs, Prop.ForAll(Days, day =>
        {
            var result = LedgerDay.Build(day);
            var byFeature = Sums(result.Billed.Where(e => e.Method == AllocationMethod.Trace && e.Category == ChargeCategory.Usage), e => (e.FeatureId, e.ModelId, e.Kind!.Value), e => e.Tokens ?? 0);
            foreach (var ((feature, model, kind), tokens) in byFeature)
            {
                var recorded = day.Claims.Where(c => c.FeatureId == feature && c.ModelId == model).Sum(c => c.Tokens[kind]);
                // Each split may round up by less than one token.
                Assert.True(tokens <= recorded + result.Billed.Count, $"{tokens} of {recorded} recorded");
            }
            var sampled = Sums(result.Billed.Where(e => e.Method == AllocationMethod.TraceSampled && e.Category == ChargeCategory.Usage), e => (e.FeatureId, e.ModelId, e.Kind!.Value), e => e.Tokens ?? 0);
            foreach (var ((feature, model, kind), tokens) in sampled)
            {
                var stoodFor = day.Claims.Where(c => c.FeatureId == feature && c.ModelId == model).Sum(c => c.Sampled is { } s ? s.Tokens[kind] + s.Unrecorded[kind] : 0);
                Assert.True(tokens <= stoodFor + result.Billed.Count, $"{tokens} of {stoodFor} that were sampled or not recorded");
            }
            Assert.All(result.Billed, e => Assert.True(e.Method != AllocationMethod.TraceSampled || e.Flags.HasFlag(LedgerFlags.Sampled)));
            Assert.All(result.Estimated, e => Assert.False(e.Flags.HasFlag(LedgerFlags.Sampled)));
        }));
    }

    [Fact]
    public void No_part_and_no_estimate_has_a_sign_that_its_source_has_not()
    {
        Check.One(Runs, Prop.ForAll(Days, day =>
        {
            var result = LedgerDay.Build(day);
            Assert.All(result.Estimated, e => Assert.True(e.AmountNanoUsd >= 0 && e.Tokens >= 0));
            if (day.Cells.All(c => c.AmountNanoUsd >= 0)) Assert.All(result.Billed, e => Assert.True(e.AmountNanoUsd >= 0));
            Assert.All(result.Estimated.Where(e => e.AccountId != 0), e => Assert.DoesNotContain(e.AccountId, day.ClosedAccounts));
        }));
    }

    [Fact]
    public void Without_a_bill_the_estimate_is_all_that_was_recorded_and_metered_above_it()
    {
        Check.One(Runs, Prop.ForAll(Days, day =>
        {
            var open = day with { Cells = [], ClosedAccounts = new HashSet<int>(), OpenAccounts = new HashSet<int>() };
            var recorded = LedgerDay.Build(open).Estimated.Where(e => !e.Flags.HasFlag(LedgerFlags.TierAssumed)).Sum(e => e.AmountNanoUsd);
            Assert.Equal(day.Claims.Sum(c => c.KindCosts.Sum()), recorded);
        }));
    }
}
