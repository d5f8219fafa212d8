using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Sampled traces on the bill (algorithms §4, step 3). Amounts in nano-USD, by hand.</summary>
public sealed class SampledTracesTests
{
    private const int Account = 1, Region = 2, Model = 4, FeatureA = 11, FeatureB = 12;
    private static readonly DateOnly Day = new(2026, 11, 10);

    private static BillCell Line(long amount, long tokens, int tag = 0) =>
        new(Account, Region, 5, 6, ChargeCategory.Usage, tag, amount, false, CostComponent.Input, 3, Model, TokenKind.Input, ServiceTier.Standard, RoutingScope.InRegion, ContextBand.Normal, tokens, true);

    /// <param name="sampled">How many of the tokens come from sampled traces.</param>
    /// <param name="times">1/p.</param>
    private static CallClaim Calls(int feature, long tokens, long sampled = 0, int times = 4, Doors doors = Doors.Otlp, int account = Account, int region = Region) =>
        new(account, region, 3, Model, ServiceTier.Standard, RoutingScope.InRegion, ContextBand.Normal, feature, 0, 0, 0, 0, new TokenCounts(tokens, 0, 0, 0, 0, 0), [tokens * 10, 0, 0, 0, 0, 0])
        {
            Doors = doors, Calls = 10,
            Sampled = sampled == 0 ? null : new SampledClaim(sampled == tokens ? 10 : 5, new TokenCounts(sampled, 0, 0, 0, 0, 0), new TokenCounts(sampled * (times - 1), 0, 0, 0, 0, 0)),
        };

    private static LedgerDayInputs Inputs(IReadOnlyCollection<BillCell> cells, params CallClaim[] claims) => new(
        Day, cells, claims, [], claims.Select(c => (c.AccountId, c.RegionId)).ToHashSet(), new Dictionary<int, FeatureOwners>(), cells.Select(c => c.AccountId).ToHashSet(), new HashSet<int>());

    private static string[] Billed(LedgerDayInputs inputs) => Text(LedgerDay.Build(inputs).Billed);

    private static string[] Text(IEnumerable<LedgerEntry> entries) => [.. entries.Select(e => $"{e.Method} {e.FeatureId} {e.AmountNanoUsd} {e.Tokens} {e.Flags}").Order(StringComparer.Ordinal)];

    [Fact]
    public void A_call_of_a_sampled_trace_claims_what_it_stands_for()
    {
        // p = 1/4, 1,000 tokens billed for 10,000, 200 recorded: they stand for 800.
        Assert.Equal(["TraceSampled 11 8000 800 Sampled", "Unattributed 0 2000 200 None"], Billed(Inputs([Line(10_000, 1_000)], Calls(FeatureA, 200, sampled: 200))));
        // Nobody asked for it: 20 % are traced.
        Assert.Equal(["Trace 11 2000 200 None", "Unattributed 0 8000 800 None"], Billed(Inputs([Line(10_000, 1_000)], Calls(FeatureA, 200))));
    }

    [Fact]
    public void It_never_claims_more_than_the_bill()
    {
        // 400 recorded stand for 1,600 of 1,000; with 400 of B: 10,000 × 1,600/2,000 and × 400/2,000.
        Assert.Equal(["Trace 12 2000 200 OverReported", "TraceSampled 11 8000 800 OverReported, Sampled"],
            Billed(Inputs([Line(10_000, 1_000)], Calls(FeatureA, 400, sampled: 400), Calls(FeatureB, 400))));
    }

    [Fact]
    public void Calls_that_stand_for_themselves_are_told_apart_from_those_that_stand_for_more()
    {
        // Of 300 recorded tokens 100 are sampled at 1/4: 200 by traces, 400 by sampled ones.
        Assert.Equal(["Trace 11 2000 200 None", "TraceSampled 11 4000 400 Sampled", "Unattributed 0 4000 400 None"],
            Billed(Inputs([Line(10_000, 1_000)], Calls(FeatureA, 300, sampled: 100))));
    }

    [Fact]
    public void What_a_tag_paid_is_not_claimed_again()
    {
        // 600 tagged A; A's 200 recorded stand for 800, of which the tag has paid 600.
        Assert.Equal(["Tag 11 6000 600 None", "TraceSampled 11 2000 200 Sampled", "Unattributed 0 2000 200 None"],
            Billed(Inputs([Line(6_000, 600, tag: FeatureA), Line(4_000, 400)], Calls(FeatureA, 200, sampled: 200))));
    }

    [Theory]
    [InlineData(Account, Region)]
    [InlineData(0, 0)]
    public void Where_the_invocation_log_tells_of_calls_nothing_is_extrapolated(int account, int region)
    {
        // The log saw B's 500 and would have seen A's too.
        Assert.Equal(["InvocationLog 12 5000 500 None", "Trace 11 2000 200 None", "Unattributed 0 3000 300 None"],
            [.. Billed(Inputs([Line(10_000, 1_000)], Calls(FeatureA, 200, sampled: 200), Calls(FeatureB, 500, doors: Doors.InvocationLog, account: account, region: region)))
                .Select(t => t.Replace("500 AccountInferred", "500 None", StringComparison.Ordinal))]);
    }

    [Fact]
    public void A_log_of_another_region_does_not_matter() =>
        Assert.Contains("TraceSampled 11 8000 800 Sampled",
            Billed(Inputs([Line(10_000, 1_000)], Calls(FeatureA, 200, sampled: 200), Calls(FeatureB, 500, doors: Doors.InvocationLog, region: 9))));

