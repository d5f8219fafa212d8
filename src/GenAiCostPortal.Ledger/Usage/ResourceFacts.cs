using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>What a resource says of every span under it; the ingest key's binding last.</summary>
internal sealed record ResourceFacts(
    NamedOwners? Owners, string Service, string Release, string? Language, string? AccountId, string? Region,
    string BoundTeam, string BoundEnvironment, string BoundAccount)
{
    public static ResourceFacts Of(SpanResource resource, OwnerLookup owners)
    {
        var attributes = resource.Attributes;
        return new(
            owners.Of(attributes, null), attributes.Text("service.name") ?? "", attributes.Text("service.version") ?? "",
            attributes.Text("telemetry.sdk.language"), attributes.Text("cloud.account.id"),
            attributes.Text("cloud.region") ?? attributes.Text("aws.region"),
            attributes.Text(TraceReader.BoundTeam) ?? "", attributes.Text(TraceReader.BoundEnvironment) ?? "", attributes.Text(TraceReader.BoundAccount) ?? "");
    }

    /// <summary>Owners of a span: itself and its ancestors, then this resource, then the binding.</summary>
    public CallOwners Complete(SpanNode node, string rootName) => new(
        node.Owners?.Feature ?? Owners?.Feature ?? "",
        node.Owners?.Team ?? Owners?.Team ?? BoundTeam,
        node.Owners?.Application ?? Owners?.Application ?? "",
        node.Owners?.Environment ?? Owners?.Environment ?? BoundEnvironment,
        Release, node.Workflow ?? rootName, node.Agent ?? "");
}

/// <summary>The resources of one trace, each read once.</summary>
internal sealed class ResourceShelf(OwnerLookup owners)
{
    private readonly Dictionary<SpanResource, ResourceFacts> _read = new(ReferenceEqualityComparer.Instance);
    private SpanResource? _lastResource;
    private ResourceFacts? _lastFacts;

    public ResourceFacts this[SpanResource resource]
    {
        get
        {
            if (ReferenceEquals(_lastResource, resource)) return _lastFacts!;
            if (!_read.TryGetValue(resource, out var facts)) _read[resource] = facts = ResourceFacts.Of(resource, owners);
            (_lastResource, _lastFacts) = (resource, facts);
            return facts;
        }
    }
}
