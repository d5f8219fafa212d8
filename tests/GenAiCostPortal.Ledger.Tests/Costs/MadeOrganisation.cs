using System.Text.Json;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// A random day of a random organisation from a seed: bill with tags, callers and resources, calls through several doors, rules,
/// splits, endpoints and own metrics. Knows nothing of how they are shared out.
/// </summary>
internal sealed class MadeOrganisation(int seed, int lines = 40, int claims = 40)
{
    private static readonly string[] Texts = ["", "111111111111", "222222222222", "333333333333", "eu-west-1", "us-east-1", "Amazon Bedrock", "Amazon OpenSearch Service", "Amazon SageMaker"];
    private const int FirstFeature = 100, Features = 6, FirstTeam = 200, FirstTagSet = 300, FirstPrincipal = 400, FirstResource = 500;
    private readonly Random _dice = new(seed), _sampler = new(~seed);
    // Apart, so that what was made before stays as it was.
    private readonly Random _more = new(seed * 31 + 7);

    public static DateOnly Day => new(2026, 11, 10);

    private static string Name(int id) => id switch
    {
        >= FirstResource => $"arn:aws:sagemaker:us-east-1:111111111111:endpoint/e{id - FirstResource}",
        >= FirstPrincipal => $"arn:aws:iam::111111111111:role/r{id - FirstPrincipal}",
        >= FirstTagSet => $$"""{"Cost centre":"c{{id - FirstTagSet}}"}""",
        >= FirstTeam => $"t{id - FirstTeam}",
        >= FirstFeature => $"f{id - FirstFeature}",
        _ => id < Texts.Length ? Texts[id] : $"n{id}",
    };

    private static int Number(Store.DimensionKind kind, string name) => kind switch
    {
        Store.DimensionKind.Feature => FirstFeature + int.Parse(name[1..], System.Globalization.CultureInfo.InvariantCulture),
        Store.DimensionKind.Team => FirstTeam + int.Parse(name[1..], System.Globalization.CultureInfo.InvariantCulture),
        _ => Array.IndexOf(Texts, name) is var at and > 0 ? at : 0,
    };

    public static RuleNames Names => new(Name, Name, Number, new OwnerKeys());

    public List<OwnerRule> OwnerRows { get; } = [];
    public List<SplitRule> SplitRows { get; } = [];

    public LedgerDayInputs Inputs()
    {
        for (var i = _dice.Next(5); i > 0; i--) OwnerRows.Add(OwnerRow(i));
        for (var i = _dice.Next(3); i > 0; i--) SplitRows.Add(SplitRow(i));
        var cells = Enumerable.Range(0, _dice.Next(1, lines)).Select(_ => Cell()).ToList();
        var closed = new[] { 1, 2, 3 }.Where(_ => _dice.Next(2) == 0).ToHashSet();
        var resources = Enumerable.Range(0, _dice.Next(4)).Select(i => new ResourceUse(1 + _dice.Next(2), 4, ResourceKinds.SageMakerEndpoint, "e" + i,
            new PartOwner { TeamId = Maybe(FirstTeam, 3), FeatureId = Maybe(FirstFeature, 3) }, 0, _dice.Next(3) == 0 ? null : _dice.Next(25)) { Models = new HashSet<int> { 53 } })
            .Concat(Enumerable.Range(0, _dice.Next(3)).Select(i => new ResourceUse(1, 4, ResourceKinds.Guardrail, "g" + i, new PartOwner { FeatureId = Maybe(FirstFeature, 2) }, _dice.Next(100)) { Invocations = _more.Next(3) * _more.Next(200) }))
            .Concat(Enumerable.Range(0, _more.Next(3)).Select(Provisioned)).ToList();
        return new LedgerDayInputs(Day, cells, [.. Enumerable.Range(0, _dice.Next(claims)).Select(_ => Sampled(Claim()))], [], new HashSet<(int, int)> { (1, 4) },
            new Dictionary<int, FeatureOwners> { [FirstFeature + 1] = new(FirstTeam + 1, 0, 0) }, closed, new[] { 1, 2, 3 }.Except(closed).ToHashSet())
        {
            Guarded = [.. Enumerable.Range(0, _more.Next(12)).Select(_ => new GuardedCalls("g" + _more.Next(3), Through(), _more.Next(2)))],
            Resources = resources, ResourceById = resources.OrderBy(r => r.Kind == ResourceKinds.SageMakerEndpoint ? 0 : _more.Next(1, 9)).Take(4).Select((r, i) => (r, i)).ToDictionary(r => FirstResource + r.i, r => r.r),
            OwnMetrics = [.. Enumerable.Range(0, _dice.Next(4)).Select(_ => new OwnMetric(1 + _dice.Next(3), 4 + _dice.Next(2), FirstFeature + _dice.Next(Features), _dice.Next(2_000_000), 5))],
            Requests = Enumerable.Range(0, Features).Where(_ => _dice.Next(2) == 0).ToDictionary(i => FirstFeature + i, _ => (long)_dice.Next(50)),
            MonthFeatures = [.. Enumerable.Range(0, Features).Where(_ => _dice.Next(3) == 0).Select(i => FirstFeature + i)],
        };
    }

