namespace GenAiCostPortal.Ledger.Owners;

/// <summary>
/// Says who owns what no tag and no call owns: the first rule in order whose conditions all hold (algorithms §4, steps 2 and 5).
/// Declared, not measured, except where it reads an IAM principal.
/// </summary>
public sealed class OwnerRule
{
    public int Id { get; set; }
    /// <summary>Order; the lowest that holds decides.</summary>
    public int Position { get; set; }
    public required string Name { get; set; }
    /// <summary>JSON array of <see cref="RuleCondition"/>; all must hold.</summary>
    public string Conditions { get; set; } = "[]";
    /// <summary>Owners it names; null leaves what is known.</summary>
    public string? Feature { get; set; }
    public string? Team { get; set; }
    public string? Application { get; set; }
    public string? Environment { get; set; }
    /// <summary>First day it holds; null = always before.</summary>
    public DateOnly? EffectiveFrom { get; set; }
    /// <summary>First day it no longer holds; null = without end.</summary>
    public DateOnly? EffectiveTo { get; set; }
    public bool IsEnabled { get; set; } = true;

    /// <summary>The same rule under another number.</summary>
    internal OwnerRule With(int id)
    {
        var copy = (OwnerRule)MemberwiseClone();
        copy.Id = id;
        return copy;
    }
}

/// <summary>What a condition looks at.</summary>
public enum RuleSubject : byte
{
    Account = 0, Tag = 1, Service = 2, UsageType = 3, Component = 4, Region = 5, Profile = 6, Resource = 7, Principal = 8, Project = 9,
    Model = 10, Feature = 11, Application = 12, Environment = 13, Attribute = 14,
}

/// <summary>How a condition compares.</summary>
public enum RuleMatch : byte { Is = 0, StartsWith = 1, Contains = 2, Pattern = 3, IsPresent = 4, IsNot = 5 }

/// <summary>One condition of a rule.</summary>
/// <param name="Key">Tag key or attribute name; empty for the other subjects.</param>
/// <param name="Value">Compared without regard to case; in <see cref="RuleMatch.Pattern"/> <c>*</c> stands for any characters.</param>
public sealed record RuleCondition(RuleSubject Subject, RuleMatch Match, string Value = "", string Key = "");

/// <summary>By what a shared cost is split.</summary>
public enum SplitBasis : byte { InferenceCost = 0, Requests = 1, Fixed = 2, Even = 3 }

/// <summary>Splits lines without a usage signal over features (algorithms §4, step 6).</summary>
public sealed class SplitRule
{
    public int Id { get; set; }
    public int Position { get; set; }
    public required string Name { get; set; }
    /// <summary>JSON array of <see cref="RuleCondition"/>: which lines it splits.</summary>
    public string Conditions { get; set; } = "[]";
    public SplitBasis Basis { get; set; }
    /// <summary>JSON object feature → share for <see cref="SplitBasis.Fixed"/>; for the others the features that take part, empty = all.</summary>
    public string Shares { get; set; } = "{}";
    public DateOnly? EffectiveFrom { get; set; }
    public DateOnly? EffectiveTo { get; set; }
    public bool IsEnabled { get; set; } = true;

    /// <summary>The same rule under another number.</summary>
    internal SplitRule With(int id)
    {
        var copy = (SplitRule)MemberwiseClone();
        copy.Id = id;
        return copy;
    }
}

/// <summary>What happened to a rule, so that it can be seen and undone.</summary>
public sealed class RuleChange
{
    public int Id { get; set; }
    public DateTime At { get; set; }
    public required string Who { get; set; }
    /// <summary><c>Owner</c> or <c>Split</c>.</summary>
    public required string Kind { get; set; }
    public int RuleId { get; set; }
    /// <summary>The rule before, as JSON; null = it was added.</summary>
    public string? Before { get; set; }
    /// <summary>The rule after, as JSON; null = it was removed.</summary>
    public string? After { get; set; }
    /// <summary>Another change took this one back.</summary>
    public DateTime? UndoneAt { get; set; }
}
