using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.Inventory;

/// <summary>A resource as its own service lists it.</summary>
/// <param name="ModelUnits">Of provisioned throughput; null otherwise.</param>
/// <param name="ModelArn">The foundation model behind provisioned throughput; empty otherwise.</param>
internal sealed record Listed(string Arn, string Name, string State, int? ModelUnits = null, string ModelArn = "");

/// <summary>What Bedrock lists of a region, all pages of each list.</summary>
internal sealed class BedrockLists(AwsConnection connection, string region, AwsRequestTally tally)
{
    private const int MostPages = 1000;

    /// <summary>Application inference profiles, with their models.</summary>
    public async Task<List<InferenceProfileSummary>> ProfilesAsync(CancellationToken cancel) =>
        [.. (await PagesAsync("/inference-profiles", "bedrock:ListInferenceProfiles", cancel, ("type", "APPLICATION"))).SelectMany(p => p.InferenceProfiles)];

    /// <summary>The lists of other kinds, each by itself.</summary>
    public IReadOnlyList<(string Kind, Func<CancellationToken, Task<IReadOnlyList<Listed>>> List)> Others =>
    [
        (ResourceKinds.ProvisionedThroughput, async c => [.. (await PagesAsync("/provisioned-model-throughputs", "bedrock:ListProvisionedModelThroughputs", c))
            .SelectMany(p => p.ProvisionedModels).Select(m => new Listed(m.Arn, m.Name, m.Status, m.ModelUnits, m.FoundationModelArn))]),
        (ResourceKinds.CustomModel, async c => [.. (await PagesAsync("/custom-models", "bedrock:ListCustomModels", c))
            .SelectMany(p => p.CustomModels).Select(m => new Listed(m.Arn, m.Name, m.Status ?? ""))]),
        (ResourceKinds.Guardrail, async c => [.. (await PagesAsync("/guardrails", "bedrock:ListGuardrails", c))
            .SelectMany(p => p.Guardrails).Select(g => new Listed(g.Arn, g.Name, g.Status))]),
    ];

    /// <summary>Tags of one resource.</summary>
    public async Task<IReadOnlyDictionary<string, string>> TagsAsync(string arn, CancellationToken cancel)
    {
        var call = AwsCall.Rest("bedrock", region, "POST", "/listTagsForResource", "bedrock:ListTagsForResource", AwsJson.Write(new BedrockTagsRequest(arn)));
        var answer = AwsJson.Read<BedrockTagsResponse>(await connection.Api.CallAsync(call, cancel));
        tally.Add(0);
        return answer.Tags.DistinctBy(t => t.Key).ToDictionary(t => t.Key, t => t.Value);
    }

    private async Task<List<BedrockPage>> PagesAsync(string path, string action, CancellationToken cancel, params IReadOnlyList<(string Name, string Value)> query)
    {
        var pages = new List<BedrockPage>();
        for (string? token = null; pages.Count < MostPages;)
        {
            var asked = token is null ? query : [.. query, ("nextToken", token)];
            var call = AwsCall.Rest("bedrock", region, "GET", path, action, null, [("maxResults", "100"), .. asked]);
            var page = AwsJson.Read<BedrockPage>(await connection.Api.CallAsync(call, cancel));
            tally.Add(0);
            pages.Add(page);
            if (string.IsNullOrEmpty(page.NextToken)) return pages;
            if (page.NextToken == token) break;
            token = page.NextToken;
        }
        throw new AwsRefusedException(AwsErrors.UnexpectedAnswer, "The pages of the answer do not end.", 200);
    }
}
