using System.Globalization;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Rules as people read them.</summary>
public static class RuleWords
{
    /// <summary>What a condition looks at: <c>account</c>, <c>AWS service</c>.</summary>
    public static string Subject(RuleSubject subject) => subject switch
    {
        RuleSubject.Service => "AWS service",
        RuleSubject.UsageType => "usage type",
        RuleSubject.Component => "cost component",
        RuleSubject.Profile => "inference profile",
        RuleSubject.Principal => "IAM principal",
        RuleSubject.Project => "project or workspace",
        _ => subject.ToString().ToLowerInvariant(),
    };

    /// <summary>How it compares: <c>starts with</c>.</summary>
    public static string Match(RuleMatch match) => match switch
    {
        RuleMatch.StartsWith => "starts with",
        RuleMatch.Pattern => "is like",
        RuleMatch.IsPresent => "is present",
        RuleMatch.IsNot => "is not",
        _ => match.ToString().ToLowerInvariant(),
    };

    /// <summary><c>account is 442103556107</c>, <c>tag Team starts with Bill</c>.</summary>
    public static string Condition(RuleCondition c) =>
        string.Join(' ', new[] { Subject(c.Subject), c.Key, Match(c.Match), c.Match == RuleMatch.IsPresent ? "" : c.Value }.Where(w => w.Length > 0));

    /// <summary>All conditions, joined by "and".</summary>
    public static string Conditions(RuleDraft draft) => string.Join(" and ", draft.Conditions.Select(Condition));

    /// <summary>By what a cost is split.</summary>
    public static string Basis(SplitBasis basis) => basis switch
    {
        SplitBasis.InferenceCost => "by their inference cost",
        SplitBasis.Requests => "by their requests",
        SplitBasis.Fixed => "by fixed shares",
        _ => "evenly",
    };

    /// <summary>To whom: <c>feature contract-summary, team Billing</c>; <c>evenly over a, b</c>.</summary>
    public static string Result(RuleDraft draft) => draft switch
    {
        OwnerRuleDraft o => string.Join(", ", new[] { ("feature", o.Feature), ("team", o.Team), ("application", o.Application), ("environment", o.Environment) }
            .Where(p => !string.IsNullOrEmpty(p.Item2)).Select(p => $"{p.Item1} {p.Item2}")),
        SplitRuleDraft { Basis: SplitBasis.Fixed } s => string.Join(", ", s.Shares.Select(p => $"{p.Key} {Percent(p.Value)}")),
        SplitRuleDraft s => $"{Basis(s.Basis)} over {(s.Shares.Count == 0 ? "all features" : string.Join(", ", s.Shares.Keys))}",
        _ => "",
    };

    /// <summary><c>from 1 Nov 2026 to 30 Nov 2026</c>; empty when it always holds. Both days included.</summary>
    public static string Dates(RuleDraft draft) => (draft.EffectiveFrom, draft.EffectiveTo) switch
    {
        (null, null) => "",
        ({ } from, null) => $"from {Day(from)}",
        (null, { } to) => $"to {Day(to.AddDays(-1))}",
        ({ } from, { } to) => $"from {Day(from)} to {Day(to.AddDays(-1))}",
    };

    /// <summary>The whole rule in one line.</summary>
    public static string Whole(RuleDraft draft) =>
        string.Join(", ", new[] { $"{Conditions(draft)} → {Result(draft)}", Dates(draft), draft.IsEnabled ? "" : "off" }.Where(w => w.Length > 0));

    /// <summary>What another version of a rule says otherwise: <c>owner feature a, now feature b; off</c>.</summary>
    public static string Difference(RuleDraft before, RuleDraft after)
    {
        var parts = new List<string>();
        if (before.Name != after.Name) parts.Add($"named {after.Name}, before {before.Name}");
        if (!before.Conditions.SequenceEqual(after.Conditions)) parts.Add($"when {Conditions(after)}, before {Conditions(before)}");
        if (Result(before) != Result(after)) parts.Add($"to {Result(after)}, before {Result(before)}");
        if (Dates(before) != Dates(after)) parts.Add(Dates(after) is { Length: > 0 } dates ? dates : "without first and last day");
        if (before.IsEnabled != after.IsEnabled) parts.Add(after.IsEnabled ? "switched on" : "switched off");
        return string.Join("; ", parts);
    }

    private static string Percent(decimal share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + "\u00a0%";
    private static string Day(DateOnly day) => day.ToString("d MMM yyyy", CultureInfo.InvariantCulture);
}
