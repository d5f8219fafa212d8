using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>Cost Explorer over the made bill: the answers that AWS would give, page by page.</summary>
internal sealed class CostExplorerAnswers(MadeBill bill, TimeProvider clock)
{
    /// <summary>Groups after which a page ends with the day it is in.</summary>
    private const int GroupsPerPage = 1_500;

    private static readonly Comparer<(string First, string Second)> ByKeys = Comparer<(string First, string Second)>.Create((a, b) =>
        string.CompareOrdinal(a.First, b.First) is var order and not 0 ? order : string.CompareOrdinal(a.Second, b.Second));

    private static readonly string[] Metrics = ["UnblendedCost", "AmortizedCost", "BlendedCost", "NetUnblendedCost", "NetAmortizedCost", "UsageQuantity"];

    public byte[] Answer(string operation, JsonElement request) => operation switch
    {
        "GetCostAndUsage" => CostAndUsage(request),
        "GetDimensionValues" => Values(request, "DimensionValues", BillKeys.Dimension(request.GetProperty("Dimension").GetString()!)),
        "GetTags" => Tags(request),
        _ => throw Refusal.Of("UnknownOperationException", operation),
    };

    private byte[] CostAndUsage(JsonElement request)
    {
        if (request.GetProperty("Granularity").GetString() != "DAILY") throw Refusal.Of("DataUnavailableException", "Larkfield has daily data only.");
        var (from, to) = Period(request);
        var groupBy = GroupsOf(request);
        var metrics = request.GetProperty("Metrics").EnumerateArray().Select(m => m.GetString()!).ToList();
        if (metrics.Find(m => !Metrics.Contains(m)) is { } wrong) throw Refusal.Validation($"Metric {wrong} is not known here.");
        var meets = FilterOf(request);
        var keys = groupBy.ConvertAll(g => BillKeys.Group(g.Type, g.Key));
        var page = PageStart(request, from, to);

        return Write(json =>
        {
            if (groupBy.Count > 0) WriteGroupDefinitions(json, groupBy);
            json.WriteStartArray("ResultsByTime");
            var accounts = new SortedSet<string>(StringComparer.Ordinal);
            var (day, written) = (page, 0);
            for (; day < to && (written < GroupsPerPage || day == page); day = day.AddDays(1))
            {
                var lines = Lines(day).Where(meets).ToList();
                written += WriteDay(json, day, lines, keys, metrics);
                foreach (var line in lines) accounts.Add(line.AccountId);
            }
            json.WriteEndArray();
            WriteAccountNames(json, groupBy.Any(g => g.Key == "LINKED_ACCOUNT") ? accounts : []);
            if (day < to) json.WriteString("NextPageToken", Token(request, day));
        });
    }

    private int WriteDay(Utf8JsonWriter json, DateOnly day, List<MadeBillLine> lines, List<Func<MadeBillLine, string>> keys, List<string> metrics)
    {
        json.WriteStartObject();
        json.WriteStartObject("TimePeriod");
        json.WriteString("Start", Text(day));
        json.WriteString("End", Text(day.AddDays(1)));
        json.WriteEndObject();
        json.WriteStartObject("Total");
        if (keys.Count == 0) WriteMetrics(json, lines, metrics);
        json.WriteEndObject();
        json.WriteStartArray("Groups");
        var groups = new SortedDictionary<(string First, string Second), List<MadeBillLine>>(ByKeys);
        foreach (var line in keys.Count == 0 ? [] : lines)
        {
            var key = (keys[0](line), keys.Count > 1 ? keys[1](line) : "");
            if (!groups.TryGetValue(key, out var group)) groups[key] = group = [];
            group.Add(line);
        }
        foreach (var (key, group) in groups)
        {
            json.WriteStartObject();
            json.WriteStartArray("Keys");
            json.WriteStringValue(key.First);
            if (keys.Count > 1) json.WriteStringValue(key.Second);
            json.WriteEndArray();
            json.WriteStartObject("Metrics");
            WriteMetrics(json, group, metrics);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteBoolean("Estimated", IsEstimated(day));
        json.WriteEndObject();
        return groups.Count;
    }

    private static void WriteMetrics(Utf8JsonWriter json, List<MadeBillLine> lines, List<string> metrics)
    {
        foreach (var metric in metrics)
        {
            var isQuantity = metric == "UsageQuantity";
            var sum = 0m;
            foreach (var line in lines) sum += isQuantity ? line.Quantity : line.AmountUsd;
            json.WriteStartObject(metric);
            json.WriteString("Amount", sum.ToString("0.##########", CultureInfo.InvariantCulture));
            json.WriteString("Unit", !isQuantity ? "USD" : lines.Count > 0 && lines.TrueForAll(l => l.Unit == lines[0].Unit) ? lines[0].Unit : "N/A");
            json.WriteEndObject();
        }
    }

    private byte[] Tags(JsonElement request)
    {
        if (!request.TryGetProperty("TagKey", out var key))
            return WriteValues("Tags", ["Application", "Environment", "GenAI:Workload", "Team"], asObjects: false);
        return Values(request, "Tags", BillKeys.Tag(key.GetString()!));
    }

    private byte[] Values(JsonElement request, string name, Func<MadeBillLine, string> value)
    {
        var (from, to) = Period(request);
        var search = request.TryGetProperty("SearchString", out var s) ? s.GetString()! : "";
        var meets = FilterOf(request);
        var values = new SortedSet<string>(StringComparer.Ordinal);
        for (var day = from; day < to; day = day.AddDays(1))
            foreach (var line in Lines(day))
                if (meets(line)) values.Add(value(line));
        return WriteValues(name, [.. values.Where(v => v.Contains(search, StringComparison.OrdinalIgnoreCase))], asObjects: name == "DimensionValues");
    }

    private static byte[] WriteValues(string name, IReadOnlyList<string> values, bool asObjects) => Write(json =>
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            if (!asObjects)
            {
                json.WriteStringValue(value);
                continue;
            }
            json.WriteStartObject();
            json.WriteString("Value", value);
            json.WriteStartObject("Attributes");
            if (AccountName(value) is { } account) json.WriteString("description", account);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("ReturnSize", values.Count);
        json.WriteNumber("TotalSize", values.Count);
    });

