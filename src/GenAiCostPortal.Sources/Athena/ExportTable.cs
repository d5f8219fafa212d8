using GenAiCostPortal.Sources.DataExports;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>The columns of the table over an export, in lower case as Athena keeps them.</summary>
internal sealed class ExportTable(IReadOnlyList<TableColumn> columns, IReadOnlyList<TableColumn> partitions)
{
    private readonly Dictionary<string, string> _types = columns.Concat(partitions).DistinctBy(c => c.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(c => c.Name.ToLowerInvariant(), c => (c.Type ?? "").ToLowerInvariant());

    public bool Has(string name) => _types.ContainsKey(name);

    public bool IsMap(string name) => _types.TryGetValue(name, out var type) && type.StartsWith("map", StringComparison.Ordinal);

    /// <summary>Text, as a table over csv files has it in all columns.</summary>
    public bool IsText(string name) => _types.TryGetValue(name, out var type) && (type.StartsWith("string", StringComparison.Ordinal) || type.StartsWith("varchar", StringComparison.Ordinal) || type.StartsWith("char", StringComparison.Ordinal));

    /// <summary>The first of the names that is a column; null when none is.</summary>
    public string? First(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (Has(name)) return name;
        return null;
    }

    /// <summary>Those of the names that are columns.</summary>
    public IEnumerable<string> Those(params string[] names) => names.Where(Has);

    /// <summary>Columns that each hold one key of a map: <c>resource_tags_user_team</c>. Names of odd letters could not be asked for and are left out.</summary>
    public IEnumerable<(string Name, string Key)> KeysOf(params string[] maps)
    {
        List<string> names = [.. _types.Keys.Where(n => n.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':' or '/' or '.')).Order(StringComparer.Ordinal)];
        var header = new ExportColumns(names);
        return maps.SelectMany(header.KeysOf).Select(c => (names[c.Column], c.Key));
    }

    /// <summary>The condition that a text column says something.</summary>
    public string IsNotEmpty(string name) => Has(name) ? $"coalesce(\"{name}\", '') <> ''" : "false";

    /// <exception cref="ExportFaultException">One is missing.</exception>
    public void Need(params string[] names)
    {
        var missing = names.Where(n => !Has(n)).ToList();
        if (missing.Count > 0) throw new ExportFaultException($"The table lacks {string.Join(", ", missing)}.", "Name the table of the export as Athena:Table, and its format as DataExports:Format.");
    }
}
