using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>What makes a usage series; the columns of <see cref="UsageSeries"/> without its number.</summary>
internal readonly record struct UsageKey(
    int Account, int Region, int Provider, int Model, ServiceTier Tier, RoutingScope Scope, ContextBand Band,
    int Feature, int Team, int Application, int Environment, int Release, int Workflow, int Agent, bool IsOffBill, Doors Doors = Doors.Otlp);

/// <summary>What makes a cost series; the columns of <see cref="CostSeries"/> without its number.</summary>
internal readonly record struct CostKey(
    int Account, int Region, int Provider, int Model, ServiceTier Tier, RoutingScope Scope, ContextBand Band,
    int Feature, int Team, int Application, int Environment, int Release, bool IsOffBill, bool IsBillable, int Price, Doors Doors = Doors.Otlp)
{
    /// <summary>Whether a call under this series would be looked up at the same price as one under the other.</summary>
    public bool HasSamePriceKey(CostKey other) =>
        Model == other.Model && Provider == other.Provider && Tier == other.Tier && Scope == other.Scope && Band == other.Band && Region == other.Region;
}

/// <summary>Series ↔ numbers, all in memory; new ones are written with the transaction that needs them.</summary>
internal sealed class SeriesCache
{
    private readonly SqliteNames _names;
    private readonly Dictionary<UsageKey, int> _usage;
    private readonly Dictionary<CostKey, int> _cost;
    private readonly Dictionary<int, CostKey> _costKeys;

    public SeriesCache(SqliteNames names)
    {
        _names = names;
        _usage = names.LoadUsageSeries();
        _cost = names.LoadCostSeries();
        _costKeys = _cost.ToDictionary(s => s.Value, s => s.Key);
    }

    public int Usage(in UsageKey key)
    {
        if (_usage.TryGetValue(key, out var id)) return id;
        id = _usage.Count + 1;
        _names.Insert(id, key);
        _usage.Add(key, id);
        return id;
    }

    public int Cost(in CostKey key)
    {
        if (_cost.TryGetValue(key, out var id)) return id;
        id = _cost.Count + 1;
        _names.Insert(id, key);
        _cost.Add(key, id);
        _costKeys.Add(id, key);
        return id;
    }

    /// <summary>What a cost series is made of.</summary>
    public CostKey CostKeyOf(int id) => _costKeys[id];
}
