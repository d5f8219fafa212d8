using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>A usage line of the bill in plain words, while it is not yet known on which side of the border it lies.</summary>
/// <param name="Region">Empty = as its usage type says.</param>
/// <param name="Tags">Kept tags as <see cref="TagSet"/> writes them.</param>
public readonly record struct BorderLine(
    DateOnly Day, string AccountId, string Region, string Service, string UsageType, string Tags = "", string ResourceId = "", string Principal = "", string AccountName = "");

/// <summary>Numbers for the words of lines, so that the ledger's own conditions can be asked before anything is stored.</summary>
internal sealed class BorderNames
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly List<string> _names = [""];
    private readonly Dictionary<int, string> _labels = [];
    private readonly Func<string, string> _accountName;

    /// <param name="accountName">Name of an account as it is stored; empty without one.</param>
    /// <param name="resourceNames">Names of resources as people gave them, by what the bill calls them.</param>
    public BorderNames(OwnerKeys keys, Func<string, string> accountName, IReadOnlyDictionary<string, string> resourceNames)
    {
        _accountName = accountName;
        Names = new RuleNames(id => _names[id], id => _labels.GetValueOrDefault(id, ""), (_, _) => 0, keys) { ResourceNames = resourceNames };
    }

    public RuleNames Names { get; }

    public int Count => _names.Count;

    public int Number(string name)
    {
        if (_numbers.TryGetValue(name, out var number)) return number;
        _numbers[name] = number = _names.Count;
        _names.Add(name);
        return number;
    }

    /// <summary>Number of an account; its name is the line's, else the stored one.</summary>
    public int Account(string id, string name)
    {
        var number = Number(id);
        if (!_labels.ContainsKey(number)) _labels[number] = name.Length > 0 ? name : _accountName(id);
        return number;
    }
}
