using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>What is kept of a line's tags.</summary>
/// <param name="Number">Of the set, in this period.</param>
/// <param name="Name">The kept tags as <see cref="TagSet"/> writes them.</param>
internal sealed record ExportTagSet(int Number, IReadOnlyDictionary<string, string> Kept, string? Feature, string Name);

/// <summary>Tag sets of a period: each map text is read once, as long as it is remembered.</summary>
internal sealed class ExportTags
{
    /// <summary>Characters of map texts remembered; then the memory begins anew, so that a text per line cannot fill it.</summary>
    private const int CharactersAtMost = 4_000_000;
    /// <summary>Sets of a period; more would be tags that change with every line.</summary>
    private const int SetsAtMost = 50_000;

    private readonly KeptTags _kept;
    private readonly Dictionary<(string Tags, string Categories), ExportTagSet> _byText = [];
    private readonly Dictionary<string, ExportTagSet> _byName = new(StringComparer.Ordinal);
    private readonly List<ExportTagSet> _sets = [];
    private long _characters;

    public ExportTags(KeptTags kept)
    {
        _kept = kept;
        _sets.Add(new ExportTagSet(0, new Dictionary<string, string>(), null, ""));
    }

    public ExportTagSet this[int number] => _sets[number];

    public ExportTagSet Of(string tags, string categories)
    {
        if (ExportMaps.IsEmpty(tags) && ExportMaps.IsEmpty(categories)) return _sets[0];
        if (_byText.TryGetValue((tags, categories), out var known)) return known;
        if ((_characters += tags.Length + categories.Length) > CharactersAtMost)
        {
            _byText.Clear();
            _characters = tags.Length + categories.Length;
        }
        return _byText[(tags, categories)] = Keep(_kept.Of(ExportMaps.Read(tags), ExportMaps.Read(categories)));
    }

    private ExportTagSet Keep(SortedDictionary<string, string> tags)
    {
        var feature = _kept.FeatureOf(tags);
        if (_byName.Count >= SetsAtMost && !_byName.ContainsKey(TagSet.Write(tags)))
            tags = new SortedDictionary<string, string>(StringComparer.Ordinal) { [Dimensions.Other] = Dimensions.Other };
        var name = TagSet.Write(tags);
        if (name.Length == 0) return _sets[0];
        // Beyond the cap sets fall together, features do not.
        var key = tags.ContainsKey(Dimensions.Other) ? name + feature : name;
        if (_byName.TryGetValue(key, out var known)) return known;
        _sets.Add(_byName[key] = known = new ExportTagSet(_sets.Count, tags, feature, name));
        return known;
    }
}
