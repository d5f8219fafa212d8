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
}

/// <summary>Cost-allocation tag keys.</summary>
public sealed class OwnerTagKeys
{
    public string Feature { get; set; } = "GenAI:Workload";
    public string Team { get; set; } = "Team";
    public string Application { get; set; } = "Application";
    public string Environment { get; set; } = "Environment";
    public string Model { get; set; } = "GenAI:Model";
}
