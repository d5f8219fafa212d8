using System.Text.Json.Serialization;

namespace GenAiCostPortal.Sources.Inventory;

// Named and shaped like the official SDK's types (API models resourcegroupstaggingapi 2017-01-26, sagemaker 2017-07-24,
// bedrock 2023-04-20, ce 2017-10-25), so that the SDK's packages can take their place.

internal sealed record GetResourcesRequest(IReadOnlyList<string> ResourceTypeFilters, string? PaginationToken, int ResourcesPerPage = 100);

internal sealed record GetResourcesResponse
{
    public IReadOnlyList<ResourceTagMapping> ResourceTagMappingList { get; init; } = [];
    public string? PaginationToken { get; init; }
}

internal sealed record ResourceTagMapping
{
    public string ResourceARN { get; init; } = "";
    public IReadOnlyList<Tag> Tags { get; init; } = [];
}

internal sealed record Tag(string Key, string Value);

internal sealed record ListEndpointsRequest(string? NextToken, int MaxResults = 100);

internal sealed record ListEndpointsResponse
{
    public IReadOnlyList<EndpointSummary> Endpoints { get; init; } = [];
    public string? NextToken { get; init; }
}

internal sealed record EndpointSummary
{
    public string EndpointName { get; init; } = "";
    public string EndpointArn { get; init; } = "";
    public string EndpointStatus { get; init; } = "";
}

internal sealed record ListTagsRequest(string ResourceArn, string? NextToken);

internal sealed record ListTagsResponse
{
    public IReadOnlyList<Tag> Tags { get; init; } = [];
    public string? NextToken { get; init; }
}

internal sealed record ListCostAllocationTagsRequest(string? NextToken, int MaxResults = 100);

internal sealed record ListCostAllocationTagsResponse
{
    public IReadOnlyList<CostAllocationTagSummary> CostAllocationTags { get; init; } = [];
    public string? NextToken { get; init; }
}

internal sealed record CostAllocationTagSummary
{
    public string TagKey { get; init; } = "";
    public string Type { get; init; } = "";
    public string Status { get; init; } = "";
}

/// <summary>A page of any of Bedrock's lists; each list has its own member.</summary>
internal sealed record BedrockPage
{
    [JsonPropertyName("nextToken")]
    public string? NextToken { get; init; }
    [JsonPropertyName("inferenceProfileSummaries")]
    public IReadOnlyList<InferenceProfileSummary> InferenceProfiles { get; init; } = [];
    [JsonPropertyName("provisionedModelSummaries")]
    public IReadOnlyList<ProvisionedModelSummary> ProvisionedModels { get; init; } = [];
    [JsonPropertyName("modelSummaries")]
    public IReadOnlyList<CustomModelSummary> CustomModels { get; init; } = [];
    [JsonPropertyName("guardrails")]
    public IReadOnlyList<GuardrailSummary> Guardrails { get; init; } = [];
}

internal sealed record InferenceProfileSummary
{
    [JsonPropertyName("inferenceProfileName")]
    public string Name { get; init; } = "";
    [JsonPropertyName("inferenceProfileArn")]
    public string Arn { get; init; } = "";
    [JsonPropertyName("status")]
    public string Status { get; init; } = "";
    [JsonPropertyName("models")]
    public IReadOnlyList<InferenceProfileModel> Models { get; init; } = [];
}

internal sealed record InferenceProfileModel([property: JsonPropertyName("modelArn")] string? ModelArn);

internal sealed record ProvisionedModelSummary
{
    [JsonPropertyName("provisionedModelName")]
    public string Name { get; init; } = "";
    [JsonPropertyName("provisionedModelArn")]
    public string Arn { get; init; } = "";
    [JsonPropertyName("foundationModelArn")]
    public string FoundationModelArn { get; init; } = "";
    [JsonPropertyName("modelUnits")]
    public int? ModelUnits { get; init; }
    [JsonPropertyName("status")]
    public string Status { get; init; } = "";
}

internal sealed record CustomModelSummary
{
    [JsonPropertyName("modelName")]
    public string Name { get; init; } = "";
    [JsonPropertyName("modelArn")]
    public string Arn { get; init; } = "";
    [JsonPropertyName("modelStatus")]
    public string? Status { get; init; }
}

internal sealed record GuardrailSummary
{
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";
    [JsonPropertyName("arn")]
    public string Arn { get; init; } = "";
    [JsonPropertyName("status")]
    public string Status { get; init; } = "";
}

internal sealed record BedrockTagsRequest([property: JsonPropertyName("resourceARN")] string ResourceArn);

internal sealed record BedrockTagsResponse
{
    [JsonPropertyName("tags")]
    public IReadOnlyList<BedrockTag> Tags { get; init; } = [];
}

internal sealed record BedrockTag([property: JsonPropertyName("key")] string Key, [property: JsonPropertyName("value")] string Value);
