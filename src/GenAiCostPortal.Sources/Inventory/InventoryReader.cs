using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.Inventory;

/// <summary>What was listed of a region.</summary>
/// <param name="WholeKinds">Kinds that were listed to the end.</param>
/// <param name="Refusals">Lists that AWS refused; the others are read all the same.</param>
/// <param name="Lists">How many lists were asked for.</param>
internal sealed record RegionRead(
    IReadOnlyList<ResourceRead> Resources, IReadOnlySet<string> WholeKinds, IReadOnlyList<InferenceProfile> Profiles, IReadOnlyList<AwsRefusedException> Refusals, int Lists);

/// <summary>
/// Lists the GenAI resources of a region. Services that list their own resources are believed; tags, and the kinds without such a
/// list, come from Resource Groups Tagging, which knows what has or had a tag.
/// </summary>
internal sealed class InventoryReader(OwnerKeys owners, TimeProvider time)
{
    public async Task<RegionRead> ReadAsync(AwsConnection connection, string region, AwsRequestTally tally, CancellationToken cancel)
    {
        var refusals = new List<AwsRefusedException>();
        var (bedrock, sageMaker) = (new BedrockLists(connection, region, tally), new SageMakerEndpoints(connection, region, tally));
        var tagged = await TryAsync(() => new TaggedResources(connection, region, tally).ListAsync(cancel), refusals);
        var profiles = await TryAsync(() => bedrock.ProfilesAsync(cancel), refusals);

        var listed = new Dictionary<string, IReadOnlyList<Listed>>();
        if (profiles is not null) listed[ResourceKinds.InferenceProfile] = [.. profiles.Select(p => new Listed(p.Arn, p.Name, p.Status))];
        if (await TryAsync(() => sageMaker.ListAsync(cancel), refusals) is { } endpoints) listed[ResourceKinds.SageMakerEndpoint] = endpoints;
        foreach (var (kind, list) in bedrock.Others)
            if (await TryAsync(() => list(cancel), refusals) is { } found) listed[kind] = found;

        var tags = new TagsOf(tagged, arn => arn.Contains(":sagemaker:", StringComparison.Ordinal) ? sageMaker.TagsAsync(arn, cancel) : bedrock.TagsAsync(arn, cancel), refusals);
        var resources = new List<ResourceRead>();
        foreach (var (kind, ofKind) in listed)
            foreach (var one in ofKind)
                resources.Add(new ResourceRead(one.Arn, kind, one.Name, AccountOf(one.Arn, connection), region, one.State, await tags.FindAsync(one.Arn)) { ModelUnits = one.ModelUnits, ModelArn = one.ModelArn });
        resources.AddRange(Tagged(tagged, listed.Keys, connection, region));

        var whole = listed.Keys.Concat(ResourceType.All.GroupBy(t => t.Kind).Where(g => tagged is not null && !HasOwnList(g.Key) && g.All(t => tagged.Whole.Contains(t.Filter))).Select(g => g.Key));
        var now = time.GetUtcNow().UtcDateTime;
        var tagsOf = resources.DistinctBy(r => r.Arn).ToDictionary(r => r.Arn, r => r.Tags);
        return new RegionRead(resources, whole.ToHashSet(), [.. (profiles ?? []).Select(p => Profile(p, tagsOf[p.Arn], now))], refusals, 3 + bedrock.Others.Count);
    }

    /// <summary>Resources that only their tags tell of.</summary>
    private IEnumerable<ResourceRead> Tagged(TaggedRead? tagged, ICollection<string> ownLists, AwsConnection connection, string region)
    {
        if (tagged is null) yield break;
        foreach (var (arn, tags) in tagged.Tags)
        {
            if (ResourceType.Read(arn) is not { } read || ownLists.Contains(read.Type.Kind)) continue;
            if (read.Type.NeedsOwner && !tags.ContainsKey(owners.TagKeys.Feature) && !tags.ContainsKey(owners.TagKeys.Model)) continue;
            var name = tags.GetValueOrDefault("Name") is { Length: > 0 } given ? given : read.Name;
            yield return new ResourceRead(arn, read.Type.Kind, name, read.AccountId.Length > 0 ? read.AccountId : connection.Options.AccountId, region, "", tags);
        }
    }

    private static InferenceProfile Profile(InferenceProfileSummary profile, IReadOnlyDictionary<string, string>? tags, DateTime now)
    {
        var model = ProfileRouting.ModelId(profile.Models.Select(m => m.ModelArn));
        return new InferenceProfile
        {
            Arn = profile.Arn, Name = profile.Name, ModelId = model, Tags = tags is null ? "" : InventoryWriter.TagText(tags), ReadAt = now,
            Problem = model.Length > 0 ? "" : "Bedrock lists this profile without a model.",
        };
    }

    private static bool HasOwnList(string kind) => kind is ResourceKinds.InferenceProfile or ResourceKinds.SageMakerEndpoint
        or ResourceKinds.ProvisionedThroughput or ResourceKinds.CustomModel or ResourceKinds.Guardrail;

    private static string AccountOf(string arn, AwsConnection connection) => arn.Split(':', 6) is { Length: 6 } parts && parts[4].Length > 0 ? parts[4] : connection.Options.AccountId;

    /// <summary>A refused list must not hide the others. Without credentials there is nothing to go on with.</summary>
    internal static async Task<T?> TryAsync<T>(Func<Task<T>> list, List<AwsRefusedException> refusals) where T : class
    {
        try
        {
            return await list();
        }
        catch (AwsRefusedException refusal) when (refusal.Code != AwsErrors.NoCredentials && !AwsErrors.IsExpired(refusal))
        {
            refusals.Add(refusal);
            return null;
        }
    }

    /// <summary>Tags by ARN: as the tagging service listed them, else asked for one by one until the first refusal.</summary>
    private sealed class TagsOf(TaggedRead? tagged, Func<string, Task<IReadOnlyDictionary<string, string>>> ask, List<AwsRefusedException> refusals)
    {
        private readonly HashSet<string> _refused = [];

        public async Task<IReadOnlyDictionary<string, string>?> FindAsync(string arn)
        {
            if (tagged?.Tags.TryGetValue(arn, out var found) == true) return found;
            var service = arn.Split(':')[2];
            if (_refused.Contains(service)) return null;
            var asked = await TryAsync(() => ask(arn), refusals);
            if (asked is null) _refused.Add(service);
            return asked;
        }
    }
}
