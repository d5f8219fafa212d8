using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Provisioned throughput by how full it was, guardrails by the calls through them. Amounts in nano-USD, worked out by hand in the comments.</summary>
public sealed class ResourceMethodTests
{
    private const int Account = 1, Region = 2, A = 11, B = 12, Platform = 21, Arn = 31, Nova = 41;
    private static readonly DateOnly Day = new(2026, 11, 10);
    private static readonly decimal[] Nothing = new decimal[24];
    private static readonly long[] NoCosts = new long[6];

    private static BillCell Line(long amount, CostComponent component, int model = 0, int resource = 0) =>
        new(Account, Region, 5, 6, ChargeCategory.Usage, 0, amount, false, component, 0, model, null, ServiceTier.Standard, RoutingScope.InRegion, ContextBand.Normal, null, true) { ResourceId = resource };

    private static CallClaim Calls(int feature, long input, long output = 0, long calls = 1) => new(Account, Region, 3, Arn, ServiceTier.Provisioned, RoutingScope.Unknown, ContextBand.Normal,
        feature, 0, 0, 0, 0, new TokenCounts(input, 0, 0, 0, 0, output), NoCosts) { Calls = calls };

    private static PartOwner Owner(int team) => new() { TeamId = team };

    // Two units of 1,000 input and 500 output tokens a minute: 120,000 and 60,000 an hour.
    private static ResourceUse Provisioned(IEnumerable<HourlyClaim> calls, decimal[]? meteredInput = null, int team = Platform) =>
        new(Account, Region, ResourceKinds.ProvisionedThroughput, "pt", Owner(team)) { ModelUnits = 2, BaseModelId = Nova, Throughput = new ThroughputDay(120_000, 60_000, meteredInput ?? Nothing, Nothing, [.. calls]) };

    private static ResourceUse Guardrail(string id, int team, decimal units = 0, decimal invocations = 0) =>
        new(Account, Region, ResourceKinds.Guardrail, id, team == 0 ? default : Owner(team), units) { Invocations = invocations };

    private static GuardedCalls Guarded(string id, int feature, long prompt, long calls = 1, long output = 0, long without = 0) => new(id, Calls(feature, prompt, output, calls), without);

    private static string[] Build(IReadOnlyCollection<BillCell> cells, IReadOnlyCollection<ResourceUse> resources, params GuardedCalls[] guarded) => Build(cells, resources, new Dictionary<int, ResourceUse>(), guarded);