    /// <summary>The same day with its rules made ready anew: they remember what they were asked.</summary>
    public LedgerDayInputs Ready(LedgerDayInputs inputs) =>
        inputs with { Rules = OwnerRules.For(Day, OwnerRows, Names), Splits = SplitRules.For(Day, SplitRows, Names) };

    // Hours of any fullness, some metered above what is recorded, some without a capacity on one side.
    private ResourceUse Provisioned(int number)
    {
        var use = new ResourceUse(1 + _more.Next(2), 4 + _more.Next(2), ResourceKinds.ProvisionedThroughput, "p" + number, new PartOwner { TeamId = _more.Next(2) * (FirstTeam + _more.Next(Features)) }) { BaseModelId = 51, ModelUnits = _more.Next(4) };
        decimal[] Metered() => [.. Enumerable.Range(0, 24).Select(_ => (decimal)(_more.Next(2) * _more.Next(900_000)))];
        return _more.Next(4) == 0 ? use : use with
        {
            Throughput = new ThroughputDay(_more.Next(3) == 0 ? null : _more.Next(1, 700_000), _more.Next(1, 200_000), Metered(), Metered(),
                [.. Enumerable.Range(0, _more.Next(60)).Select(_ => new HourlyClaim(_more.Next(24), Through()))]),
        };
    }

    private CallClaim Through() => new(_more.Next(3), 4, 50, 60, ServiceTier.Provisioned, RoutingScope.Unknown, ContextBand.Normal, _more.Next(5) == 0 ? 0 : FirstFeature + _more.Next(Features),
        _more.Next(2) * FirstTeam, 0, 0, _more.Next(2), new TokenCounts(_more.Next(90_000), _more.Next(9_000), 0, 0, 0, _more.Next(20_000)), [0, 0, 0, 0, 0, 0]) { Doors = (Doors)(1 + _more.Next(5)), Calls = 1 + _more.Next(4) };

    private int Maybe(int first, int outOf) => _dice.Next(outOf) == 0 ? first + _dice.Next(Features) : 0;

