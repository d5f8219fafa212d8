namespace GenAiCostPortal.Ledger.Inventory;

/// <summary>Kinds of resources, as <see cref="ResourceSeen.Kind"/> spells them.</summary>
public static class ResourceKinds
{
    public const string SageMakerEndpoint = "SageMakerEndpoint";
    public const string InferenceProfile = "InferenceProfile";
    public const string ProvisionedThroughput = "ProvisionedThroughput";
    public const string CustomModel = "CustomModel";
    public const string Guardrail = "Guardrail";
    public const string Agent = "Agent";
    public const string KnowledgeBase = "KnowledgeBase";
    public const string Flow = "Flow";
    public const string VectorStore = "VectorStore";
    public const string SearchIndex = "SearchIndex";
    public const string LambdaFunction = "LambdaFunction";
    public const string StateMachine = "StateMachine";

    /// <summary>Kind of what has metrics of its own by feature, not by resource.</summary>
    public const string Feature = "Feature";

    /// <summary>Name of a metered resource: kind and what CloudWatch calls it (<c>SageMakerEndpoint/name</c>, <c>Guardrail/id</c>).</summary>
    public static string Metered(string kind, string name) => $"{kind}/{name}";

    /// <summary>The same name from a listed resource; an endpoint is metered by its name, all else by the id at the end of its ARN.</summary>
    public static string Metered(ResourceSeen resource) =>
        Metered(resource.Kind, resource.Kind == SageMakerEndpoint ? resource.Name : IdOf(resource.Arn));

    /// <summary>The id of an ARN: what follows its resource type. An alias counts for what it is an alias of.</summary>
    public static string IdOf(string arn)
    {
        var parts = arn.Split('/');
        return parts.Length < 2 ? arn[(arn.LastIndexOf(':') + 1)..] : parts[0].EndsWith(":agent-alias", StringComparison.Ordinal) ? parts[1] : parts[^1];
    }
}
