using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Names behind the numbers that rules compare, and numbers behind the names that rules give.</summary>
internal sealed class RuleNames
{
    private readonly Func<int, string> _name, _label;
    private readonly Func<DimensionKind, string, int> _find;
    private readonly Dictionary<int, IReadOnlyDictionary<string, string>> _tags = [];
    private readonly Dictionary<(DimensionKind, string), int> _invented = [];
    private readonly Dictionary<int, string> _inventedNames = [];

    public RuleNames(Func<int, string> name, Func<int, string> label, Func<DimensionKind, string, int> find, OwnerKeys keys)
    {
        (_name, _label, _find) = (name, label, find);
        Keys = keys;
    }

    public static RuleNames Of(Dimensions dimensions, OwnerKeys keys) => new(dimensions.Name, dimensions.Label, dimensions.Find, keys);

    public OwnerKeys Keys { get; }

    /// <summary>Names of resources as people gave them, by what the bill calls them.</summary>
    public IReadOnlyDictionary<string, string> ResourceNames { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether names nobody has stored yet get a number below zero: for trying rules out.</summary>
    public bool Invents { get; init; }

    /// <summary>The same names, with numbers for those that nobody has stored.</summary>
    public RuleNames Inventing() => new(_name, _label, _find, Keys) { ResourceNames = ResourceNames, Invents = true };

    public string Name(int id) => id < 0 ? _inventedNames.GetValueOrDefault(id, "") : _name(id);

    public string Label(int id) => id < 0 ? Name(id) : _label(id);

    public int Number(DimensionKind kind, string? name)
    {
        if (string.IsNullOrWhiteSpace(name)) return 0;
        name = name.Trim();
        if (_find(kind, name) is var found and not 0 || !Invents) return _find(kind, name);
        if (_invented.TryGetValue((kind, name), out found)) return found;
        found = -1 - _invented.Count;
        _inventedNames[found] = name;
        return _invented[(kind, name)] = found;
    }

    /// <summary>Tags of a line by canonical key.</summary>
    public IReadOnlyDictionary<string, string> Tags(int tagSetId)
    {
        if (_tags.TryGetValue(tagSetId, out var tags)) return tags;
        return _tags[tagSetId] = Canonical(tagSetId == 0 ? "" : Name(tagSetId));
    }

    /// <summary>Tags of a JSON object by canonical key.</summary>
    public static IReadOnlyDictionary<string, string> Canonical(string tags)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in TagSet.Read(tags)) read.TryAdd(TagNames.Canonical(key), value);
        return read;
    }

    /// <summary>Differs when the tags of any resource name other owners.</summary>
    public string FingerprintOf(IEnumerable<Inventory.ResourceSeen> resources)
    {
        string[] keys = [Keys.TagKeys.Feature, Keys.TagKeys.Team, Keys.TagKeys.Application, Keys.TagKeys.Environment];
        return DayPrint.Mark(string.Join('\n', resources.OrderBy(r => r.Arn, StringComparer.Ordinal).Select(r => (r.Arn, Tags: Canonical(r.Tags)))
            .Select(r => string.Join('\t', [r.Arn, .. keys.Select(k => r.Tags.GetValueOrDefault(TagNames.Canonical(k), ""))]))));
    }

    /// <summary>Owners that tags of a resource name.</summary>
    public PartOwner OwnerOf(IReadOnlyDictionary<string, string> tags) => new()
    {
        FeatureId = Number(DimensionKind.Feature, tags.GetValueOrDefault(TagNames.Canonical(Keys.TagKeys.Feature))),
        TeamId = Number(DimensionKind.Team, tags.GetValueOrDefault(TagNames.Canonical(Keys.TagKeys.Team))),
        ApplicationId = Number(DimensionKind.Application, tags.GetValueOrDefault(TagNames.Canonical(Keys.TagKeys.Application))),
        EnvironmentId = Number(DimensionKind.Environment, tags.GetValueOrDefault(TagNames.Canonical(Keys.TagKeys.Environment))),
    };

    /// <summary>Value of one of our own tag keys on a line; null without.</summary>
    public string? Tag(int tagSetId, string key) => tagSetId == 0 ? null : Tags(tagSetId).GetValueOrDefault(TagNames.Canonical(key));
}
