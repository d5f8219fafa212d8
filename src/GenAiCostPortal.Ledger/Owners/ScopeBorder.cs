using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>
/// What belongs to the bill (algorithms §4, Border): every line of a service on the GenAI list, and of any other service the usage
/// that carries a feature tag or meets an owner rule. Taxes, credits and fees of other services say no usage type and stay outside.
/// Not for several threads at once.
/// </summary>
public sealed class ScopeBorder
{
    /// <summary>Words remembered; then the memory begins anew, so that a resource per line cannot fill it.</summary>
    private const int NamesAtMost = 200_000;

    private readonly OwnerKeys _keys;
    private readonly GenAiServices _listed;
    private readonly Func<string, string> _accountName;
    private readonly IReadOnlyDictionary<string, string> _resourceNames;
    private readonly Dictionary<string, Ready[]> _byService = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), UsageTypeMeaning> _meanings = [];
    private BorderNames _names;
    private Ready[] _ready;

    private sealed record Ready(BorderRule Rule, RuleTest[] OfService, RuleTest[] Others, bool AsksResource, bool AsksPrincipal);

    /// <param name="accountName">Name of an account as stored; empty without one.</param>
    /// <param name="resourceNames">Names of resources as people gave them.</param>
    internal ScopeBorder(OwnerKeys keys, IEnumerable<OwnerRule> rules, Func<string, string>? accountName = null, IReadOnlyDictionary<string, string>? resourceNames = null)
    {
        _keys = keys.Copy();
        _listed = new GenAiServices(_keys.GenAiServices);
        (_accountName, _resourceNames) = (accountName ?? (_ => ""), resourceNames ?? new Dictionary<string, string>());
        Rules = BorderRules.Of(rules, _keys);
        (_names, _ready) = Begin();
    }

    /// <summary>The border without any rule.</summary>
    public static ScopeBorder WithoutRules(OwnerKeys keys) => new(keys, []);

    /// <summary>The rules that move it, in the order in which they are asked.</summary>
    public IReadOnlyList<BorderRule> Rules { get; }

    /// <summary>Patterns of the GenAI list in force.</summary>
    public IReadOnlyList<string> Listed => _listed.Patterns;

    /// <summary>Whether a service is on the GenAI list.</summary>
    public bool IsListed(string service) => _listed.Has(service);

    /// <summary>Rules that usage of a service may meet, as far as its name says.</summary>
    public IReadOnlyList<BorderRule> RulesOf(string service) => [.. Candidates(service).Select(r => r.Rule)];

    /// <summary>Resources whose given name meets a condition on resources: a line of the bill says their ARN alone.</summary>
    public IReadOnlyList<string> ResourcesNamed(RuleCondition condition) =>
        [.. _resourceNames.Where(r => new RuleTest(condition with { Subject = RuleSubject.Resource }, _names.Names).Holds(new RuleFacts { ResourceId = _names.Number(r.Key) })).Select(r => r.Key).Order(StringComparer.Ordinal)];

    /// <summary>The rule that brings a usage line into the scope; null when none does. The service must not be on the list.</summary>
    /// <param name="onlyAskable">Leaves out rules that look at what Cost Explorer does not say (<see cref="BorderRule.Gap"/>).</param>
    public BorderRule? Of(in BorderLine line, bool onlyAskable = false)
    {
        if (Rules.Count == 0) return null;
        if (_names.Count > NamesAtMost) (_names, _ready) = Begin();
        foreach (var ready in Candidates(line.Service))
        {
            if (!ready.Rule.HoldsOn(line.Day) || onlyAskable && ready.Rule.Gap.Length > 0) continue;
            if (Holds(ready, line)) return ready.Rule;
        }
        return null;
    }

    private bool Holds(Ready ready, in BorderLine line)
    {
        var meaning = Meaning(line.Service, line.UsageType);
        var facts = new RuleFacts
        {
            AccountId = _names.Account(line.AccountId, line.AccountName), RegionId = _names.Number(line.Region.Length > 0 ? line.Region : meaning.Region),
            ServiceId = _names.Number(line.Service), UsageTypeId = _names.Number(line.UsageType), Component = meaning.Component,
            ModelId = _names.Number(meaning.Model?.Canonical ?? ""), TagSetId = _names.Number(line.Tags),
            ResourceId = ready.AsksResource ? _names.Number(line.ResourceId) : 0, PrincipalId = ready.AsksPrincipal ? _names.Number(line.Principal) : 0,
        };
        foreach (var test in ready.Others)
            if (!test.Holds(facts)) return false;
        return true;
    }

    private Ready[] Candidates(string service)
    {
        if (_byService.TryGetValue(service, out var known)) return known;
        if (_byService.Count > 5_000) _byService.Clear();
        var facts = new RuleFacts { ServiceId = _names.Number(service) };
        return _byService[service] = [.. _ready.Where(r => Array.TrueForAll(r.OfService, t => t.Holds(facts)))];
    }

    private UsageTypeMeaning Meaning(string service, string usageType)
    {
        if (_meanings.TryGetValue((service, usageType), out var known)) return known;
        if (_meanings.Count > 50_000) _meanings.Clear();
        return _meanings[(service, usageType)] = UsageTypeClassifier.Read(service, usageType);
    }

    private (BorderNames Names, Ready[] Ready) Begin()
    {
        _byService.Clear();
        var names = new BorderNames(_keys, _accountName, _resourceNames);
        return (names, [.. Rules.Select(r => new Ready(r,
            [.. r.Conditions.Where(c => c.Subject == RuleSubject.Service).Select(c => new RuleTest(c, names.Names))],
            [.. r.Conditions.Where(c => c.Subject != RuleSubject.Service).Select(c => new RuleTest(c, names.Names))],
            r.Conditions.Any(c => c.Subject is RuleSubject.Resource or RuleSubject.Profile or RuleSubject.Project), r.Conditions.Any(c => c.Subject == RuleSubject.Principal)))]);
    }
}
