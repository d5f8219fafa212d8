using System.Text.Json;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>
/// Map columns of an export (tags, product, cost categories) as texts: JSON, or <c>{key=value, …}</c>; and maps whose keys have
/// columns of their own, put into one text (<see cref="Add"/>).
/// </summary>
internal static class ExportMaps
{
    private const char Entry = '\u0001', Between = '\u0002';

    /// <summary>The map's entries; none for a text that is no map.</summary>
    public static List<KeyValuePair<string, string>> Read(string text)
    {
        var entries = new List<KeyValuePair<string, string>>();
        foreach (var part in text.Split(Entry, StringSplitOptions.RemoveEmptyEntries))
            if (part.IndexOf(Between, StringComparison.Ordinal) is var at and > 0) entries.Add(new(part[..at], part[(at + 1)..]));
            else ReadMap(part.Trim(), entries);
        return entries;
    }

    /// <summary>The text with one more entry.</summary>
    public static string Add(string text, string key, string value) => $"{text}{Entry}{key}{Between}{value}";

    /// <summary>The text with another map.</summary>
    public static string Join(string text, string other) => IsEmpty(other) ? text : IsEmpty(text) ? other : $"{text}{Entry}{other}";

    public static bool IsEmpty(string text) => text.Length == 0 || text is "{}" or "null";

    private static void ReadMap(string text, List<KeyValuePair<string, string>> entries)
    {
        if (IsEmpty(text) || text[0] is not ('{' or '[')) return;
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object) entries.AddRange(json.RootElement.EnumerateObject().Select(p => new KeyValuePair<string, string>(p.Name, Text(p.Value))));
            else if (json.RootElement.ValueKind == JsonValueKind.Array)
                entries.AddRange(json.RootElement.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object && e.TryGetProperty("key", out _) && e.TryGetProperty("value", out _))
                    .Select(e => new KeyValuePair<string, string>(Text(e.GetProperty("key")), Text(e.GetProperty("value")))));
        }
        catch (JsonException)
        {
            foreach (var pair in text.Trim('{', '}').Split(", ", StringSplitOptions.RemoveEmptyEntries))
                if (pair.IndexOf('=', StringComparison.Ordinal) is var at and > 0) entries.Add(new(pair[..at].Trim(), pair[(at + 1)..].Trim()));
        }
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };
}
