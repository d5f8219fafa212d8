using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.Inventory;

/// <summary>A made account's resources, as the tagging service, SageMaker, Bedrock and Cost Explorer list them.</summary>
internal sealed class TestInventory
{
    private const string Time = "2026-05-04T10:00:00Z";
    /// <summary>What has or had a tag: ARN and tags.</summary>
    public Dictionary<string, (string Key, string Value)[]> Tagged { get; } = [];
    /// <summary>Tags that only the service itself tells.</summary>
    public Dictionary<string, (string Key, string Value)[]> OwnTags { get; } = [];
    public List<(string Region, string Name, string Status)> Endpoints { get; } = [];
    public List<(string Arn, string Name, string[] Models)> Profiles { get; } = [];
    public List<(string Arn, string Name, string Status)> Provisioned { get; } = [];
    public List<(string Arn, string Name)> Guardrails { get; } = [];
    public List<(string Key, string Type, string Status)> CostTags { get; } = [];
    /// <summary>Resource types that the region's tagging service does not know.</summary>
    public HashSet<string> UnknownTypes { get; } = [];
    public int PerPage { get; set; } = 100;

    public static string Endpoint(string name, string region = "us-east-1") => $"arn:aws:sagemaker:{region}:111111111111:endpoint/{name}";

    public void Answer(AwsTestServer server)
    {
        server.Answers["GetResources"] = call => Page(call, "PaginationToken", "PaginationToken", "ResourceTagMappingList",
            Tagged.Where(t => t.Key.Split(':')[3] == call.Region && Types(call.Body).Any(f => IsOf(t.Key, f))),
            t => new JsonObject { ["ResourceARN"] = t.Key, ["Tags"] = Tags(t.Value, "Key", "Value") });
        server.Answers["ListEndpoints"] = call => Page(call, "NextToken", "NextToken", "Endpoints", Endpoints.Where(e => e.Region == call.Region), e => new JsonObject
        {
            ["EndpointName"] = e.Name, ["EndpointArn"] = Endpoint(e.Name, e.Region), ["EndpointStatus"] = e.Status, ["CreationTime"] = 1770000000.1, ["LastModifiedTime"] = 1770000000.2,
        });
        server.Answers["ListTags"] = call => new JsonObject { ["Tags"] = Tags(OwnTags.GetValueOrDefault(call.Body.GetProperty("ResourceArn").GetString()!, []), "Key", "Value") };
        server.Answers["ListTagsForResource"] = call => new JsonObject { ["tags"] = Tags(OwnTags.GetValueOrDefault(call.Body.GetProperty("resourceARN").GetString()!, []), "key", "value") };
        server.Answers["ListInferenceProfiles"] = call => Page(call, "nextToken", "nextToken", "inferenceProfileSummaries", Profiles.Where(p => p.Arn.Split(':')[3] == call.Region), p => new JsonObject
        {
            ["inferenceProfileName"] = p.Name, ["inferenceProfileArn"] = p.Arn, ["inferenceProfileId"] = p.Arn.Split('/')[^1], ["status"] = "ACTIVE", ["type"] = "APPLICATION",
            ["models"] = new JsonArray([.. p.Models.Select(m => (JsonNode)new JsonObject { ["modelArn"] = m })]),
        });
        server.Answers["ListProvisionedModelThroughputs"] = call => Page(call, "nextToken", "nextToken", "provisionedModelSummaries", Provisioned.Where(p => p.Arn.Split(':')[3] == call.Region), p => new JsonObject
        {
            ["provisionedModelName"] = p.Name, ["provisionedModelArn"] = p.Arn, ["status"] = p.Status, ["modelUnits"] = 1, ["desiredModelUnits"] = 1,
            ["modelArn"] = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", ["desiredModelArn"] = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
            ["foundationModelArn"] = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", ["creationTime"] = Time, ["lastModifiedTime"] = Time,
        });
        server.Answers["ListCustomModels"] = _ => new JsonObject { ["modelSummaries"] = new JsonArray() };
        server.Answers["ListGuardrails"] = call => Page(call, "nextToken", "nextToken", "guardrails", Guardrails.Where(g => g.Arn.Split(':')[3] == call.Region), g => new JsonObject
        {
            ["id"] = g.Arn.Split('/')[^1], ["arn"] = g.Arn, ["name"] = g.Name, ["status"] = "READY", ["version"] = "DRAFT", ["createdAt"] = Time, ["updatedAt"] = Time,
        });
        server.Answers["ListCostAllocationTags"] = call => Page(call, "NextToken", "NextToken", "CostAllocationTags", CostTags, t => new JsonObject
        {
            ["TagKey"] = t.Key, ["Type"] = t.Type, ["Status"] = t.Status, ["LastUpdatedDate"] = Time,
        });
        server.Fault = call => Refusal(call);
    }

    /// <summary>The tagging service refuses a request that names a type it does not know.</summary>
    public TestFault? Refusal(TestCall call) => call.Operation == "GetResources" && Types(call.Body).Any(UnknownTypes.Contains)
        ? new TestFault(400, "InvalidParameterException", "Unsupported resource type") : null;

    private static IEnumerable<string> Types(JsonElement body) => body.GetProperty("ResourceTypeFilters").EnumerateArray().Select(f => f.GetString()!);

    private static bool IsOf(string arn, string filter)
    {
        var (service, type) = (arn.Split(':')[2], arn.Split(':', 6)[5].Split(':', '/')[0]);
        return filter == service || filter == $"{service}:{type}";
    }

    private static JsonArray Tags((string Key, string Value)[] tags, string key, string value) =>
        new([.. tags.Select(t => (JsonNode)new JsonObject { [key] = t.Key, [value] = t.Value })]);

    private JsonObject Page<T>(TestCall call, string ask, string next, string list, IEnumerable<T> all, Func<T, JsonObject> describe)
    {
        var items = all.ToList();
        var skip = call.Body.TryGetProperty(ask, out var token) ? int.Parse(token.GetString()!, CultureInfo.InvariantCulture) : 0;
        var answer = new JsonObject { [list] = new JsonArray([.. items.Skip(skip).Take(PerPage).Select(i => (JsonNode)describe(i))]) };
        if (skip + PerPage < items.Count) answer[next] = $"{skip + PerPage}";
        else if (call.Operation == "GetResources") answer[next] = "";
        return answer;
    }
}
