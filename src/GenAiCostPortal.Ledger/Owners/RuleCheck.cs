namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Whether a rule can work, in words for the person who wrote it.</summary>
public static class RuleCheck
{
    /// <summary>Rules of a kind; each is asked for each line of each day.</summary>
    public const int RulesAtMost = 200;
    public const int ConditionsAtMost = 10, SharesAtMost = 50;
    public const int NameLength = 100, OwnerLength = 100, KeyLength = 128, ValueLength = 300;

    // A third cannot be written down: this much may be missing from the whole.
    private const decimal ShareSlack = 0.0001m;

    /// <summary>
    /// What is wrong, by field (<c>name</c>, <c>conditions</c>, <c>owners</c>, <c>shares</c>, <c>effectiveTo</c>); empty when nothing is.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Mistakes(RuleDraft draft)
    {
        var mistakes = new Dictionary<string, string>();
        if (string.IsNullOrWhiteSpace(draft.Name)) mistakes["name"] = "Give the rule a name.";
        else if (draft.Name.Length > NameLength) mistakes["name"] = $"A name has at most {NameLength} characters.";
        if (Conditions(draft.Conditions) is { } condition) mistakes["conditions"] = condition;
        if (draft is { EffectiveFrom: { } from, EffectiveTo: { } to } && to <= from) mistakes["effectiveTo"] = "The rule ends before it begins.";
        if (draft is OwnerRuleDraft owner && Owners(owner) is { } owners) mistakes["owners"] = owners;
        if (draft is SplitRuleDraft split && Shares(split) is { } shares) mistakes["shares"] = shares;
        return mistakes;
    }

    /// <summary>Whether a subject is asked with a key: which tag, which attribute.</summary>
    public static bool HasKey(RuleSubject subject) => subject is RuleSubject.Tag or RuleSubject.Attribute;

    private static string? Conditions(IReadOnlyList<RuleCondition> conditions)
    {
        if (conditions.Count == 0) return "Name at least one condition: a rule without any would take everything.";
        if (conditions.Count > ConditionsAtMost) return $"A rule has at most {ConditionsAtMost} conditions.";
        for (var i = 0; i < conditions.Count; i++)
            if (Condition(conditions[i]) is { } wrong) return conditions.Count == 1 ? wrong : $"Condition {i + 1}: {wrong}";
        return conditions.Distinct().Count() < conditions.Count ? "The same condition is there twice." : null;
    }

    private static string? Condition(RuleCondition c)
    {
        if (!Enum.IsDefined(c.Subject)) return "It looks at nothing that a line has.";
        if (!Enum.IsDefined(c.Match)) return "It does not say how to compare.";
        var subject = RuleWords.Subject(c.Subject);
        if (HasKey(c.Subject) && string.IsNullOrWhiteSpace(c.Key)) return $"Name the key of the {subject}.";
        if (!HasKey(c.Subject) && c.Key.Length > 0) return $"The {subject} has no key.";
        if (c.Key.Length > KeyLength) return $"A key has at most {KeyLength} characters.";
        if (c.Match == RuleMatch.IsPresent) return c.Value.Length > 0 ? $"Whether the {subject} is present needs no value." : null;
        if (string.IsNullOrWhiteSpace(c.Value)) return $"Give the value that the {subject} is compared with.";
        if (c.Value.Length > ValueLength) return $"A value has at most {ValueLength} characters.";
        return c.Match == RuleMatch.Pattern && c.Value.All(ch => ch == '*') ? $"A pattern of * alone holds for every {subject}; choose \"is present\"." : null;
    }

    private static string? Owners(OwnerRuleDraft rule)
    {
        string?[] owners = [rule.Feature, rule.Team, rule.Application, rule.Environment];
        if (owners.All(string.IsNullOrWhiteSpace)) return "Name at least one owner: a feature, a team, an application or an environment.";
        return owners.Any(o => o?.Length > OwnerLength) ? $"An owner has at most {OwnerLength} characters." : null;
    }

    private static string? Shares(SplitRuleDraft rule)
    {
        if (!Enum.IsDefined(rule.Basis)) return "It does not say by what it splits.";
        if (rule.Shares.Count > SharesAtMost) return $"A rule splits over at most {SharesAtMost} named features.";
        if (rule.Shares.Keys.Any(string.IsNullOrWhiteSpace)) return "A feature without a name cannot take a share.";
        if (rule.Shares.Keys.Any(f => f.Length > OwnerLength)) return $"An owner has at most {OwnerLength} characters.";
        if (rule.Basis != SplitBasis.Fixed) return null;
        if (rule.Shares.Count == 0) return "Name the features and their shares.";
        if (rule.Shares.Values.Any(s => s <= 0)) return "A share is above 0 %.";
        var sum = rule.Shares.Values.Sum();
        return Math.Abs(sum - 1) > ShareSlack ? FormattableString.Invariant($"The shares come to {sum * 100:0.##} %, not 100 %.") : null;
    }
}
