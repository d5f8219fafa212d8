using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.BedrockMetrics;

/// <summary>A metric and the statistic wanted of it.</summary>
internal sealed record MetricAsk(Metric Metric, string Stat = "Sum");

/// <summary>Sums per hour. An hour without a datapoint is absent: not metered is not zero.</summary>
/// <param name="Refused">Series that CloudWatch gave not at all or only in part.</param>
internal sealed record HourlyAnswer(IReadOnlyDictionary<(DateTime Hour, MetricAsk Ask), double> Sums, int Refused, bool IsForbidden);

/// <summary>A range that is asked for in one period.</summary>
internal sealed record MetricSegment(DateTime From, DateTime To, int PeriodSeconds);

/// <summary>Asks for metrics in batches that keep to CloudWatch's limits, all pages of each, and adds them up to hours.</summary>
internal sealed class HourlySums(TimeProvider time)
{
    internal const int MostQueries = 500;
    internal const int MostDatapoints = 100_800;

    /// <summary>Reads <paramref name="from"/> (rounded down to its hour) to <paramref name="to"/> (exclusive), UTC.</summary>
    /// <exception cref="AwsRefusedException">AWS refused; nothing is read.</exception>
    public async Task<HourlyAnswer> ReadAsync(
        CloudWatchClient client, IReadOnlyList<MetricAsk> asks, DateTime from, DateTime to, int periodSeconds, IProgress<double>? progress,
        CancellationToken cancel)
    {
        var sums = new Dictionary<(DateTime Hour, MetricAsk Ask), double>();
        var refused = new HashSet<MetricAsk>();
        var isForbidden = false;
        var batches = Segments(from, to, periodSeconds).SelectMany(s => Batches(s, asks)).ToList();
        for (var i = 0; i < batches.Count; i++)
        {
            var byId = batches[i].Asks;
            var isPartial = new HashSet<string>(StringComparer.Ordinal);
            foreach (var result in await client.GetMetricDataAsync(batches[i].Request(), cancel))
            {
                if (!byId.TryGetValue(result.Id, out var ask)) continue;
                for (var n = 0; n < Math.Min(result.Timestamps.Count, result.Values.Count); n++)
                {
                    var hour = HourOf(result.Timestamps[n]);
                    sums[(hour, ask)] = sums.GetValueOrDefault((hour, ask)) + result.Values[n];
                }
                isForbidden |= result.StatusCode == "Forbidden";
                // Partial means that another page has the rest: the last word on a series counts.
                if (result.StatusCode == "Complete") isPartial.Remove(result.Id);
                else isPartial.Add(result.Id);
            }
            refused.UnionWith(isPartial.Select(id => byId[id]));
            progress?.Report((i + 1.0) / batches.Count);
        }
        return new HourlyAnswer(sums, refused.Count, isForbidden);
    }

    /// <summary>CloudWatch keeps 60 s for 15 days, 300 s for 63 days, then hours: each age is asked for in a period it still has.</summary>
    internal IReadOnlyList<MetricSegment> Segments(DateTime from, DateTime to, int periodSeconds)
    {
        var period = periodSeconds is >= 60 and <= 3600 && periodSeconds % 60 == 0 && 3600 % periodSeconds == 0 ? periodSeconds : 300;
        var now = time.GetUtcNow().UtcDateTime;
        // A day of margin: the age is judged by AWS when the request arrives.
        DateTime[] edges = [HourOf(from), HourOf(now.AddDays(-62)), HourOf(now.AddDays(-14)), to];
        int[] periods = [3600, period % 300 == 0 ? period : 300, period];
        var segments = new List<MetricSegment>();
        for (var i = 0; i < periods.Length; i++)
        {
            var start = i == 0 || edges[0] > edges[i] ? edges[0] : edges[i];
            var end = i == periods.Length - 1 || to < edges[i + 1] ? to : edges[i + 1];
            if (start < end) segments.Add(new MetricSegment(start, end, periods[i]));
        }
        return segments;
    }

    private static IEnumerable<MetricBatch> Batches(MetricSegment segment, IReadOnlyList<MetricAsk> asks)
    {
        var points = (int)Math.Ceiling((segment.To - segment.From).TotalSeconds / segment.PeriodSeconds);
        return asks.Chunk(Math.Clamp(MostDatapoints / Math.Max(1, points), 1, MostQueries))
            .Select(part => new MetricBatch(segment, part.Index().ToDictionary(a => $"m{a.Index}", a => a.Item, StringComparer.Ordinal)));
    }

    private static DateTime HourOf(DateTime at) => new(at.Ticks - at.Ticks % TimeSpan.TicksPerHour, DateTimeKind.Utc);
    private static DateTime HourOf(double unixSeconds) => HourOf(DateTime.UnixEpoch.AddSeconds(unixSeconds));

    private sealed record MetricBatch(MetricSegment Segment, IReadOnlyDictionary<string, MetricAsk> Asks)
    {
        public GetMetricDataRequest Request() => new()
        {
            MetricDataQueries = [.. Asks.Select(a => new MetricDataQuery(a.Key, new MetricStat(a.Value.Metric, Segment.PeriodSeconds, a.Value.Stat)))],
            MaxDatapoints = MostDatapoints,
            StartTime = new DateTimeOffset(Segment.From).ToUnixTimeSeconds(), EndTime = new DateTimeOffset(Segment.To).ToUnixTimeSeconds(),
        };
    }
}
