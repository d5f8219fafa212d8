using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The invariants of the ledger (algorithms §4) over random organisations with every method.</summary>
public sealed class LedgerOrganisationTests
{
    private const int Seeds = 300;

    private static string[] Text(IEnumerable<LedgerEntry> entries) => [.. entries.Select(e => string.Join(',',
        e.AccountId, e.RegionId, e.BilledServiceId, e.UsageTypeId, e.ModelId, e.Component, e.Kind, e.Tier, e.Scope, e.Category, e.FeatureId, e.TeamId, e.ApplicationId,
        e.EnvironmentId, e.ReleaseId, e.Method, e.Reason, e.RuleId, e.Basis, e.Flags, e.AmountNanoUsd, e.Tokens))];

    private static void ForEach(Action<int, MadeOrganisation, LedgerDayInputs> check)
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var made = new MadeOrganisation(seed);
            check(seed, made, made.Inputs());
        }
    }

    [Fact]
    public void Every_method_occurs_and_every_dollar_has_an_owner_or_a_reason()
    {
        var methods = new HashSet<AllocationMethod>();
        ForEach((seed, made, inputs) =>
        {
            var entries = LedgerDay.Build(made.Ready(inputs)).Billed;
            methods.UnionWith(entries.Select(e => e.Method));
            Assert.All(entries, e =>
            {
                var isOwned = e.FeatureId != 0 || e.TeamId != 0 || e.ApplicationId != 0 || e.EnvironmentId != 0;
                Assert.True(e.Method == AllocationMethod.Unattributed ? e.Reason != UnattributedReason.None && e.RuleId == 0 : isOwned && e.Reason == UnattributedReason.None, $"seed {seed}");
                Assert.Equal(e.Method is AllocationMethod.Principal or AllocationMethod.Rule or AllocationMethod.Shared, e.RuleId != 0);
            });
        });
        Assert.Equal(Enum.GetValues<AllocationMethod>().Length, methods.Count);
    }

    [Fact]
    public void Parts_add_up_to_their_lines_and_none_turns_against_them()
    {
        ForEach((seed, made, inputs) =>
        {
            var entries = LedgerDay.Build(made.Ready(inputs)).Billed.ToLookup(e => (e.AccountId, e.RegionId, e.BilledServiceId, e.UsageTypeId, e.Category, e.Basis));
            var lines = inputs.Cells.ToLookup(c => (c.AccountId, c.RegionId, c.ServiceId, c.UsageTypeId, c.Category, c.Basis));
            foreach (var line in lines)
            {
                Assert.True(line.Sum(l => l.AmountNanoUsd) == entries[line.Key].Sum(e => e.AmountNanoUsd), $"seed {seed}");
                if (line.All(l => l.AmountNanoUsd >= 0)) Assert.All(entries[line.Key], e => Assert.True(e.AmountNanoUsd >= 0, $"seed {seed}"));
                if (line.All(l => l.AmountNanoUsd <= 0)) Assert.All(entries[line.Key], e => Assert.True(e.AmountNanoUsd <= 0, $"seed {seed}"));
                // Tokens are shared out as the money is: none is lost, none made.
                Assert.True(line.Sum(l => l.Tokens ?? 0) == entries[line.Key].Sum(e => e.Tokens ?? 0) || line.Any(l => l.Category != ChargeCategory.Usage), $"seed {seed}");
            }
            Assert.Equal(inputs.Cells.Sum(c => c.AmountNanoUsd), entries.SelectMany(e => e).Sum(e => e.AmountNanoUsd));
        });
    }

    [Fact]
    public void Capacity_and_guardrails_are_shared_among_features_owners_and_idle_hours()
    {
        var seen = new HashSet<string>();
        ForEach((_, made, inputs) =>
        {
            // Lines that name a resource may name one of another kind.
            foreach (var e in LedgerDay.Build(made.Ready(inputs with { ResourceById = new Dictionary<int, ResourceUse>() })).Billed.Where(e => e.Component is CostComponent.ProvisionedThroughput or CostComponent.Guardrails && e.AmountNanoUsd > 0))
                seen.Add($"{e.Component} {(e.Flags.HasFlag(LedgerFlags.Idle) ? "idle" : e.Method == AllocationMethod.Resource ? e.FeatureId != 0 ? "feature" : "owner" : e.Reason == UnattributedReason.NoCallRecorded ? "unrecorded" : "")}");
        });
        string[] all = ["Guardrails feature", "Guardrails unrecorded", "ProvisionedThroughput feature", "ProvisionedThroughput idle", "ProvisionedThroughput owner", "ProvisionedThroughput unrecorded"];
        Assert.Subset(seen, all.ToHashSet());
    }

    [Fact]
    public void The_order_of_everything_does_not_matter()
    {
        ForEach((seed, made, inputs) =>
        {
            var dice = new Random(seed);
            ResourceUse Shuffled(ResourceUse use) => use.Throughput is not { } full ? use : use with { Throughput = full with { Calls = [.. full.Calls.OrderBy(_ => dice.Next())] } };
            var first = LedgerDay.Build(made.Ready(inputs));
            made.OwnerRows.Reverse();
            var second = LedgerDay.Build(made.Ready(inputs with
            {
                Cells = [.. inputs.Cells.OrderBy(_ => dice.Next())], Claims = [.. inputs.Claims.OrderBy(_ => dice.Next())], 
                Resources = [.. inputs.Resources.Select(Shuffled).OrderBy(_ => dice.Next())], ResourceById = inputs.ResourceById.ToDictionary(r => r.Key, r => Shuffled(r.Value)),
                Guarded = [.. inputs.Guarded.OrderBy(_ => dice.Next())],
                OwnMetrics = [.. inputs.OwnMetrics.OrderBy(_ => dice.Next())], MonthFeatures = [.. inputs.MonthFeatures.OrderBy(_ => dice.Next())],
                Requests = inputs.Requests.OrderBy(_ => dice.Next()).ToDictionary(),
            }));
            Assert.Equal(Text(first.Billed), Text(second.Billed));
            Assert.Equal(Text(first.Estimated), Text(second.Estimated));
        });
    }

    [Fact]
    public void A_line_told_in_two_pieces_is_the_same_ledger()
    {
        ForEach((_, made, inputs) =>
        {
            var pieces = inputs.Cells.SelectMany(c => Math.Abs(c.AmountNanoUsd) < 2 ? [c] : (BillCell[])
                [c with { AmountNanoUsd = c.AmountNanoUsd / 2, Tokens = c.Tokens / 2 }, c with { AmountNanoUsd = c.AmountNanoUsd - c.AmountNanoUsd / 2, Tokens = c.Tokens - c.Tokens / 2 }]).ToList();
            Assert.Equal(Text(LedgerDay.Build(made.Ready(inputs)).Billed), Text(LedgerDay.Build(made.Ready(inputs with { Cells = pieces })).Billed));
        });
    }

    [Fact]
    public void What_is_declared_never_takes_from_what_calls_and_metrics_tell()
    {
        static string[] Told(LedgerDayResult result) => [.. result.Billed
            .Where(e => e.Category == ChargeCategory.Usage && (e.Method.IsOfCalls() || e.Method == AllocationMethod.Metric))
            .GroupBy(e => (e.AccountId, e.FeatureId, e.ModelId, e.Method)).Select(g => $"{g.Key} {g.Sum(e => e.AmountNanoUsd)}").Order()];
        ForEach((_, made, inputs) =>
        {
            // Principals and places are read through rules: those do change what calls may claim.
            made.OwnerRows.RemoveAll(r => r.Conditions.Contains("\"Subject\":8", StringComparison.Ordinal) || r.Conditions.Contains("\"Subject\":0", StringComparison.Ordinal));
            Assert.Equal(Told(LedgerDay.Build(inputs)), Told(LedgerDay.Build(made.Ready(inputs))));
        });
    }
}
