using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Names with numbers, without a store.</summary>
internal sealed class MadeNames
{
    private readonly List<(DimensionKind Kind, string Name)> _names = [];

    public int this[DimensionKind kind, string name]
    {
        get
        {
            if (name.Length == 0) return 0;
            var at = _names.IndexOf((kind, name));
            if (at < 0) _names.Add((kind, name));
            return at < 0 ? _names.Count : at + 1;
        }
    }

    public string Name(int id) => id == 0 ? "" : _names[id - 1].Name;

    public RuleNames Rules => new(Name, Name, (kind, name) => this[kind, name], new OwnerKeys());
}
