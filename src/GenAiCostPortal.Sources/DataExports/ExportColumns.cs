using System.Globalization;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>The columns of a file by their names: order, case and punctuation do not matter, and any may be missing.</summary>
internal sealed class ExportColumns
{
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> _header;

    public ExportColumns(IReadOnlyList<string> header)
    {
        _header = header;
        for (var i = 0; i < header.Count; i++) _byName.TryAdd(Plain(header[i]), i);
    }

    public bool Has(string name) => _byName.ContainsKey(Plain(name));

    /// <summary>The first of the names that is a column; −1 when none is.</summary>
    public int Find(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (_byName.TryGetValue(Plain(name), out var at)) return at;
        return -1;
    }

    /// <summary>Columns that each hold one key of a map: <c>resource_tags_user_team</c>, <c>resource_tags.user_team</c>.</summary>
    public IReadOnlyList<(int Column, string Key)> KeysOf(string map) =>
    [
        .. _header.Select((name, i) => (Column: i, Name: name.Trim())).Where(c => c.Name.Length > map.Length + 1 && c.Name.StartsWith(map, StringComparison.OrdinalIgnoreCase)
            && c.Name[map.Length] is '_' or '.' or '/' or ':').Select(c => (c.Column, c.Name[(map.Length + 1)..])),
    ];

    /// <summary>A number of a field; null for an empty one.</summary>
    /// <exception cref="FormatException">The field is no number.</exception>
    public static decimal? Number(string text) => IsNothing(text) ? null
        : decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : throw new FormatException($"'{(text.Length > 40 ? text[..40] + "…" : text)}' is no number");

    /// <summary>Empty, or the word that some writers put for it.</summary>
    public static bool IsNothing(string text) => text.Length == 0 || text is "NULL" or "null";

    public static string TextOf(string text) => IsNothing(text) ? "" : text;

    /// <summary>The UTC day of a time: <c>2026-11-01T05:00:00.000Z</c>, <c>2026-11-01 05:00:00</c>.</summary>
    /// <exception cref="FormatException">The field is no time.</exception>
    public static DateOnly Day(string text) =>
        text.Length >= 10 && DateOnly.TryParseExact(text.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
            : throw new FormatException($"'{(text.Length > 40 ? text[..40] + "…" : text)}' is no date");

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
