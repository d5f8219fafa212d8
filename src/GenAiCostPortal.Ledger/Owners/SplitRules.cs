using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>A split rule of a day, ready to be asked.</summary>
/// <param name="Shares">Features that take part, with their fixed share; empty = all features.</param>
internal sealed record ReadySplitRule(int Id, SplitBasis Basis, IReadOnlyDictionary<int, decimal> Shares, IReadOnlyList<RuleTest> Tests)
{
    public bool Holds(in RuleFacts facts)
    {
        foreach (var test in Tests)
            if (!test.Holds(facts)) return false;
        return true;
    }

    /// <summary>
    /// What each feature gets of a shared line, by feature; empty when there is nobody. Proportional to the base; a base of zero
    /// shares evenly over the features with spend that month (algorithms §4, step 6).
    /// </summary>
    public IReadOnlyList<(int FeatureId, decimal Weight)> Weights(
        IReadOnlyDictionary<int, long> inferenceCost, IReadOnlyDictionary<int, long> requests, IReadOnlyCollection<int> monthFeatures)
    {
        var proportional = Basis switch
        {
            SplitBasis.InferenceCost => inferenceCost.Where(c => TakesPart(c.Key)).Select(c => (c.Key, Weight: (decimal)c.Value)),
            SplitBasis.Requests => requests.Where(r => TakesPart(r.Key)).Select(r => (r.Key, Weight: (decimal)r.Value)),
            SplitBasis.Fixed => Shares.Select(s => (s.Key, Weight: s.Value)),
            _ => Shares.Select(s => (s.Key, Weight: 1m)),
        };
        List<(int FeatureId, decimal Weight)> weights = [.. proportional.Where(w => w.Weight > 0).OrderBy(w => w.Key)];
        return weights.Count > 0 ? weights : [.. monthFeatures.Where(TakesPart).Order().Select(f => (f, 1m))];
    }

    private bool TakesPart(int feature) => feature != 0 && (Shares.Count == 0 || Shares.ContainsKey(feature));
}

/// <summary>The split rules that hold on a day, in order. Not for several threads at once.</summary>
internal sealed class SplitRules
{
    private readonly IReadOnlyList<ReadySplitRule> _rules;

    private SplitRules(IReadOnlyList<ReadySplitRule> rules) => _rules = rules;

    public static SplitRules None { get; } = new([]);

    public bool IsEmpty => _rules.Count == 0;

    /// <summary>Makes ready what is enabled and in force on the day.</summary>
    public static SplitRules For(DateOnly day, IEnumerable<SplitRule> rows, RuleNames names)
    {
        var rules = new List<ReadySplitRule>();
        foreach (var row in rows.Where(r => IsInForce(r, day)).OrderBy(r => r.Position).ThenBy(r => r.Id))
        {
            if (RuleText.Conditions(row.Conditions) is not { } conditions || RuleText.Shares(row.Shares) is not { } shares) continue;
            var byFeature = shares.Select(s => (Id: names.Number(DimensionKind.Feature, s.Key), s.Value)).Where(s => s.Id != 0)
                .GroupBy(s => s.Id).ToDictionary(g => g.Key, g => g.Sum(s => s.Value));
            // Features that nobody knows yet must not turn "these" into "all".
            if (shares.Count > 0 && byFeature.Count == 0) continue;
            rules.Add(new ReadySplitRule(row.Id, row.Basis, byFeature, [.. conditions.Select(c => new RuleTest(c, names))]));
        }
        return rules.Count == 0 ? None : new SplitRules(rules);
    }

    public static bool IsInForce(SplitRule rule, DateOnly day) =>
        rule.IsEnabled && (rule.EffectiveFrom is not { } from || day >= from) && (rule.EffectiveTo is not { } to || day < to);

    /// <summary>The first rule that splits the line; null when none does.</summary>
    public ReadySplitRule? Of(in RuleFacts line)
    {
        foreach (var rule in _rules)
            if (rule.Holds(line)) return rule;
        return null;
    }
}
