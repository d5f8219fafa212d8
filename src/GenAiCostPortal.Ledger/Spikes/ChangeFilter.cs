using System.Globalization;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>A report's filter as an explanation can use it: owners and places of calls in SQL, models in memory, the rest on money alone.</summary>
internal sealed class ChangeFilter
{
    private static readonly SpendDimension[] Owners = [SpendDimension.Team, SpendDimension.Application, SpendDimension.Feature, SpendDimension.Environment, SpendDimension.Release];
    private static readonly SpendDimension[] Places = [SpendDimension.Account, SpendDimension.Region];
    private readonly Dictionary<SpendDimension, HashSet<int>> _keys;

    public ChangeFilter(SpendFilter filter, SpendWords words)
    {
        _keys = filter.Values.Where(v => v.Value.Count > 0).ToDictionary(v => v.Key, v => v.Value.Select(word => words.Key(v.Key, word)).ToHashSet());
        NotApplied = [.. _keys.Keys.Where(d => d is SpendDimension.Workflow or SpendDimension.Agent)];
        foreach (var dimension in NotApplied) _keys.Remove(dimension);
    }

    /// <summary>Money cannot be told apart by these.</summary>
    public IReadOnlyList<SpendDimension> NotApplied { get; }

    /// <summary>A request has no account, region, model: with such a filter its number is not known.</summary>
    public bool KnowsRequests => !Places.Any(_keys.ContainsKey);

    /// <summary>Only part of the money of a call is asked for.</summary>
    public bool IsOfMoneyOnly => _keys.Keys.Any(d => d is SpendDimension.Component or SpendDimension.TokenKind or SpendDimension.Method or SpendDimension.Service);

    /// <summary>Condition on a series: whose calls. Numbers only.</summary>
    public string OfOwners => Sql(Owners);
    public string OfCalls => Sql([.. Owners, .. Places]);

    public bool HoldsModel(int model, int provider, int tier) =>
        Holds(SpendDimension.Model, model) && Holds(SpendDimension.Provider, provider) && Holds(SpendDimension.Tier, tier + 1);

    public bool Holds(in SpendKey key)
    {
        foreach (var (dimension, keys) in _keys)
            if (!keys.Contains(key[(int)dimension])) return false;
        return true;
    }

    private bool Holds(SpendDimension dimension, int key) => !_keys.TryGetValue(dimension, out var keys) || keys.Contains(key);

    private string Sql(SpendDimension[] dimensions) => string.Concat(dimensions.Where(_keys.ContainsKey)
        .Select(d => $" AND s.\"{d}Id\" IN ({string.Join(", ", _keys[d].Select(k => k.ToString(CultureInfo.InvariantCulture)))})"));
}
