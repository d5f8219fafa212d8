namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Which attributes and tags name an owner (contract: <c>Owners:*</c>). Looked up on the span, its ancestors, then the resource.</summary>
public sealed class OwnerKeys
{
    public IReadOnlyList<string> FeatureAttributes { get; set; } =
        ["genai.feature", "genai.workload", "app.feature", "feature", "traceloop.association.properties.feature", "ai.telemetry.functionId"];
    public IReadOnlyList<string> TeamAttributes { get; set; } =
        ["team", "genai.team", "traceloop.association.properties.team", "ai.telemetry.metadata.team"];
    public IReadOnlyList<string> ApplicationAttributes { get; set; } = ["service.namespace", "service.name"];
    public IReadOnlyList<string> EnvironmentAttributes { get; set; } = ["deployment.environment.name", "deployment.environment"];
    public OwnerTagKeys TagKeys { get; set; } = new();
    /// <summary>AWS services whose whole bill is GenAI; <c>*</c> stands for any characters.</summary>
    public IReadOnlyList<string> GenAiServices { get; set; } = Owners.GenAiServices.Usual;

    /// <summary>A copy that later changes do not touch.</summary>
    public OwnerKeys Copy()
    {
        var copy = new OwnerKeys();
        copy.Take(this);
        return copy;
    }

    /// <summary>Takes over what other keys say. The lists are exchanged whole, so that a reader sees the old ones or the new ones.</summary>
    internal void Take(OwnerKeys other)
    {
        FeatureAttributes = [.. other.FeatureAttributes];
        TeamAttributes = [.. other.TeamAttributes];
        ApplicationAttributes = [.. other.ApplicationAttributes];
        EnvironmentAttributes = [.. other.EnvironmentAttributes];
        TagKeys = other.TagKeys with { };
        GenAiServices = [.. other.GenAiServices];
    }
}

/// <summary>Cost-allocation tag keys.</summary>
public sealed record OwnerTagKeys
{
    public string Feature { get; set; } = "GenAI:Workload";
    public string Team { get; set; } = "Team";
    public string Application { get; set; } = "Application";
    public string Environment { get; set; } = "Environment";
    public string Model { get; set; } = "GenAI:Model";
}
