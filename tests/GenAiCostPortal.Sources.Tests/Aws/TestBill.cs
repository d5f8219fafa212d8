using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>One line of the made bill, in the words of Cost Explorer's dimensions.</summary>
internal sealed record TestLine(
    string Day, string Account, string Service, string UsageType, decimal Usd, decimal Quantity = 0, string Unit = "N/A",
    string RecordType = "Usage", string Tag = "", string? AmountText = null)
{
    /// <summary>Other tags than the feature's, by key.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>Answers GetCostAndUsage from lines: any filter of the plan, one or two groupings, pages, days marked estimated.</summary>
internal sealed class TestBill
{
    public List<TestLine> Lines { get; } = [];
    public int GroupsPerPage { get; set; } = 5000;
    public string EstimatedFrom { get; set; } = "9999-12-31";
    public string TagKey { get; set; } = "GenAI:Workload";

    public JsonObject Answer(JsonElement request)
    {
        var metrics = request.GetProperty("Metrics").EnumerateArray().Select(m => m.GetString()!).ToList();
        var groupings = request.GetProperty("GroupBy").EnumerateArray().ToList();
        var start = request.GetProperty("TimePeriod").GetProperty("Start").GetString()!;
        var end = request.GetProperty("TimePeriod").GetProperty("End").GetString()!;
        var groups = Lines
            .Where(l => string.CompareOrdinal(l.Day, start) >= 0 && string.CompareOrdinal(l.Day, end) < 0)
            .Where(l => !request.TryGetProperty("Filter", out var filter) || IsMet(filter, l))
            .GroupBy(l => (l.Day, First: Key(groupings[0], l), Second: groupings.Count > 1 ? Key(groupings[1], l) : null))
            .OrderBy(g => g.Key.Day, StringComparer.Ordinal).ThenBy(g => g.Key.First, StringComparer.Ordinal).ThenBy(g => g.Key.Second, StringComparer.Ordinal)
            .ToList();

        var from = request.TryGetProperty("NextPageToken", out var token) ? int.Parse(token.GetString()!["page-".Length..], CultureInfo.InvariantCulture) : 0;
        var answer = new JsonObject { ["GroupDefinitions"] = new JsonArray([.. groupings.Select(g => JsonNode.Parse(g.GetRawText()))]) };
        var results = new JsonArray();
        foreach (var day in groups.Skip(from).Take(GroupsPerPage).GroupBy(g => g.Key.Day))
            results.Add(new JsonObject
            {
                ["TimePeriod"] = new JsonObject { ["Start"] = day.Key, ["End"] = NextDay(day.Key) },
                ["Total"] = new JsonObject(),
                ["Groups"] = new JsonArray([.. day.Select(g => Group(g.Key.First, g.Key.Second, [.. g], metrics))]),
                ["Estimated"] = string.CompareOrdinal(day.Key, EstimatedFrom) >= 0,
            });
        answer["ResultsByTime"] = results;
        answer["DimensionValueAttributes"] = new JsonArray([.. Lines.Select(l => l.Account).Distinct().Select(a =>
            new JsonObject { ["Value"] = a, ["Attributes"] = new JsonObject { ["description"] = "Account " + a[..4] } })]);
        if (from + GroupsPerPage < groups.Count) answer["NextPageToken"] = $"page-{from + GroupsPerPage}";
        return answer;
    }

    private static JsonNode Group(string first, string? second, List<TestLine> lines, List<string> metrics)
    {
        var values = new JsonObject();
        foreach (var metric in metrics)
            values[metric] = metric == "UsageQuantity"
                ? new JsonObject { ["Amount"] = Text(lines.Sum(l => l.Quantity)), ["Unit"] = lines.Select(l => l.Unit).Distinct().Count() == 1 ? lines[0].Unit : "N/A" }
                : new JsonObject { ["Amount"] = lines is [{ AmountText: { } text }] ? text : Text(lines.Sum(l => l.Usd)), ["Unit"] = "USD" };
        return new JsonObject { ["Keys"] = second is null ? new JsonArray(first) : new JsonArray(first, second), ["Metrics"] = values };
    }

    private string Key(JsonElement grouping, TestLine line) =>
        grouping.GetProperty("Type").GetString() == "TAG" ? $"{grouping.GetProperty("Key").GetString()}${TagOf(grouping.GetProperty("Key").GetString()!, line)}" : Value(grouping.GetProperty("Key").GetString()!, line);

    private bool IsMet(JsonElement filter, TestLine line)
    {
        var operators = filter.EnumerateObject().ToList();
        if (operators.Count != 1) throw new InvalidOperationException("An expression has exactly one root.");
        var value = operators[0].Value;
        return operators[0].Name switch
        {
            "And" => value.GetArrayLength() >= 2 && value.EnumerateArray().All(f => IsMet(f, line)),
            "Or" => value.GetArrayLength() >= 2 && value.EnumerateArray().Any(f => IsMet(f, line)),
            "Not" => !IsMet(value, line),
            "Dimensions" => value.GetProperty("Values").EnumerateArray().Any(v => v.GetString() == Value(value.GetProperty("Key").GetString()!, line)),
            "Tags" => TagOf(value.GetProperty("Key").GetString()!, line) is var tag && value.TryGetProperty("MatchOptions", out var match) && match[0].GetString() == "ABSENT"
                ? tag == "" : value.GetProperty("Values").EnumerateArray().Any(v => v.GetString() == tag),
            var other => throw new InvalidOperationException("No such operator: " + other),
        };
    }

    private string TagOf(string key, TestLine line) => key == TagKey ? line.Tag : line.Tags.GetValueOrDefault(key, "");

    private static string Value(string dimension, TestLine line) => dimension switch
    {
        "LINKED_ACCOUNT" => line.Account,
        "SERVICE" => line.Service,
        "USAGE_TYPE" => line.UsageType,
        "RECORD_TYPE" => line.RecordType,
        _ => throw new InvalidOperationException("No such dimension in this bill: " + dimension),
    };

    private static string NextDay(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture).AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    private static string Text(decimal number) => number.ToString(CultureInfo.InvariantCulture);
}
