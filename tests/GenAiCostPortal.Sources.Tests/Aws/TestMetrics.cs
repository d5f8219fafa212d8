using System.Text.Json;
using System.Text.Json.Nodes;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>A made series of one metric: value per minute (UTC), absent minutes have no datapoint.</summary>
internal sealed record TestSeries(string Region, string Name, string Model, IReadOnlyDictionary<DateTime, double> Minutes)
{
    public string Namespace { get; init; } = "AWS/Bedrock";
    /// <summary>A second dimension, which breaks the same count down.</summary>
    public (string Name, string Value)? Also { get; init; }
    /// <summary>Other dimensions than the model.</summary>
    public (string Name, string Value)[]? Instead { get; init; }

    public (string Name, string Value)[] Dimensions => Instead ?? (Also is { } also ? [("ModelId", Model), also] : [("ModelId", Model)]);

    /// <summary>A series of a resource; a value per full hour.</summary>
    public static TestSeries Of(string region, string metricNamespace, string name, IReadOnlyDictionary<DateTime, double> points, params (string, string)[] dimensions) =>
        new(region, name, "", points) { Namespace = metricNamespace, Instead = dimensions };
}

/// <summary>Answers ListMetrics and GetMetricData from series: pages, series split over pages, status codes.</summary>
internal sealed class TestMetrics
{
    public List<TestSeries> Series { get; } = [];
    public int MetricsPerPage { get; set; } = 500;
    /// <summary>Datapoints a page holds before it is cut, in the middle of a series if need be.</summary>
    public int PointsPerPage { get; set; } = int.MaxValue;
    /// <summary>Status of a series' last part.</summary>
    public Func<TestSeries, string> Status { get; set; } = _ => "Complete";

    public JsonObject List(string region, JsonElement request)
    {
        var dimension = request.TryGetProperty("Dimensions", out var filters) ? filters[0].GetProperty("Name").GetString() : null;
        var all = Series.Where(s => s.Region == region && s.Namespace == request.GetProperty("Namespace").GetString()
            && (dimension is null || s.Dimensions.Any(d => d.Name == dimension))).ToList();
        var from = Start(request);
        var answer = new JsonObject { ["Metrics"] = new JsonArray([.. all.Skip(from).Take(MetricsPerPage).Select(Describe)]) };
        if (from + MetricsPerPage < all.Count) answer["NextToken"] = $"{from + MetricsPerPage}";
        return answer;
    }

    public JsonObject Data(string region, JsonElement request)
    {
        var (start, end) = (Time(request, "StartTime"), Time(request, "EndTime"));
        var skip = Start(request);
        var room = PointsPerPage;
        var results = new JsonArray();
        var seen = 0;
        var isCut = false;
        foreach (var query in request.GetProperty("MetricDataQueries").EnumerateArray())
        {
            var stat = query.GetProperty("MetricStat");
            var period = stat.GetProperty("Period").GetInt32();
            var series = Find(region, stat.GetProperty("Metric"));
            var isCount = stat.GetProperty("Stat").GetString() == "SampleCount";
            var points = series.Minutes.Where(m => m.Key >= start && m.Key < end)
                .GroupBy(m => Floor(m.Key, period)).OrderBy(g => g.Key).Select(g => (At: g.Key, Sum: isCount ? g.Count() : g.Sum(m => m.Value))).ToList();
            var rest = points.Skip(Math.Max(0, skip - seen)).ToList();
            var given = rest.Take(room).ToList();
            var isLeft = given.Count < rest.Count;
            if (skip <= seen + points.Count && !isCut && (given.Count > 0 || points.Count == 0 || isLeft))
                results.Add(new JsonObject
                {
                    ["Id"] = query.GetProperty("Id").GetString(), ["Label"] = series.Name,
                    ["Timestamps"] = new JsonArray([.. given.Select(p => (JsonNode)new DateTimeOffset(p.At).ToUnixTimeSeconds())]),
                    ["Values"] = new JsonArray([.. given.Select(p => (JsonNode)p.Sum)]),
                    ["StatusCode"] = isLeft ? "PartialData" : Status(series),
                });
            (seen, room) = (seen + points.Count, room - given.Count);
            if (isLeft) isCut = true;
        }
        var answer = new JsonObject { ["MetricDataResults"] = results, ["Messages"] = new JsonArray() };
        if (isCut) answer["NextToken"] = $"{skip + PointsPerPage}";
        return answer;
    }

    private static JsonNode Describe(TestSeries s) => new JsonObject
    {
        ["Namespace"] = s.Namespace, ["MetricName"] = s.Name,
        ["Dimensions"] = new JsonArray([.. s.Dimensions.Select(d => (JsonNode)new JsonObject { ["Name"] = d.Name, ["Value"] = d.Value })]),
    };

    private TestSeries Find(string region, JsonElement metric)
    {
        var dimensions = metric.GetProperty("Dimensions").EnumerateArray().Select(d => (d.GetProperty("Name").GetString()!, d.GetProperty("Value").GetString()!)).Order().ToList();
        return Series.Single(s => s.Region == region && s.Namespace == metric.GetProperty("Namespace").GetString()
            && s.Name == metric.GetProperty("MetricName").GetString() && s.Dimensions.Order().SequenceEqual(dimensions));
    }

    private static int Start(JsonElement request) => request.TryGetProperty("NextToken", out var token) ? int.Parse(token.GetString()!, System.Globalization.CultureInfo.InvariantCulture) : 0;
    private static DateTime Time(JsonElement request, string name) => DateTime.UnixEpoch.AddSeconds(request.GetProperty(name).GetDouble());
    private static DateTime Floor(DateTime at, int seconds) => new(at.Ticks - at.Ticks % (seconds * TimeSpan.TicksPerSecond), DateTimeKind.Utc);
}
