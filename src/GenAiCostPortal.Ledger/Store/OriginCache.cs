using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Span origins by hash and by number; read when first needed, bounded.</summary>
internal sealed class OriginCache(SqliteNames names)
{
    private const int Most = 10_000;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<int, (SpanResource, SpanScope)> _origins = [];
    private int _last = names.LastOrigin();

    /// <summary>Number of an origin, stored anew if needed.</summary>
    public int Id(OriginText origin)
    {
        if (_ids.TryGetValue(origin.Hash, out var id)) return id;
        id = names.FindOrigin(origin.Hash);
        if (id == 0) names.InsertOrigin(id = ++_last, origin);
        if (_ids.Count >= Most) _ids.Clear();
        return _ids[origin.Hash] = id;
    }

    /// <summary>Resource and scope of a stored span.</summary>
    public (SpanResource Resource, SpanScope Scope) Of(int id)
    {
        if (_origins.TryGetValue(id, out var origin)) return origin;
        var (resource, scopeName, scopeVersion) = names.Origin(id);
        if (_origins.Count >= Most) _origins.Clear();
        return _origins[id] = (new SpanResource(SpanAttributes.FromJson(resource)), new SpanScope(scopeName, scopeVersion));
    }
}
