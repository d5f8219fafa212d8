namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What would give an owner to money that has none.</summary>
public enum Cure : byte
{
    /// <summary>Send spans, or turn on invocation logging, in an account and region.</summary>
    RecordCalls,
    /// <summary>Name the feature on the calls of an application.</summary>
    NameTheFeature,
    /// <summary>A cost-allocation tag on the resource, or a split rule for the component.</summary>
    TagOrSplit,
    /// <summary>An owner rule for the usage type.</summary>
    OwnerRule,
    /// <summary>A split rule for a charge that follows nothing.</summary>
    SplitTheCharge,
    /// <summary>A tax, credit or refund that follows usage without an owner: the usage's cure is its cure.</summary>
    FollowsUsage,
}

/// <summary>A slice of the unattributed dollars of a period. Slices are disjoint and add up to them.</summary>
/// <param name="Usd">Billed and without an owner; what the cure would be about, not a promise.</param>
/// <param name="Models">Models concerned, dearest first; empty where the slice is not about models.</param>
/// <param name="Days">Days of the period with such money.</param>
public sealed record UnexplainedSlice(
    UnattributedReason Reason, Cure Cure, string Account, string Region, string Service, string UsageType, string Application, CostComponent? Component,
    ChargeCategory Category, IReadOnlyList<string> Models, decimal Usd, int Days);

/// <summary>Whether the payer has made the feature tag a cost-allocation tag.</summary>
/// <param name="IsActive">Null: never read.</param>
public sealed record FeatureTagState(string TagKey, bool? IsActive, DateTime? ReadAt);

/// <summary>The unattributed dollars of a period by what would explain them, largest first.</summary>
public sealed record Unexplained(decimal UnattributedUsd, IReadOnlyList<UnexplainedSlice> Slices, FeatureTagState FeatureTag);
