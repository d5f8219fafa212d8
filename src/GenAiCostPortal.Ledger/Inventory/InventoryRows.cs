namespace GenAiCostPortal.Ledger.Inventory;

/// <summary>A GenAI resource as last listed. Key: ARN.</summary>
public sealed class ResourceSeen
{
    public required string Arn { get; set; }
    /// <summary>What it is: <c>SageMakerEndpoint</c>, <c>InferenceProfile</c>, <c>KnowledgeBase</c> …</summary>
    public required string Kind { get; set; }
    public string Name { get; set; } = "";
    public string AccountId { get; set; } = "";
    public string Region { get; set; } = "";
    /// <summary>State as AWS says it: <c>InService</c> …; empty where it has none.</summary>
    public string State { get; set; } = "";
    /// <summary>Tags as a JSON object.</summary>
    public string Tags { get; set; } = "{}";
    /// <summary>Model units of provisioned throughput; null for anything else, or where AWS did not say.</summary>
    public int? ModelUnits { get; set; }
    /// <summary>ARN of the foundation model behind provisioned throughput; empty otherwise.</summary>
    public string ModelArn { get; set; } = "";
    public DateTime FirstSeen { get; set; }
    public DateTime LastSeen { get; set; }
    /// <summary>Set when a whole listing no longer had it.</summary>
    public DateTime? GoneAt { get; set; }
}

/// <summary>A cost allocation tag key of a payer. Key: connection, tag key.</summary>
public sealed class CostAllocationTag
{
    public required string Connection { get; set; }
    public required string TagKey { get; set; }
    public bool IsActive { get; set; }
    /// <summary><c>UserDefined</c> or <c>AWSGenerated</c>.</summary>
    public string Type { get; set; } = "";
    public DateTime ReadAt { get; set; }
}

/// <summary>A metric of a resource (endpoint, agent, guardrail) in one hour. Key: hour, account, region, resource, metric.</summary>
public sealed class MeteredResource
{
    public long HourUnixSeconds { get; set; }
    public int AccountId { get; set; }
    public int RegionId { get; set; }
    /// <summary>Dimension <see cref="Store.DimensionKind.Resource"/>: <c>SageMakerEndpoint/name</c>.</summary>
    public int ResourceId { get; set; }
    /// <summary>Dimension <see cref="Store.DimensionKind.Metric"/>: name as AWS spells it.</summary>
    public int MetricId { get; set; }
    /// <summary>Sum over the hour, in the metric's own unit; times in milliseconds.</summary>
    public double Value { get; set; }
}
