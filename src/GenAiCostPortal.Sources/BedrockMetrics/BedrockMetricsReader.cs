using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.BedrockMetrics;

/// <summary>What a read of a region's metrics brought.</summary>
/// <param name="Rows">Hourly sums. An hour without a datapoint has no row: not metered is not zero.</param>
/// <param name="Refused">Series that CloudWatch gave not at all or only in part.</param>
public sealed record MeteredReadOutcome(IReadOnlyList<MeteredRead> Rows, int Series, int Refused, bool IsForbidden);

/// <summary>Reads AWS/Bedrock of a region: finds the metrics by listing them, asks in batches, adds up to hours.</summary>
public sealed class BedrockMetricsReader(TimeProvider time)
{
    /// <summary>Name of the feed in the contract.</summary>
    public const string Feed = "CloudWatch";

    internal const int MostQueries = 500;
    internal const int MostDatapoints = 100_800;
    private const string Namespace = "AWS/Bedrock";
    private const string ModelDimension = "ModelId";

    // Documentation and live accounts spell the cache metrics differently; case differs too.
    private static readonly Dictionary<string, MeteredMetric> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["InputTokenCount"] = MeteredMetric.InputTokens, ["OutputTokenCount"] = MeteredMetric.OutputTokens,
        ["CacheReadInputTokens"] = MeteredMetric.CacheReadTokens, ["CacheReadInputTokenCount"] = MeteredMetric.CacheReadTokens,
        ["CacheWriteInputTokens"] = MeteredMetric.CacheWriteTokens, ["CacheWriteInputTokenCount"] = MeteredMetric.CacheWriteTokens,
        ["Invocations"] = MeteredMetric.Invocations, ["InvocationThrottles"] = MeteredMetric.Throttles,
        ["InvocationClientErrors"] = MeteredMetric.ClientErrors, ["InvocationServerErrors"] = MeteredMetric.ServerErrors,
        ["InvocationLatency"] = MeteredMetric.LatencyMsSum,
    };

    /// <summary>Reads <paramref name="from"/> (rounded down to its hour) to <paramref name="to"/> (exclusive), UTC.</summary>
    /// <exception cref="AwsRefusedException">AWS refused; nothing is read.</exception>
    public async Task<MeteredReadOutcome> ReadAsync(
        AwsConnection connection, string region, DateTime from, DateTime to, AwsRequestTally tally, IProgress<double>? progress = null,
        CancellationToken cancel = default)
    {
        var client = new CloudWatchClient(connection, region, tally);
        // Other dimensions (image size, context window) break the same counts down: adding them would count twice.
        var metrics = (await client.ListMetricsAsync(Namespace, ModelDimension, cancel))
            .Where(m => Known.ContainsKey(m.MetricName) && m.Dimensions is [{ Name: ModelDimension }]).Distinct(MetricIdentity.Instance).ToList();

        var sums = new Dictionary<(DateTime Hour, Metric Metric), double>();
        var refused = new HashSet<Metric>();
        var isForbidden = false;
        var batches = Segments(from, to, connection.Options.CloudWatch.PeriodSeconds).SelectMany(s => Batches(s, metrics)).ToList();
        for (var i = 0; i < batches.Count; i++)
        {
            var byId = batches[i].Queries.ToDictionary(q => q.Id, q => q.MetricStat.Metric, StringComparer.Ordinal);
            var isPartial = new HashSet<string>(StringComparer.Ordinal);
            foreach (var result in await client.GetMetricDataAsync(batches[i].Request(), cancel))
            {
                if (!byId.TryGetValue(result.Id, out var metric)) continue;
                for (var n = 0; n < Math.Min(result.Timestamps.Count, result.Values.Count); n++)
                {
                    var hour = HourOf(result.Timestamps[n]);
                    sums[(hour, metric)] = sums.GetValueOrDefault((hour, metric)) + result.Values[n];
                }
                isForbidden |= result.StatusCode == "Forbidden";
                // Partial means that another page has the rest: the last word on a series counts.
                if (result.StatusCode == "Complete") isPartial.Remove(result.Id);
                else isPartial.Add(result.Id);
            }
            refused.UnionWith(isPartial.Select(id => byId[id]));
            progress?.Report((i + 1.0) / batches.Count);
        }
        return new MeteredReadOutcome(Rows(sums, connection.Options.AccountId, region), metrics.Count, refused.Count, isForbidden);
    }

    /// <summary>Where both spellings of a metric exist they say the same: the larger counts, never their sum.</summary>
    private static List<MeteredRead> Rows(Dictionary<(DateTime Hour, Metric Metric), double> sums, string account, string region) =>
        [.. sums.GroupBy(s => (s.Key.Hour, Model: s.Key.Metric.Dimensions[0].Value, Metric: Known[s.Key.Metric.MetricName]))
            .Select(g => new MeteredRead(g.Key.Hour, account, region, g.Key.Model, g.Key.Metric, g.Max(s => s.Value)))
            .OrderBy(r => r.Hour).ThenBy(r => r.ModelId, StringComparer.Ordinal).ThenBy(r => r.Metric)];

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

    private static IEnumerable<MetricBatch> Batches(MetricSegment segment, IReadOnlyList<Metric> metrics)
    {
        var points = (int)Math.Ceiling((segment.To - segment.From).TotalSeconds / segment.PeriodSeconds);
        return metrics.Chunk(Math.Clamp(MostDatapoints / Math.Max(1, points), 1, MostQueries)).Select(part => new MetricBatch(
            segment, [.. part.Select((m, i) => new MetricDataQuery($"m{i}", new MetricStat(m, segment.PeriodSeconds, "Sum")))]));
    }

    private static DateTime HourOf(DateTime at) => new(at.Ticks - at.Ticks % TimeSpan.TicksPerHour, DateTimeKind.Utc);
    private static DateTime HourOf(double unixSeconds) => HourOf(DateTime.UnixEpoch.AddSeconds(unixSeconds));

    private sealed record MetricBatch(MetricSegment Segment, IReadOnlyList<MetricDataQuery> Queries)
    {
        public GetMetricDataRequest Request() => new()
        {
            MetricDataQueries = Queries, MaxDatapoints = MostDatapoints,
            StartTime = new DateTimeOffset(Segment.From).ToUnixTimeSeconds(), EndTime = new DateTimeOffset(Segment.To).ToUnixTimeSeconds(),
        };
    }

    /// <summary>Records compare lists by reference; a metric is its name and model.</summary>
    private sealed class MetricIdentity : IEqualityComparer<Metric>
    {
        public static readonly MetricIdentity Instance = new();
        public bool Equals(Metric? x, Metric? y) => x?.MetricName == y?.MetricName && x?.Dimensions[0] == y?.Dimensions[0];
        public int GetHashCode(Metric metric) => HashCode.Combine(metric.MetricName, metric.Dimensions[0]);
    }
}

/// <summary>A range that is asked for in one period.</summary>
internal sealed record MetricSegment(DateTime From, DateTime To, int PeriodSeconds);
