using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>An owner rule that brings lines of services outside the GenAI list into the scope.</summary>
/// <param name="From">First day it holds; null = always before.</param>
/// <param name="To">First day it no longer holds; null = without end.</param>
public sealed record BorderRule(int Id, string Name, IReadOnlyList<RuleCondition> Conditions, DateOnly? From, DateOnly? To)
{
    /// <summary>Conditions on tags.</summary>
    public IReadOnlyList<RuleCondition> TagConditions { get; } = [.. Conditions.Where(c => c.Subject == RuleSubject.Tag)];

    /// <summary>The tag that it looks at; empty when it looks at none, or at several.</summary>
    public string TagKey => TagConditions.Select(c => TagNames.Canonical(c.Key)).Distinct().Count() == 1 ? TagConditions[0].Key.Trim() : "";

    /// <summary>Whether it names an AWS service; otherwise lines of any service may meet it.</summary>
    public bool NamesService => Conditions.Any(c => c.Subject == RuleSubject.Service && BorderRules.IsNamed(c));

    /// <summary>What it looks at that Cost Explorer cannot say of a line, in words; empty when Cost Explorer can be asked for its lines.</summary>
    public string Gap =>
        Conditions.Any(c => c.Subject == RuleSubject.Principal) ? "the IAM principal"
        : Conditions.Any(c => c.Subject is RuleSubject.Resource or RuleSubject.Profile or RuleSubject.Project) ? "the resource"
        : TagConditions.Any(c => c.Match == RuleMatch.IsNot) ? "a tag that must be another one"
        : TagConditions.Count > 0 && TagKey.Length == 0 ? "several tags of one line"
        : "";

    /// <summary>Whether it is in force on a day.</summary>
    public bool HoldsOn(DateOnly day) => (From is not { } from || day >= from) && (To is not { } to || day < to);

    /// <summary>Whether it is in force on any day of a period; <paramref name="to"/> exclusive.</summary>
    public bool HoldsWithin(DateOnly from, DateOnly to) => (From is not { } first || first < to) && (To is not { } end || end > from);

    /// <summary>Whether a value of <see cref="TagKey"/> meets its conditions on the tag.</summary>
    public bool MeetsTag(string value) => TagConditions.All(c => c.Match switch
    {
        RuleMatch.Is => value.Equals(c.Value.Trim(), StringComparison.OrdinalIgnoreCase),
        RuleMatch.StartsWith => value.StartsWith(c.Value.Trim(), StringComparison.OrdinalIgnoreCase),
        RuleMatch.Contains => value.Contains(c.Value.Trim(), StringComparison.OrdinalIgnoreCase),
        RuleMatch.Pattern => GenAiServices.IsLike(value, c.Value.Trim()),
        RuleMatch.IsPresent => value.Length > 0,
        _ => false,
    });
}

/// <summary>
/// Which owner rules move the border. One that names an AWS service does. One that names a tag, a resource or an IAM principal
/// without a service does when it gives a feature: "cost centre 1234 is team Billing" says who pays, and must not bring in all that
/// Billing pays. One that names neither (an account, a region …) never does.
/// </summary>
public static class BorderRules
{
    /// <summary>Whether a rule with these conditions moves the border.</summary>
    /// <param name="feature">The feature that it gives; empty when it gives none.</param>
    public static bool Moves(IReadOnlyList<RuleCondition> conditions, string? feature, OwnerKeys keys)
    {
        if (conditions.Any(c => c.Subject is RuleSubject.Feature or RuleSubject.Application or RuleSubject.Environment or RuleSubject.Attribute)) return false;
        var services = conditions.Where(c => c.Subject == RuleSubject.Service && IsNamed(c)).ToList();
        var listed = new GenAiServices(keys.GenAiServices);
        if (services.Count > 0) return !services.Exists(s => s.Match == RuleMatch.Is && listed.Has(s.Value.Trim()));
        return !string.IsNullOrWhiteSpace(feature) && conditions.Any(c => c.Subject switch
        {
            // A line with the feature's own tag is in the scope already.
            RuleSubject.Tag => c.Match != RuleMatch.IsNot && !TagNames.AreSame(c.Key, keys.TagKeys.Feature),
            RuleSubject.Resource or RuleSubject.Principal => IsNamed(c),
            _ => false,
        });
    }

    /// <summary>Whether a condition names what it looks for: neither "is present" nor "is not".</summary>
    internal static bool IsNamed(RuleCondition c) => c.Match is RuleMatch.Is or RuleMatch.StartsWith or RuleMatch.Contains or RuleMatch.Pattern;

    /// <summary>The rules that move the border, in the order in which they are asked; rules that are off or cannot be read are left out.</summary>
    internal static IReadOnlyList<BorderRule> Of(IEnumerable<OwnerRule> rules, OwnerKeys keys)
    {
        var moving = new List<BorderRule>();
        foreach (var rule in rules.Where(r => r.IsEnabled).OrderBy(r => r.Position).ThenBy(r => r.Id))
            if (RuleText.Conditions(rule.Conditions) is { Count: > 0 } conditions && Moves(conditions, rule.Feature, keys)
                && new[] { rule.Feature, rule.Team, rule.Application, rule.Environment }.Any(o => !string.IsNullOrWhiteSpace(o)))
                moving.Add(new BorderRule(rule.Id, rule.Name, conditions, rule.EffectiveFrom, rule.EffectiveTo));
        return moving;
    }
}
