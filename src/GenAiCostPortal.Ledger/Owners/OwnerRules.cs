using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>An owner rule of a day, ready to be asked.</summary>
internal sealed class ReadyOwnerRule
{
    private readonly RuleTest[] _ofLine, _ofOwners;

    public ReadyOwnerRule(OwnerRule rule, IReadOnlyList<RuleTest> tests, RuleNames names)
    {
        Id = rule.Id;
        (_ofLine, _ofOwners) = ([.. tests.Where(t => !t.IsOfOwners)], [.. tests.Where(t => t.IsOfOwners)]);
        IsOfPrincipal = _ofOwners.Length == 0 && _ofLine.Any(t => t.IsOfPrincipal);
        FeatureId = names.Number(DimensionKind.Feature, rule.Feature);
        TeamId = names.Number(DimensionKind.Team, rule.Team);
        ApplicationId = names.Number(DimensionKind.Application, rule.Application);
        EnvironmentId = names.Number(DimensionKind.Environment, rule.Environment);
        foreach (var place in tests.Select(t => t.Place))
        {
            if (place is { Subject: RuleSubject.Account }) AccountId = names.Number(DimensionKind.Account, place.Value.Value);
            if (place is { Subject: RuleSubject.Region }) RegionId = names.Number(DimensionKind.Region, place.Value.Value);
        }
        IsOnlyOfOwnersAndPlace = _ofOwners.Length > 0 && _ofLine.All(t => t.Place is not null);
    }

    public int Id { get; }
    public int FeatureId { get; }
    public int TeamId { get; }
    public int ApplicationId { get; }
    public int EnvironmentId { get; }
    public int AccountId { get; }
    public int RegionId { get; }
    public bool IsOfPrincipal { get; }
    public bool IsOnlyOfOwnersAndPlace { get; }
    public bool NamesAnyone => FeatureId != 0 || TeamId != 0 || ApplicationId != 0 || EnvironmentId != 0;

    public bool HoldsForLine(in RuleFacts facts)
    {
        foreach (var test in _ofLine)
            if (!test.Holds(facts)) return false;
        return true;
    }

    public bool HoldsForOwners(in RuleFacts facts)
    {
        foreach (var test in _ofOwners)
            if (!test.Holds(facts)) return false;
        return true;
    }
}

/// <summary>The rules whose conditions on a line all hold, in order; what they ask of calls is open still. One object per such list.</summary>
internal sealed record RuleCandidates(string Text, IReadOnlyList<ReadyOwnerRule> Rules);

/// <summary>The owner rules that hold on a day, in order (algorithms §4, steps 2 and 5). Not for several threads at once.</summary>
internal sealed class OwnerRules
{
    private static readonly RuleCandidates NoCandidates = new("", []);
    private readonly ReadyOwnerRule[] _rules;
    private readonly Dictionary<RuleFacts, RuleCandidates> _ofLine = [];
    private readonly Dictionary<string, RuleCandidates> _lists = new(StringComparer.Ordinal) { [""] = NoCandidates };

    private OwnerRules(IEnumerable<ReadyOwnerRule> rules) => _rules = [.. rules];

    public static OwnerRules None { get; } = new([]);

    /// <summary>Makes ready what is enabled and in force on the day; a rule whose conditions cannot be read never holds.</summary>
    public static OwnerRules For(DateOnly day, IEnumerable<OwnerRule> rows, RuleNames names)
    {
        var rules = new List<ReadyOwnerRule>();
        foreach (var row in rows.Where(r => IsInForce(r, day)).OrderBy(r => r.Position).ThenBy(r => r.Id))
            if (RuleText.Conditions(row.Conditions) is { } conditions) rules.Add(new ReadyOwnerRule(row, [.. conditions.Select(c => new RuleTest(c, names))], names));
        return rules.Count == 0 ? None : new OwnerRules(rules);
    }

    public static bool IsInForce(OwnerRule rule, DateOnly day) =>
        rule.IsEnabled && (rule.EffectiveFrom is not { } from || day >= from) && (rule.EffectiveTo is not { } to || day < to);

    /// <summary>Rules that may decide about parts of a line.</summary>
    public RuleCandidates Of(in RuleFacts line)
    {
        if (_rules.Length == 0) return NoCandidates;
        if (_ofLine.TryGetValue(line, out var known)) return known;
        var holding = new List<ReadyOwnerRule>();
        foreach (var rule in _rules)
            if (rule.HoldsForLine(line)) holding.Add(rule);
        var text = string.Join(',', holding.Select(r => r.Id));
        if (!_lists.TryGetValue(text, out var list)) _lists[text] = list = new RuleCandidates(text, holding);
        return _ofLine[line] = list;
    }

    /// <summary>The rule that reads the line's IAM principal or session tag; null when none does.</summary>
    public static ReadyOwnerRule? OfPrincipal(RuleCandidates candidates) => candidates.Rules.FirstOrDefault(r => r.IsOfPrincipal && r.NamesAnyone);

    /// <summary>The first rule that holds for what has no owner yet.</summary>
    /// <param name="known">What calls say of their owners.</param>
    public static ReadyOwnerRule? Decide(RuleCandidates candidates, in PartOwner known)
    {
        if (candidates.Rules.Count == 0) return null;
        var facts = RuleFacts.Of(known);
        foreach (var rule in candidates.Rules)
            if (!rule.IsOfPrincipal && rule.NamesAnyone && rule.HoldsForOwners(facts)) return rule;
        return null;
    }

    /// <summary>Fills team, application and environment of a part whose feature is known, from the rules that fit that feature.</summary>
    public static PartOwner Fill(RuleCandidates candidates, PartOwner owner)
    {
        foreach (var rule in candidates.Rules)
        {
            if (owner.IsWhole) break;
            if ((rule.FeatureId == 0 || rule.FeatureId == owner.FeatureId) && rule.HoldsForOwners(RuleFacts.Of(owner)))
                owner = owner.FilledBy(rule.TeamId, rule.ApplicationId, rule.EnvironmentId);
        }
        return owner;
    }

    /// <summary>
    /// Where calls were made that do not say it: the account and region of the first rule that asks for owners of calls and names a
    /// place beside ("application copilot in account 1111"). 0 = no rule says.
    /// </summary>
    public (int AccountId, int RegionId) PlaceOf(in RuleFacts calls)
    {
        foreach (var rule in _rules)
            if (rule.IsOnlyOfOwnersAndPlace && (rule.AccountId != 0 || rule.RegionId != 0) && Fits(rule, calls) && rule.HoldsForOwners(calls))
                return (rule.AccountId, rule.RegionId);
        return (0, 0);
    }

    private static bool Fits(ReadyOwnerRule rule, in RuleFacts calls) =>
        (calls.AccountId == 0 || rule.AccountId == 0 || calls.AccountId == rule.AccountId)
        && (calls.RegionId == 0 || rule.RegionId == 0 || calls.RegionId == rule.RegionId);
}
