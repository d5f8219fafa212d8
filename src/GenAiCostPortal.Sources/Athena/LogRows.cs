using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.InvocationLogs;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>A row of <see cref="LogSql"/>: calls that agree in all that the ledger keeps apart.</summary>
/// <param name="Record">One of them, without its own counts.</param>
/// <param name="Tokens">Null: not known.</param>
internal sealed record LogRow(DateTime Hour, LogRecord Record, long Calls, TokenCounts? Tokens, long TopPrompt, IReadOnlyList<string> Dearest, IReadOnlyList<string> Longest);

/// <summary>
/// From rows of the query to what the ledger books. Owners, model, tier and how a call ended are read by the reader of single records,
/// so that summed and copied logs mean the same.
/// </summary>
internal sealed class LogRows
{
    private readonly Dictionary<string, int> _columns;

    /// <param name="names">The first row of the answer.</param>
    /// <exception cref="AthenaFaultException">A column is missing.</exception>
    public LogRows(IReadOnlyList<string> names)
    {
        _columns = names.Select((name, at) => (name, at)).DistinctBy(c => c.name).ToDictionary(c => c.name, c => c.at, StringComparer.OrdinalIgnoreCase);
        var missing = LogSql.Columns.Where(c => !_columns.ContainsKey(c)).ToList();
        if (missing.Count > 0) throw new AthenaFaultException($"Athena's answer lacks {string.Join(", ", missing)}.", "The next run tries again.");
    }

    /// <summary>A row understood; null when it has no hour.</summary>
    public LogRow? Read(IReadOnlyList<string> fields)
    {
        string Text(string column) => _columns[column] is var at && at < fields.Count ? fields[at] : "";
        long Count(string column) => long.TryParse(Text(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) ? count : 0;
        if (!DateTime.TryParseExact(Text("hour"), "yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var hour)) return null;
        var answered = Text("answered");
        var record = new LogRecord
        {
            Timestamp = hour, AccountId = Text("account"), Region = Text("region"), ModelId = Text("model"), ErrorCode = Text("error"), HasFailed = Text("error").Length > 0,
            Tier = Text("tier"), LatencyMode = Text("latency_mode"), Metadata = Pairs(Text("metadata")), PrincipalArn = Text("principal"),
            Body = BodyFacts.Of(answered.Length == 0 ? null : JsonSerializer.SerializeToElement(new JsonObject { ["model"] = answered })),
        };
        var isCounted = Text("is_counted").Equals("true", StringComparison.OrdinalIgnoreCase);
        return new LogRow(hour, record, Count("calls"),
            isCounted ? new TokenCounts(Count("input"), Count("cache_read"), Count("cache_write_5m"), 0, Count("cache_write_1h"), Count("output")) : null,
            Count("top_prompt"), Texts(Text("dearest")), Texts(Text("longest")));
    }

    /// <summary>What the ledger books of a row; null when the reader of calls does not take such a record for one.</summary>
    public static LoggedUse? Use(LogRow row, LogSpans spans, OwnerKeys owners)
    {
        // The longest prompt stands for all: the rows are told apart by what long prompts cost.
        var one = row.Tokens is null ? row.Record : row.Record with { InputTokens = row.TopPrompt, OutputTokens = 1 };
        return TraceReader.Read([spans.Of(one)], owners).Calls is [var call] ? new LoggedUse(row.Hour, call, row.Calls, row.Tokens ?? default) : null;
    }

    /// <summary>Profiles whose model Bedrock has not told yet.</summary>
    public static IEnumerable<string> UnknownProfiles(IEnumerable<LogRow> rows) =>
        rows.Select(r => r.Record.ModelId).Where(m => ProfileModels.IsProfile(m) && ProfileModels.Find(m) is null).Distinct();

    private static List<KeyValuePair<string, string>> Pairs(string json) =>
        Element(json) is { ValueKind: JsonValueKind.Object } map
            ? [.. map.EnumerateObject().Where(e => e.Value.ValueKind == JsonValueKind.String && e.Value.GetString() is { Length: > 0 }).Select(e => new KeyValuePair<string, string>(e.Name, e.Value.GetString()!))] : [];

    private static List<string> Texts(string json) =>
        Element(json) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!)] : [];

    internal static JsonElement? Element(string json)
    {
        if (json.Length == 0) return null;
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
