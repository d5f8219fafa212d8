using System.Text.Json;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>CloudWatch's AWS/Bedrock metrics over the made usage of one account.</summary>
internal sealed class CloudWatchAnswers(UsagePlan plan, SampleCalendar calendar, string accountId)
{
    private const string Namespace = "AWS/Bedrock";
    private const int MaxDatapoints = 100_800;

    private static readonly string[] Metrics =
    [
        "Invocations", "InvocationThrottles", "InvocationLatency", "InputTokenCount", "OutputTokenCount",
        "CacheReadInputTokenCount", "CacheWriteInputTokenCount",
    ];

    public byte[] Answer(string operation, string region, JsonElement request) => operation switch
    {
        "ListMetrics" => List(region, request),
        "GetMetricData" => Data(region, request),
        _ => throw Refusal.Of("UnknownOperationException", operation),
    };

    private byte[] List(string region, JsonElement request)
    {
        var isOurs = !request.TryGetProperty("Namespace", out var ns) || ns.GetString() == Namespace;
        var only = request.TryGetProperty("MetricName", out var name) ? name.GetString() : null;
        // A metric without data for two weeks is not listed.
        var uses = !isOurs ? [] : plan.Billed(accountId, region).Where(u => u.Hour >= calendar.Now.AddDays(-14)).ToList();
        var found = from modelId in uses.Select(u => u.Model.ModelId).Distinct().Order(StringComparer.Ordinal)
                    from metric in Metrics
                    where only is null || only == metric
                    where uses.Any(u => u.Model.ModelId == modelId && Value(u, metric) > 0)
                    select (modelId, metric);
        return Write(json =>
        {
            json.WriteStartArray("Metrics");
            foreach (var (modelId, metric) in found)
            {
                json.WriteStartObject();
                json.WriteString("Namespace", Namespace);
                json.WriteString("MetricName", metric);
                json.WriteStartArray("Dimensions");
                json.WriteStartObject();
                json.WriteString("Name", "ModelId");
                json.WriteString("Value", modelId);
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    private byte[] Data(string region, JsonElement request)
    {
        var from = DateTime.UnixEpoch.AddSeconds(request.GetProperty("StartTime").GetDouble());
        var to = DateTime.UnixEpoch.AddSeconds(request.GetProperty("EndTime").GetDouble());
        var ascending = request.TryGetProperty("ScanBy", out var scan) && scan.GetString() == "TimestampAscending";
        var limit = request.TryGetProperty("MaxDatapoints", out var max) ? max.GetInt32() : MaxDatapoints;
        var queries = request.GetProperty("MetricDataQueries").EnumerateArray().ToList();
        if (queries.Count > 500) throw Refusal.Of("ValidationError", "At most 500 queries.");
        var skip = request.TryGetProperty("NextToken", out var token) && int.TryParse(token.GetString(), out var n) ? n : 0;

        var series = queries.Where(Returns).Select(q => (Id: q.GetProperty("Id").GetString()!, Label: Label(q), Points: Points(q, region, from, to, ascending))).ToList();
        var total = series.Sum(s => s.Points.Count);
        return Write(json =>
        {
            json.WriteStartArray("MetricDataResults");
            var (passed, written) = (0, 0);
            foreach (var (id, label, points) in series)
            {
                var page = points.Skip(Math.Max(0, skip - passed)).Take(limit - written).ToList();
                var isDone = passed + points.Count <= skip + limit;
                passed += points.Count;
                written += page.Count;
                if (page.Count == 0 && (points.Count > 0 || skip > 0)) continue;
                WriteSeries(json, id, label, page, isDone);
            }
            json.WriteEndArray();
            json.WriteStartArray("Messages");
            json.WriteEndArray();
            if (skip + written < total) json.WriteString("NextToken", (skip + written).ToString(System.Globalization.CultureInfo.InvariantCulture));
        });
    }

    private static void WriteSeries(Utf8JsonWriter json, string id, string label, List<(long Time, double Value)> points, bool isDone)
    {
        json.WriteStartObject();
        json.WriteString("Id", id);
        json.WriteString("Label", label);
        json.WriteStartArray("Timestamps");
        foreach (var point in points) json.WriteNumberValue(point.Time);
        json.WriteEndArray();
        json.WriteStartArray("Values");
        foreach (var point in points) json.WriteNumberValue(point.Value);
        json.WriteEndArray();
        json.WriteString("StatusCode", isDone ? "Complete" : "PartialData");
        json.WriteEndObject();
    }

    private List<(long Time, double Value)> Points(JsonElement query, string region, DateTime from, DateTime to, bool ascending)
    {
        if (!query.TryGetProperty("MetricStat", out var stat)) throw Refusal.Of("ValidationError", "Only MetricStat queries are answered here.");
        var metric = stat.GetProperty("Metric");
        var period = stat.GetProperty("Period").GetInt32();
        if (period <= 0 || period % 60 != 0) throw Refusal.Of("ValidationError", "Period must be a multiple of 60.");
        if (metric.GetProperty("Namespace").GetString() != Namespace) return [];
        var name = metric.GetProperty("MetricName").GetString()!;
        var modelId = metric.TryGetProperty("Dimensions", out var dimensions)
            ? dimensions.EnumerateArray().Where(d => d.GetProperty("Name").GetString() == "ModelId").Select(d => d.GetProperty("Value").GetString()).FirstOrDefault() : null;
        var account = query.TryGetProperty("AccountId", out var asked) ? asked.GetString()! : accountId;

        var points = new SortedDictionary<long, (double Sum, int Samples)>();
        foreach (var use in plan.Billed(account, region).Where(u => u.Hour < to && u.Hour.AddHours(1) > from && u.Model.ModelId == modelId))
            foreach (var (time, value, samples) in Slots(use, Value(use, name), period))
            {
                if (time < from || time >= to) continue;
                var start = (long)(time - DateTime.UnixEpoch).TotalSeconds;
                start -= start % period;
                var (sum, count) = points.GetValueOrDefault(start);
                points[start] = (sum + value, count + samples);
            }
        var statistic = stat.GetProperty("Stat").GetString()!;
        var found = points.Where(p => p.Value.Sum > 0).Select(p => (p.Key, Statistic(statistic, p.Value.Sum, p.Value.Samples)));
        return [.. ascending ? found : found.Reverse()];
    }

    /// <summary>Below an hour the hour's sum is spread over its passed slots, in whole numbers.</summary>
    private IEnumerable<(DateTime Time, double Value, int Samples)> Slots(HourUse use, double value, int period)
    {
        if (value <= 0) yield break;
        var minutes = use.Hour.AddHours(1) > calendar.Now ? Math.Max(1, (int)(calendar.Now - use.Hour).TotalMinutes) : 60;
        var slots = period >= 3600 ? 1 : Math.Max(1, minutes * 60 / period);
        var (given, samples) = (0.0, 0);
        for (var i = 1; i <= slots; i++)
        {
            var until = i == slots ? value : Math.Floor(value * i / slots);
            var untilSamples = use.Invocations * i / slots;
            yield return (use.Hour.AddSeconds((i - 1) * period), until - given, untilSamples - samples);
            (given, samples) = (until, untilSamples);
        }
    }

    private static double Statistic(string statistic, double sum, int samples) => statistic switch
    {
        "Sum" => sum,
        "SampleCount" => samples,
        "Average" => samples == 0 ? sum : sum / samples,
        _ => throw Refusal.Of("ValidationError", $"Statistic {statistic} is not answered here."),
    };

    private static double Value(HourUse use, string metric) => metric switch
    {
        "Invocations" => use.Invocations,
        "InvocationThrottles" => use.Throttles,
        "InvocationLatency" => use.LatencyMs,
        "InputTokenCount" => use.Tokens.Input,
        "OutputTokenCount" => use.Tokens.Output,
        "CacheReadInputTokenCount" => use.Tokens.CacheRead,
        "CacheWriteInputTokenCount" => use.Tokens.CacheWrite,
        _ => 0,
    };

    private static bool Returns(JsonElement query) => !query.TryGetProperty("ReturnData", out var returns) || returns.GetBoolean();

    private static string Label(JsonElement query) =>
        query.TryGetProperty("Label", out var label) ? label.GetString()! : query.GetProperty("Id").GetString()!;

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