    private IReadOnlyList<MadeBillLine> Lines(DateOnly day) => bill.Lines(day, clock.GetUtcNow().UtcDateTime);

    /// <summary>AWS marks the running month, and the last one in its first days.</summary>
    private bool IsEstimated(DateOnly day)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return day >= new DateOnly(today.Year, today.Month, 1).AddMonths(today.Day <= 5 ? -1 : 0);
    }

    private static (DateOnly From, DateOnly To) Period(JsonElement request)
    {
        var period = request.GetProperty("TimePeriod");
        return (Day(period.GetProperty("Start").GetString()!), Day(period.GetProperty("End").GetString()!));
    }

    private static Func<MadeBillLine, bool> FilterOf(JsonElement request) =>
        request.TryGetProperty("Filter", out var filter) ? BillFilter.Read(filter) : _ => true;

    private static List<(string Type, string Key)> GroupsOf(JsonElement request)
    {
        if (!request.TryGetProperty("GroupBy", out var groups)) return [];
        var list = groups.EnumerateArray().Select(g => (g.GetProperty("Type").GetString()!, g.GetProperty("Key").GetString()!)).ToList();
        return list.Count <= 2 ? list : throw Refusal.Validation("At most two groups.");
    }

    private static void WriteGroupDefinitions(Utf8JsonWriter json, List<(string Type, string Key)> groupBy)
    {
        json.WriteStartArray("GroupDefinitions");
        foreach (var (type, key) in groupBy)
        {
            json.WriteStartObject();
            json.WriteString("Type", type);
            json.WriteString("Key", key);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteAccountNames(Utf8JsonWriter json, IEnumerable<string> accounts)
    {
        json.WriteStartArray("DimensionValueAttributes");
        foreach (var account in accounts)
        {
            json.WriteStartObject();
            json.WriteString("Value", account);
            json.WriteStartObject("Attributes");
            json.WriteString("description", AccountName(account));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static string? AccountName(string id) => Larkfield.Accounts.FirstOrDefault(a => a.Id == id)?.Name;

    private static string Token(JsonElement request, DateOnly next) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Text(next)}|{Text(Period(request).From)}|{Text(Period(request).To)}"));

    private static DateOnly PageStart(JsonElement request, DateOnly from, DateOnly to)
    {
        if (!request.TryGetProperty("NextPageToken", out var token) || token.GetString() is not { Length: > 0 } text) return from;
        if (!Base64.IsValid(text)) throw Refusal.Of("InvalidNextTokenException", "The token is not one of ours.");
        var parts = Encoding.UTF8.GetString(Convert.FromBase64String(text)).Split('|');
        if (parts.Length != 3 || parts[1] != Text(from) || parts[2] != Text(to)) throw Refusal.Of("RequestChangedException", "The request changed between pages.");
        return Day(parts[0]);
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}
