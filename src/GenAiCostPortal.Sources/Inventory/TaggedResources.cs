using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.Inventory;

/// <summary>Resources that have or had a tag, with their tags, by ARN; and the filters that were listed to the end.</summary>
internal sealed record TaggedRead(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Tags, IReadOnlySet<string> Whole);

/// <summary>Lists tagged resources of a region through Resource Groups Tagging.</summary>
internal sealed class TaggedResources(AwsConnection connection, string region, AwsRequestTally tally)
{
    private readonly AwsJsonApi _api = new(connection, "tagging", region, "ResourceGroupsTaggingAPI_20170126", tally);

    /// <summary>All of the types that are looked for. A type the region does not know fails the whole request, so then each is asked alone.</summary>
    /// <exception cref="AwsRefusedException">AWS refused for another reason.</exception>
    public async Task<TaggedRead> ListAsync(CancellationToken cancel)
    {
        var filters = ResourceType.All.Select(t => t.Filter).Distinct().ToList();
        var tags = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        try
        {
            await ListAsync(filters, tags, cancel);
            return new TaggedRead(tags, filters.ToHashSet());
        }
        catch (AwsRefusedException refusal) when (IsUnknownType(refusal))
        {
            tags.Clear();
        }
        var whole = new HashSet<string>();
        foreach (var filter in filters)
        {
            try
            {
                await ListAsync([filter], tags, cancel);
                whole.Add(filter);
            }
            catch (AwsRefusedException refusal) when (IsUnknownType(refusal))
            {
                // Not listed: nothing of this type is seen, and nothing of it is called gone.
            }
        }
        return new TaggedRead(tags, whole);
    }

    private async Task ListAsync(IReadOnlyList<string> filters, Dictionary<string, IReadOnlyDictionary<string, string>> tags, CancellationToken cancel)
    {
        await foreach (var page in _api.PagesAsync<GetResourcesResponse>("GetResources", t => new GetResourcesRequest(filters, t), a => a.PaginationToken, cancel))
            foreach (var resource in page.ResourceTagMappingList)
                tags[resource.ResourceARN] = resource.Tags.DistinctBy(t => t.Key).ToDictionary(t => t.Key, t => t.Value);
    }

    private static bool IsUnknownType(AwsRefusedException refusal) => refusal.Code is "InvalidParameterException" or "ValidationException";
}
