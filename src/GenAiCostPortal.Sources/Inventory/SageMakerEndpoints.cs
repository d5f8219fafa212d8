using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.Inventory;

/// <summary>SageMaker's endpoints of a region.</summary>
internal sealed class SageMakerEndpoints(AwsConnection connection, string region, AwsRequestTally tally)
{
    private readonly AwsJsonApi _api = new(connection, "sagemaker", region, "SageMaker", tally);

    /// <summary>Every endpoint with its status.</summary>
    public async Task<IReadOnlyList<Listed>> ListAsync(CancellationToken cancel)
    {
        var listed = new List<Listed>();
        await foreach (var page in _api.PagesAsync<ListEndpointsResponse>("ListEndpoints", t => new ListEndpointsRequest(t), a => a.NextToken, cancel))
            listed.AddRange(page.Endpoints.Select(e => new Listed(e.EndpointArn, e.EndpointName, e.EndpointStatus)));
        return listed;
    }

    /// <summary>Tags of one endpoint.</summary>
    public async Task<IReadOnlyDictionary<string, string>> TagsAsync(string arn, CancellationToken cancel)
    {
        var tags = new Dictionary<string, string>();
        await foreach (var page in _api.PagesAsync<ListTagsResponse>("ListTags", t => new ListTagsRequest(arn, t), a => a.NextToken, cancel))
            foreach (var tag in page.Tags) tags[tag.Key] = tag.Value;
        return tags;
    }
}
