using GenAiCostPortal.Ledger.Inventory;

namespace GenAiCostPortal.Sources.Inventory;

/// <summary>A type of resource that is looked for.</summary>
/// <param name="Filter">As Resource Groups Tagging names it: <c>service[:type]</c>.</param>
/// <param name="Service">Service in the ARN.</param>
/// <param name="Type">First word of what the ARN names.</param>
/// <param name="NeedsOwner">Only where it carries a feature or model tag: most functions have nothing to do with GenAI.</param>
internal sealed record ResourceType(string Filter, string Service, string Type, string Kind, bool NeedsOwner = false)
{
    /// <summary>Every type that is looked for.</summary>
    public static readonly IReadOnlyList<ResourceType> All =
    [
        new("bedrock", "bedrock", "application-inference-profile", ResourceKinds.InferenceProfile),
        new("bedrock", "bedrock", "provisioned-model", ResourceKinds.ProvisionedThroughput),
        new("bedrock", "bedrock", "custom-model", ResourceKinds.CustomModel),
        new("bedrock", "bedrock", "imported-model", ResourceKinds.CustomModel),
        new("bedrock", "bedrock", "guardrail", ResourceKinds.Guardrail),
        new("bedrock", "bedrock", "agent", ResourceKinds.Agent),
        new("bedrock", "bedrock", "knowledge-base", ResourceKinds.KnowledgeBase),
        new("bedrock", "bedrock", "flow", ResourceKinds.Flow),
        new("sagemaker:endpoint", "sagemaker", "endpoint", ResourceKinds.SageMakerEndpoint),
        new("aoss:collection", "aoss", "collection", ResourceKinds.VectorStore),
        new("es:domain", "es", "domain", ResourceKinds.VectorStore, NeedsOwner: true),
        new("kendra:index", "kendra", "index", ResourceKinds.SearchIndex),
        new("lambda:function", "lambda", "function", ResourceKinds.LambdaFunction, NeedsOwner: true),
        new("states:stateMachine", "states", "stateMachine", ResourceKinds.StateMachine, NeedsOwner: true),
    ];

    /// <summary>The type, account and name of an ARN; null when it is none that is looked for (an alias, a version, a job).</summary>
    public static (ResourceType Type, string AccountId, string Name)? Read(string arn)
    {
        var parts = arn.Split(':', 6);
        if (parts.Length < 6 || parts[0] != "arn") return null;
        var at = parts[5].IndexOfAny([':', '/']);
        if (at < 0) return null;
        var (type, name) = (parts[5][..at], parts[5][(at + 1)..]);
        var found = All.FirstOrDefault(t => t.Service == parts[2] && t.Type == type);
        // custom-model/{base}/{id} is the only name of two parts; elsewhere more parts are parts of the resource.
        return found is null || name.Length == 0 || name.IndexOfAny([':', '/']) >= 0 && found.Kind != ResourceKinds.CustomModel ? null
            : (found, parts[4], name[(name.LastIndexOf('/') + 1)..]);
    }
}