    private static string[] Build(IReadOnlyCollection<BillCell> cells, IReadOnlyCollection<ResourceUse> resources, IReadOnlyDictionary<int, ResourceUse> byId, params GuardedCalls[] guarded) =>
    [
        .. LedgerDay.Build(new LedgerDayInputs(Day, cells, [], [], new HashSet<(int, int)>(), new Dictionary<int, FeatureOwners>(), new HashSet<int> { Account }, new HashSet<int>())
        {
            Resources = resources, ResourceById = byId, Guarded = guarded,
        }).Billed.Where(e => e.AmountNanoUsd != 0).Select(e => FormattableString.Invariant($"{e.Method} {e.FeatureId} {e.TeamId} {e.AmountNanoUsd}{(e.Flags.HasFlag(LedgerFlags.Idle) ? " idle" : "")}{(e.Reason == UnattributedReason.None ? "" : " " + e.Reason)}")).Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void Thirty_percent_used_is_seventy_percent_idle_of_the_tags_owner()
    {
        // Every hour a 24,000 and b 12,000 of 120,000 input tokens: 30 %. Of 24,000: idle 16,800; used 7,200, two thirds of it a's.
        var calls = Enumerable.Range(0, 24).SelectMany(h => (HourlyClaim[])[new(h, Calls(A, 24_000)), new(h, Calls(B, 12_000))]);
        Assert.Equal(["Resource 0 21 16800 idle", "Resource 11 0 4800", "Resource 12 0 2400"], Build([Line(24_000, CostComponent.ProvisionedThroughput)], [Provisioned(calls)]));
    }

    [Fact]
    public void An_hour_is_as_full_as_its_fuller_side_and_never_more_than_full()
    {
        // Hour 3: input 12,000 of 120,000 (10 %), output 45,000 of 60,000 (75 %): 75 % used, all a's. Hour 4: 240,000 of 120,000: whole, not twice.
        // 24 hours for 24,000: 750 + 1,000 used, 22,250 idle.
        var calls = new HourlyClaim[] { new(3, Calls(A, 12_000, 45_000)), new(4, Calls(B, 240_000)) };
        Assert.Equal(["Resource 0 21 22250 idle", "Resource 11 0 750", "Resource 12 0 1000"], Build([Line(24_000, CostComponent.ProvisionedThroughput)], [Provisioned(calls)]));
    }

    [Fact]
    public void Features_share_an_hour_by_what_they_took_of_both_sides()
    {
        // a took 30 % of the input and b 60 % of the output: 60 % used, a third of it a's: 200 and 400 of 1,000 an hour.
        var calls = new HourlyClaim[] { new(0, Calls(A, 36_000)), new(0, Calls(B, 0, 36_000)) };
        Assert.Equal(["Resource 0 21 23400 idle", "Resource 11 0 200", "Resource 12 0 400"], Build([Line(24_000, CostComponent.ProvisionedThroughput)], [Provisioned(calls)]));
    }

    [Fact]
    public void What_was_metered_beyond_the_recorded_calls_is_used_and_the_owners()
    {
        // Metered 60,000 (50 %), recorded 12,000 (10 %): 100 to a, 400 used by no recorded call, 500 idle; the other 23 hours idle.
        var metered = (decimal[])Nothing.Clone();
        metered[7] = 60_000;
        var calls = new HourlyClaim[] { new(7, Calls(A, 12_000)) };
        Assert.Equal(["Resource 0 21 23500 idle", "Resource 0 21 400", "Resource 11 0 100"], Build([Line(24_000, CostComponent.ProvisionedThroughput)], [Provisioned(calls, metered)]));
        Assert.Equal(["Resource 11 0 100", "Unattributed 0 0 23500 idle NoUsageSignal", "Unattributed 0 0 400 NoCallRecorded"], Build([Line(24_000, CostComponent.ProvisionedThroughput)], [Provisioned(calls, metered, team: 0)]));
    }

    [Fact]
    public void Calls_that_two_doors_saw_fill_an_hour_once()
    {
        // OTLP saw 12,000 of a's tokens, the log 24,000: 20 %, not 30 %.
        var calls = new HourlyClaim[] { new(0, Calls(A, 12_000)), new(0, Calls(A, 24_000) with { Doors = Doors.InvocationLog }) };
        Assert.Equal(["Resource 0 21 23800 idle", "Resource 11 0 200"], Build([Line(24_000, CostComponent.ProvisionedThroughput)], [Provisioned(calls)]));
    }

    [Fact]
    public void A_line_of_a_model_is_shared_by_the_model_units_of_what_serves_it()
    {
        // Three units of a's own and one of nobody's use: 18,000 wholly used by a, 6,000 idle of the other team's.
        var full = Provisioned(Enumerable.Range(0, 24).Select(h => new HourlyClaim(h, Calls(A, 120_000)))) with { Id = "one", ModelUnits = 3 };
        var empty = Provisioned([], team: 22) with { Id = "two", ModelUnits = 1 };
        var other = Provisioned([], team: 23) with { Id = "three", BaseModelId = 42 };
        Assert.Equal(["Resource 0 22 6000 idle", "Resource 11 0 18000"], Build([Line(24_000, CostComponent.ProvisionedThroughput, Nova)], [full, empty, other]));
        // Which of them a line without a model is about nobody knows; nor where a unit count is missing.
        Assert.Equal(["Unattributed 0 0 24000 NoUsageSignal"], Build([Line(24_000, CostComponent.ProvisionedThroughput)], [full, empty, other]));
        Assert.Equal(["Unattributed 0 0 24000 NoUsageSignal"], Build([Line(24_000, CostComponent.ProvisionedThroughput, Nova)], [full, empty with { ModelUnits = 0 }]));
    }

    [Fact]
    public void A_guardrails_units_go_to_the_calls_through_it_and_the_rest_to_its_owner()
    {
        // Three calls of a (600 tokens), one of b (200). Asked twice each they are 8 of 16 metered requests: half of 1,000 is theirs, 3 : 1.
        var guardrail = Guardrail("g1", Platform, 400, 16);
        var line = Line(1_000, CostComponent.Guardrails, resource: 99);
        var byId = new Dictionary<int, ResourceUse> { [99] = guardrail };
        Assert.Equal(["Resource 0 21 500", "Resource 11 0 375", "Resource 12 0 125"], Build([line], [guardrail], byId, Guarded("g1", A, 600, 3), Guarded("g1", B, 200)));
        // Nobody owns it: the rest goes on with its reason. Another guardrail's calls have no part in it.
        var bare = Guardrail("g1", 0, 400, 16);
        Assert.Equal(["Resource 11 0 375", "Resource 12 0 125", "Unattributed 0 0 500 NoCallRecorded"],
            Build([line], [bare], new Dictionary<int, ResourceUse> { [99] = bare }, Guarded("g1", A, 600, 3), Guarded("g1", B, 200), Guarded("g2", B, 9_000)));
        // Long answers are read in pieces while they stream: 1,600 output tokens are 8 requests more, so all 16 are the calls'.
        Assert.Equal(["Resource 11 0 750", "Resource 12 0 250"], Build([line], [guardrail], byId, Guarded("g1", A, 600, 3, output: 1_600), Guarded("g1", B, 200)));
    }

    [Fact]
    public void Calls_without_counts_weigh_as_much_as_the_others_and_calls_without_a_feature_are_the_guardrails_owners()
    {
        // a: two calls, 400 tokens; b: two calls of which one counts 200: (400 + 200) ÷ 3 = 200 for the other. 400 : 400.
        var guardrail = Guardrail("g1", Platform);
        var byId = new Dictionary<int, ResourceUse> { [99] = guardrail };
        var line = Line(1_000, CostComponent.Guardrails, resource: 99);
        Assert.Equal(["Resource 11 0 500", "Resource 12 0 500"], Build([line], [guardrail], byId, Guarded("g1", A, 400, 2), Guarded("g1", B, 200, 2, without: 1)));
        // No counts at all: by calls, 3 : 1.
        Assert.Equal(["Resource 11 0 750", "Resource 12 0 250"], Build([line], [guardrail], byId, Guarded("g1", A, 0, 3, without: 3), Guarded("g1", B, 0, 1, without: 1)));
        Assert.Equal(["Resource 0 21 250", "Resource 11 0 750"], Build([line], [guardrail], byId, Guarded("g1", A, 300), Guarded("g1", 0, 100)));
        var bare = Guardrail("g1", 0);
        Assert.Equal(["Resource 11 0 750", "Unattributed 0 0 250 NoFeatureOnCall"], Build([line], [bare], new Dictionary<int, ResourceUse> { [99] = bare }, Guarded("g1", A, 300), Guarded("g1", 0, 100)));
    }

    [Fact]
    public void A_line_that_names_no_guardrail_goes_by_their_text_units_then_by_their_calls()
    {
        // g1 metered 300 text units, g2 100: 750 to g1's caller a, 250 to g2's owner, whom no call names.
        var line = Line(1_000, CostComponent.Guardrails);
        Assert.Equal(["Resource 0 21 250", "Resource 11 0 750"], Build([line], [Guardrail("g1", 0, 300), Guardrail("g2", Platform, 100)], Guarded("g1", A, 50)));
        // Nothing metered: the prompts of all that passed any of them.
        Assert.Equal(["Resource 11 0 200", "Resource 12 0 800"], Build([line], [Guardrail("g1", 0), Guardrail("g2", Platform)], Guarded("g1", A, 50), Guarded("g2", B, 200)));
        // CloudWatch tells them apart by operation only: everything asked of any.
        Assert.Equal(["Resource 11 0 200", "Resource 12 0 800"], Build([line], [Guardrail("all", 0, 500), Guardrail("g1", 0), Guardrail("g2", 0)], Guarded("g1", A, 50), Guarded("g2", B, 200)));
        Assert.Equal(["Unattributed 0 0 1000 NoUsageSignal"], Build([line], [Guardrail("g1", Platform)]));
    }

    [Fact]
    public void Of_two_doors_the_one_that_saw_more_calls_through_a_guardrail_counts()
    {
        // The log saw 3 of a's calls (300 tokens), OTLP 1 (100): 300 against b's 100.
        var guardrail = Guardrail("g1", 0);
        var log = new GuardedCalls("g1", Calls(A, 300, 0, 3) with { Doors = Doors.InvocationLog });
        Assert.Equal(["Resource 11 0 750", "Resource 12 0 250"], Build([Line(1_000, CostComponent.Guardrails)], [guardrail], log, Guarded("g1", A, 100), Guarded("g1", B, 100)));
    }
}
