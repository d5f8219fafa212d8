using System.Globalization;
using GenAiCostPortal.Ledger.Owners;

namespace GenAiCostPortal.Pages.Settings;

/// <summary>A condition as it is typed.</summary>
public sealed class ConditionForm
{
    public RuleSubject Subject { get; set; }
    public RuleMatch Match { get; set; }
    public string Key { get; set; } = "";
    public string Value { get; set; } = "";

    public RuleCondition Condition => new(Subject, Match, Match == RuleMatch.IsPresent ? "" : Value.Trim(), RuleCheck.HasKey(Subject) ? Key.Trim() : "");
}

/// <summary>A feature that takes part in a split, with its share in per cent as typed.</summary>
public sealed class ShareForm
{
    public string Feature { get; set; } = "";
    public string Percent { get; set; } = "";
}

/// <summary>A rule as it is typed.</summary>
public sealed class RuleForm
{
    private RuleForm(RuleKind kind, int id) => (Kind, Id) = (kind, id);

    public RuleKind Kind { get; }
    /// <summary>0 = a new rule.</summary>
    public int Id { get; }
    public string Name { get; set; } = "";
    public List<ConditionForm> Conditions { get; } = [];
    public string Feature { get; set; } = "";
    public string Team { get; set; } = "";
    public string Application { get; set; } = "";
    public string Environment { get; set; } = "";
    public SplitBasis Basis { get; set; }
    public List<ShareForm> Shares { get; } = [];
    public DateOnly? From { get; set; }
    /// <summary>Last day, included: people name the last day, not the one after it.</summary>
    public DateOnly? Last { get; set; }
    public bool IsEnabled { get; set; } = true;

    public static RuleForm New(RuleKind kind)
    {
        var form = new RuleForm(kind, 0);
        form.Conditions.Add(new ConditionForm { Subject = kind == RuleKind.Owner ? RuleSubject.Account : RuleSubject.Component });
        return form;
    }

    public static RuleForm Of(PlacedRule rule)
    {
        var draft = rule.Draft;
        var form = new RuleForm(draft.Kind, rule.Id) { Name = draft.Name, From = draft.EffectiveFrom, Last = draft.EffectiveTo?.AddDays(-1), IsEnabled = draft.IsEnabled };
        form.Conditions.AddRange(draft.Conditions.Select(c => new ConditionForm { Subject = c.Subject, Match = c.Match, Key = c.Key, Value = c.Value }));
        if (draft is OwnerRuleDraft owner) (form.Feature, form.Team, form.Application, form.Environment) = (owner.Feature ?? "", owner.Team ?? "", owner.Application ?? "", owner.Environment ?? "");
        if (draft is not SplitRuleDraft split) return form;
        form.Basis = split.Basis;
        form.Shares.AddRange(split.Shares.Select(s => new ShareForm { Feature = s.Key, Percent = split.Basis == SplitBasis.Fixed ? (s.Value * 100).ToString("0.####", CultureInfo.InvariantCulture) : "" }));
        return form;
    }

    public RuleDraft Draft
    {
        get
        {
            RuleDraft draft = Kind == RuleKind.Owner
                ? new OwnerRuleDraft { Feature = Given(Feature), Team = Given(Team), Application = Given(Application), Environment = Given(Environment) }
                : new SplitRuleDraft { Basis = Basis, Shares = ShareOf() };
            return draft with { Name = Name.Trim(), Conditions = [.. Conditions.Select(c => c.Condition)], EffectiveFrom = From, EffectiveTo = Last?.AddDays(1), IsEnabled = IsEnabled };
        }
    }

    /// <summary>What is wrong with what was typed, by field.</summary>
    public IReadOnlyDictionary<string, string> Mistakes
    {
        get
        {
            var mistakes = RuleCheck.Mistakes(Draft).ToDictionary();
            var named = Shares.Select(s => s.Feature.Trim()).Where(f => f.Length > 0).ToList();
            if (Kind == RuleKind.Split && named.Distinct().Count() < named.Count) mistakes.TryAdd("shares", "A feature is named twice.");
            return mistakes;
        }
    }

    /// <summary>To be tried out; null while something is missing. A rule without a name can be tried already.</summary>
    public RuleProposal? Proposal => Mistakes.Keys.All(k => k == "name") ? new RuleProposal(Kind, Id, Name.Trim().Length > 0 ? Draft : Draft with { Name = Unnamed }) : null;

    /// <summary>Per cent given away so far.</summary>
    public decimal PercentSum => Shares.Sum(s => Percent(s.Percent));

    private const string Unnamed = "(not named yet)";

    private SortedDictionary<string, decimal> ShareOf()
    {
        var shares = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var share in Shares.Where(s => s.Feature.Trim().Length > 0 || s.Percent.Trim().Length > 0))
            shares[share.Feature.Trim()] = Basis == SplitBasis.Fixed ? Percent(share.Percent) / 100 : 1;
        return shares;
    }

    private static decimal Percent(string text) =>
        decimal.TryParse(text.Trim().TrimEnd('%').Replace(',', '.'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var percent) ? percent : 0;

    private static string? Given(string text) => text.Trim() is { Length: > 0 } given ? given : null;
}