    private BillCell Cell()
    {
        var category = _dice.Next(10) switch { 0 => ChargeCategory.Credit, 1 => ChargeCategory.Tax, _ => ChargeCategory.Usage };
        var kind = _dice.Next(3) == 0 ? (TokenKind?)null : (TokenKind)_dice.Next(3);
        long amount = _dice.Next(12) switch { 0 => -_dice.Next(1_000_000), 1 => _dice.Next(4), _ => _dice.Next(2_000_000_000) };
        return new BillCell(1 + _dice.Next(3), 4 + _dice.Next(2), 6 + _dice.Next(3), 60 + _dice.Next(4), category, Maybe(FirstFeature, 5),
            category == ChargeCategory.Credit ? -Math.Abs(amount) : amount, _dice.Next(2) == 0, kind is null ? (CostComponent)_dice.Next(14) : CostComponent.Input, kind is null ? 0 : 50,
            kind is null ? 0 : 51 + _dice.Next(3), kind, _dice.Next(4) == 0 ? ServiceTier.Batch : ServiceTier.Standard, (RoutingScope)_dice.Next(3), ContextBand.Normal,
            kind is null ? null : _dice.Next(10) == 0 ? null : _dice.Next(1_000_000), _dice.Next(8) != 0)
        {
            TagTeamId = Maybe(FirstTeam, 6), TagSetId = Maybe(FirstTagSet, 2), PrincipalId = Maybe(FirstPrincipal, 2), ResourceId = Maybe(FirstResource, 3),
        };
    }

    private CallClaim Claim()
    {
        var isPlaced = _dice.Next(3) != 0;
        var (input, output) = (_dice.Next(400_000), _dice.Next(90_000));
        return new CallClaim(isPlaced ? 1 + _dice.Next(3) : 0, isPlaced ? 4 + _dice.Next(2) : 0, 50, 51 + _dice.Next(4), ServiceTier.Standard, (RoutingScope)_dice.Next(3), ContextBand.Normal,
            _dice.Next(5) == 0 ? 0 : FirstFeature + _dice.Next(Features), Maybe(FirstTeam, 3), _dice.Next(3), 0, _dice.Next(2), new TokenCounts(input, 0, 0, 0, 0, output), [input * 3L, 0, 0, 0, 0, output * 15L])
        {
            Doors = (Doors)(1 + _dice.Next(5)),
        };
    }

    // Only what traces alone tell of is ever sampled.
    private CallClaim Sampled(CallClaim claim) => claim.Doors != Doors.Otlp || _sampler.Next(3) == 0 ? claim : claim with
    {
        Calls = 5, Sampled = new SampledClaim(5, claim.Tokens, new TokenCounts(claim.Tokens.Input * 3, 0, 0, 0, 0, claim.Tokens.Output * 3)),
    };

    private string Conditions()
    {
        RuleCondition One() => _dice.Next(9) switch
        {
            0 => new(RuleSubject.Account, RuleMatch.Is, Texts[1 + _dice.Next(3)]),
            1 => new(RuleSubject.Region, RuleMatch.StartsWith, "eu"),
            2 => new(RuleSubject.Service, RuleMatch.IsNot, "Amazon Bedrock"),
            3 => new(RuleSubject.Tag, RuleMatch.Is, "c" + _dice.Next(Features), "user:cost_centre"),
            4 => new(RuleSubject.Principal, RuleMatch.Pattern, "*role/r" + _dice.Next(Features)),
            5 => new(RuleSubject.Resource, RuleMatch.Contains, "endpoint"),
            6 => new(RuleSubject.Component, RuleMatch.Is, "Hosting"),
            7 => new(RuleSubject.Feature, RuleMatch.Is, "f" + _dice.Next(Features)),
            _ => new(RuleSubject.Application, RuleMatch.IsPresent),
        };
        return JsonSerializer.Serialize(Enumerable.Range(0, _dice.Next(3)).Select(_ => One()));
    }

    private OwnerRule OwnerRow(int id) => new()
    {
        Id = id, Position = _dice.Next(10), Name = "r", Conditions = Conditions(), Feature = _dice.Next(3) == 0 ? null : "f" + _dice.Next(Features), Team = _dice.Next(2) == 0 ? null : "t" + _dice.Next(Features),
    };

    private SplitRule SplitRow(int id) => new()
    {
        Id = id, Position = _dice.Next(10), Name = "s", Conditions = Conditions(), Basis = (SplitBasis)_dice.Next(4),
        Shares = JsonSerializer.Serialize(Enumerable.Range(0, Features).Where(_ => _dice.Next(3) == 0).ToDictionary(i => "f" + i, _ => (decimal)_dice.Next(1, 9))),
    };
}
