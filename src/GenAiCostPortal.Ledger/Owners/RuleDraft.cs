namespace GenAiCostPortal.Ledger.Owners;

/// <summary>The two kinds of rules; each has an order of its own.</summary>
public enum RuleKind : byte { Owner = 0, Split = 1 }

/// <summary>What a rule says, apart from its number and its place in the order.</summary>
public abstract record RuleDraft
{
    /// <summary>Unlike any other name of its kind: an imported file finds the rule by it.</summary>
    public string Name { get; init; } = "";
    /// <summary>All must hold.</summary>
    public IReadOnlyList<RuleCondition> Conditions { get; init; } = [];
    /// <summary>First day it holds; null = always before.</summary>
    public DateOnly? EffectiveFrom { get; init; }
    /// <summary>First day it no longer holds; null = without end.</summary>
    public DateOnly? EffectiveTo { get; init; }
    public bool IsEnabled { get; init; } = true;
    public abstract RuleKind Kind { get; }
}

/// <summary>Names the owners of what no tag and no call owns; null leaves what is known.</summary>
public sealed record OwnerRuleDraft : RuleDraft
{
    public string? Feature { get; init; }
    public string? Team { get; init; }
    public string? Application { get; init; }
    public string? Environment { get; init; }
    public override RuleKind Kind => RuleKind.Owner;
}

/// <summary>Splits a shared cost over features.</summary>
public sealed record SplitRuleDraft : RuleDraft
{
    public SplitBasis Basis { get; init; }
    /// <summary>Feature → share of 1 for <see cref="SplitBasis.Fixed"/>; for the others the features that take part (share 1), empty = all.</summary>
    public IReadOnlyDictionary<string, decimal> Shares { get; init; } = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
    public override RuleKind Kind => RuleKind.Split;
}

/// <summary>A rule in its place.</summary>
/// <param name="Position">1 is asked first.</param>
public sealed record PlacedRule(int Id, int Position, RuleDraft Draft);

/// <summary>All rules, each kind in its order.</summary>
public sealed record RuleLists(IReadOnlyList<PlacedRule> Owners, IReadOnlyList<PlacedRule> Splits)
{
    /// <summary>The rules of a kind.</summary>
    public IReadOnlyList<PlacedRule> Of(RuleKind kind) => kind == RuleKind.Owner ? Owners : Splits;
}

/// <summary>What became of a wish to change the rules.</summary>
/// <param name="Rule">The rule as it is stored now; null when it is gone or nothing was done.</param>
/// <param name="Mistakes">What is wrong, by field of the rule; then nothing was done.</param>
/// <param name="Refusal">Why it cannot be done as things are; then nothing was done.</param>
/// <param name="IsMissing">There is no such rule or change.</param>
public sealed record RuleAnswer(PlacedRule? Rule, IReadOnlyDictionary<string, string> Mistakes, string Refusal = "", bool IsMissing = false)
{
    private static readonly Dictionary<string, string> NoMistakes = [];

    public bool IsDone => Mistakes.Count == 0 && Refusal.Length == 0;

    /// <summary>All that stands against it, as one text; empty when it was done.</summary>
    public string Words => string.Join(" ", Mistakes.Values.Append(Refusal).Where(w => w.Length > 0));

    internal static RuleAnswer Done(PlacedRule? rule = null) => new(rule, NoMistakes);
    internal static RuleAnswer Wrong(IReadOnlyDictionary<string, string> mistakes) => new(null, mistakes);
    internal static RuleAnswer Refused(string why) => new(null, NoMistakes, why);
    internal static RuleAnswer Missing(string what) => new(null, NoMistakes, what, IsMissing: true);
}
