using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.InvocationLogs;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>
/// The calls of an hour that one may want to look at: the dearest and the longest per model and feature. They come in as records like
/// any other, but are not booked: the sums hold them.
/// </summary>
internal sealed class LogPicks(LogSpans spans)
{
    public const int Dearest = 2, Longest = 1;

    private sealed record Pick(LogRecord Record, long Weight, double LatencyMs);

    /// <summary>Spans of the picked records.</summary>
    /// <param name="rows">Rows of the query, each as the ledger reads it.</param>
    public IReadOnlyList<Span> Of(IEnumerable<(LogRow Row, LoggedUse Use)> rows)
    {
        var picked = new Dictionary<string, LogRecord>(StringComparer.Ordinal);
        foreach (var group in rows.Where(r => r.Row.Tokens is not null).GroupBy(r => (r.Row.Hour, r.Use.Of.Model.Canonical, r.Use.Of.Owners.Feature), r => r.Row))
        {
            foreach (var pick in group.SelectMany(r => r.Dearest.Select(text => Read(r, text))).OfType<Pick>().OrderByDescending(p => p.Weight).ThenBy(p => p.Record.RequestId, StringComparer.Ordinal).Take(Dearest)
                .Concat(group.SelectMany(r => r.Longest.Select(text => Read(r, text))).OfType<Pick>().OrderByDescending(p => p.LatencyMs).ThenBy(p => p.Record.RequestId, StringComparer.Ordinal).Take(Longest)))
                picked.TryAdd(pick.Record.RequestId, pick.Record);
        }
        return [.. picked.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => Marked(spans.Of(p.Value)))];
    }

    private static Span Marked(Span span) => span with { Attributes = new SpanAttributes([.. span.Attributes.Items, new(TraceReader.Picked, true)]) };

    private static Pick? Read(LogRow row, string text)
    {
        if (LogRows.Element(text) is not { ValueKind: JsonValueKind.Object } json) return null;
        string Text(string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        long Count(string name) => long.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
        double? Number(string name) => double.TryParse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (Text("id") is not { Length: > 0 } id
            || !DateTime.TryParse(Text("at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)) return null;
        var (input, read, write, output) = (Count("input"), Count("cacheRead"), Count("cacheWrite"), Count("output"));
        var answer = new JsonObject();
        if (row.Record.Body.Model is { } model) answer["model"] = model;
        if (Number("latencyMs") is { } ms) answer["metrics"] = new JsonObject { ["latencyMs"] = ms };
        if (Number("firstMs") is { } first) answer["amazon-bedrock-invocationMetrics"] = new JsonObject { ["firstByteLatency"] = first };
        if (Count("write1h") is > 0 and var oneHour) answer["usage"] = new JsonObject { ["cache_creation"] = new JsonObject { ["ephemeral_1h_input_tokens"] = oneHour } };
        var record = row.Record with
        {
            Timestamp = at, RequestId = id, PrincipalArn = Text("caller"), Operation = Text("operation"), InputTokens = input, OutputTokens = output,
            CacheReadTokens = read, CacheWriteTokens = write, Body = BodyFacts.Of(JsonSerializer.SerializeToElement(answer)),
        };
        // The weights of the query.
        return new Pick(record, 20 * input + 2 * read + 25 * write + 100 * output, Number("latencyMs") ?? 0);
    }
}