    [Fact]
    public void A_sampled_call_without_a_feature_stays_unattributed_and_says_what_it_rests_on() =>
        Assert.Equal(["Unattributed 0 2000 200 None", "Unattributed 0 8000 800 Sampled"], Billed(Inputs([Line(10_000, 1_000)], Calls(0, 200, sampled: 200))));

    [Fact]
    public void An_estimate_is_of_what_was_recorded()
    {
        // Half of the day is billed: 500 of the 800 are met, the recorded ones first, so nothing recorded is left to estimate.
        var open = Inputs([Line(5_000, 500)], Calls(FeatureA, 200, sampled: 200)) with { ClosedAccounts = new HashSet<int>(), OpenAccounts = new HashSet<int> { Account } };
        Assert.Empty(LedgerDay.Build(open).Estimated);
        // Nothing is billed: the recorded 200 at 10 each, by Trace.
        Assert.Equal(["Trace 11 2000 200 None"], Text(LedgerDay.Build(open with { Cells = [] }).Estimated));
    }

    [Fact]
    public async Task The_switch_rebuilds_the_days_and_back_gives_the_first_ledger()
    {
        await using var f = await TestBill.FixtureAsync();
        // 200,000 tokens recorded at p = 1/4 on a bill of 1,000,000 at $0.06 per million: $0.06.
        var start = UtcTime.ToUnixMs(UtcTime.Start(Day).AddHours(3)) * 1_000_000;
        await f.Get<TraceWriter>().WriteAsync([MadeTrace.Call(1, 2, 0, 0, 10, 200_000, 0, model: "amazon.nova-lite-v1:0", more: ("app.feature", "a")) with
        {
            TraceState = "ot=th:c", StartUnixNs = start, EndUnixNs = start + 1_000_000, Resource = new SpanResource(MadeTrace.Attributes(("cloud.account.id", TestBill.First), ("cloud.region", "us-east-1"))),
        }]);
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), UtcTime.Start(Day).AddDays(4), TestBill.Input(Day, 1_000_000)));
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), UtcTime.Start(Day).AddDays(4).AddHours(13), TestBill.Input(Day, 1_000_000)));

        await f.Get<LedgerBuild>().BuildDueAsync();
        var first = await EntriesAsync(f);
        Assert.Equal(["Trace 12000000 200000 None", "Unattributed 48000000 800000 None"], first);
        Assert.Equal(0, (await With(f, extrapolate: false).BuildDueAsync()).Days);
        // What the switch would explain, before anybody turns it: 0.048 USD have no owner, 0.012 would have none, and nothing is kept.
        var trial = ActivatorUtilities.CreateInstance<SampledTrial>(f.Services);
        Assert.Equal(new SampledEffect(1, 0.048m, 0.036m, 0), await trial.ReadAsync(Day, Day.AddDays(1)));
        Assert.Equal(new SampledEffect(1, 0.048m, 0.036m, 0), await trial.ReadAsync(Day.AddDays(-29), Day.AddDays(1)));
        Assert.Null(await trial.ReadAsync(Day.AddDays(1), Day.AddDays(2)));
        Assert.Equal(first, await EntriesAsync(f));

        Assert.Equal(1, (await With(f, extrapolate: true).BuildDueAsync()).Days);
        Assert.Equal(["TraceSampled 48000000 800000 Sampled", "Unattributed 12000000 200000 None"], await EntriesAsync(f));
        Assert.Equal(0, (await With(f, extrapolate: true).BuildDueAsync()).Days);
        Assert.Null(await ActivatorUtilities.CreateInstance<SampledTrial>(f.Services, Reader(f, extrapolate: true)).ReadAsync(Day, Day.AddDays(1)));
        var day = Assert.Single(await f.Get<Reconciliation>().ReadAsync(Day, Day.AddDays(1)));
        Assert.Equal((0.048m, 0.048m, 0m), (day.ByMethod[AllocationMethod.TraceSampled], day.MeasuredUsd, day.DifferenceUsd));
        // The day was closed, so that it moved is told, and why.
        Assert.All(await AdjustmentsAsync(f), a => Assert.Equal(AdjustmentCause.Rules, a.Cause));

        Assert.Equal(1, (await With(f, extrapolate: false).BuildDueAsync()).Days);
        Assert.Equal(first, await EntriesAsync(f));
    }

    private static LedgerBuild With(LedgerFixture f, bool extrapolate) => ActivatorUtilities.CreateInstance<LedgerBuild>(f.Services, Reader(f, extrapolate));

    private static LedgerDayReader Reader(LedgerFixture f, bool extrapolate) =>
        new(f.Get<Dimensions>(), f.Get<PriceFinder>(), f.Get<OwnerKeys>(), new LedgerOptions(extrapolate));

    private static async Task<string[]> EntriesAsync(LedgerFixture f)
    {
        await using var db = await f.OpenAsync();
        return [.. (await db.LedgerEntries.AsNoTracking().ToListAsync()).Select(e => $"{e.Method} {e.AmountNanoUsd} {e.Tokens} {e.Flags}").Order(StringComparer.Ordinal)];
    }

    private static async Task<List<LedgerAdjustment>> AdjustmentsAsync(LedgerFixture f)
    {
        await using var db = await f.OpenAsync();
        return await db.LedgerAdjustments.AsNoTracking().ToListAsync();
    }
}
