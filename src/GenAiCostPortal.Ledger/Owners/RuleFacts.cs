using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>What rules are asked about: a billed line, and what its calls say of their owners. Numbers of dimensions; 0 = not known.</summary>
internal readonly record struct RuleFacts
{
    public int AccountId { get; init; }
    public int RegionId { get; init; }
    public int ServiceId { get; init; }
    public int UsageTypeId { get; init; }
    public CostComponent Component { get; init; }
    public int ModelId { get; init; }
    public int TagSetId { get; init; }
    public int ResourceId { get; init; }
    public int PrincipalId { get; init; }
    public int FeatureId { get; init; }
    public int TeamId { get; init; }
    public int ApplicationId { get; init; }
    public int EnvironmentId { get; init; }
    public int ReleaseId { get; init; }

    /// <summary>What the line alone says.</summary>
    public static RuleFacts Of(BillCell cell) => new()
    {
        AccountId = cell.AccountId, RegionId = cell.RegionId, ServiceId = cell.ServiceId, UsageTypeId = cell.UsageTypeId, Component = cell.Component,
        ModelId = cell.ModelId, TagSetId = cell.TagSetId, ResourceId = cell.ResourceId, PrincipalId = cell.PrincipalId,
    };

    /// <summary>What is known of the owners of a part.</summary>
    public static RuleFacts Of(in PartOwner owner) => new()
    {
        FeatureId = owner.FeatureId, TeamId = owner.TeamId, ApplicationId = owner.ApplicationId, EnvironmentId = owner.EnvironmentId, ReleaseId = owner.ReleaseId,
    };
}
