using System.Text.Json;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>A day of one account, made line by line and call by call. Amounts in nano-USD.</summary>
public abstract class MadeDay
{
    private protected const int Region = 2, Model = 4, Service = 5;
    private protected static readonly DateOnly Day = new(2026, 11, 10);
    private protected MadeNames Names { get; } = new();
    private int _usageTypes = 100;

    protected MadeDay()
    {
        // Numbers of the constants above must not be names of owners.
        for (var i = 1; i < 20; i++) _ = Names[DimensionKind.Metric, "reserved " + i];
    }

    private protected int Account => Names[DimensionKind.Account, "111111111111"];
    private protected int Feature(string name) => Names[DimensionKind.Feature, name];

    private protected BillCell Tokens(long amount, long tokens, int tag = 0, string tagSet = "", string principal = "", string resource = "") =>
        new(Account, Region, Service, 6, ChargeCategory.Usage, tag, amount, false, CostComponent.Input, 3, Model, TokenKind.Input, ServiceTier.Standard, RoutingScope.InRegion, ContextBand.Normal, tokens, true)
        {
            TagSetId = Names[DimensionKind.TagSet, tagSet], PrincipalId = Names[DimensionKind.Principal, principal], ResourceId = Names[DimensionKind.Resource, resource],
        };

    private protected BillCell Other(long amount, CostComponent component, string service = "Amazon Bedrock", string resource = "") =>
        new(Account, Region, Names[DimensionKind.BilledService, service], ++_usageTypes, ChargeCategory.Usage, 0, amount, false, component, 0, 0, null, ServiceTier.Standard, RoutingScope.InRegion, ContextBand.Normal, null, true)
        {
            ResourceId = Names[DimensionKind.Resource, resource],
        };

    private protected CallClaim Calls(string feature, long input, string application = "", int account = -1) =>
        new(account < 0 ? Account : account, account < 0 ? Region : 0, 3, Model, ServiceTier.Standard, RoutingScope.InRegion, ContextBand.Normal, Feature(feature), 0,
            Names[DimensionKind.Application, application], 0, 0, new TokenCounts(input, 0, 0, 0, 0, 0), [0, 0, 0, 0, 0, 0]);

    private protected LedgerDayInputs Inputs(IReadOnlyCollection<BillCell> cells, params CallClaim[] claims) => new(
        Day, cells, claims, [], new HashSet<(int, int)>(), new Dictionary<int, FeatureOwners>(), cells.Select(c => c.AccountId).ToHashSet(), new HashSet<int>());

    private protected OwnerRules Rules(params OwnerRule[] rules) => OwnerRules.For(Day, rules, Names.Rules);

    private protected SplitRules Splits(params SplitRule[] rules) => SplitRules.For(Day, rules, Names.Rules);

    private protected static OwnerRule Rule(int id, string? feature, string? team, params RuleCondition[] conditions) =>
        new() { Id = id, Position = id, Name = "rule", Feature = feature, Team = team, Conditions = JsonSerializer.Serialize(conditions) };

    private protected static SplitRule Split(int id, SplitBasis basis, string shares = "{}", params RuleCondition[] conditions) =>
        new() { Id = id, Position = id, Name = "split", Basis = basis, Shares = shares, Conditions = JsonSerializer.Serialize(conditions) };

    private protected string[] Text(IEnumerable<LedgerEntry> entries) =>
        [.. entries.Where(e => e.AmountNanoUsd != 0).Select(e => $"{e.Method} {Names.Name(e.FeatureId)} {Names.Name(e.TeamId)} {e.RuleId} {e.AmountNanoUsd}").Order(StringComparer.Ordinal)];
}
