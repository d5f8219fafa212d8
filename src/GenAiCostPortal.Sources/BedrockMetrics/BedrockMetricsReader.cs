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
        var asks = (await client.ListMetricsAsync(Namespace, ModelDimension, cancel))
            .Where(m => Known.ContainsKey(m.MetricName) && m.Dimensions is [{ Name: ModelDimension }]).Distinct(MetricIdentity.Instance)
            .Select(m => new MetricAsk(m)).ToList();
        var answer = await new HourlySums(time).ReadAsync(client, asks, from, to, connection.Options.CloudWatch.PeriodSeconds, progress, cancel);
        return new MeteredReadOutcome(Rows(answer.Sums, connection.Options.AccountId, region), asks.Count, answer.Refused, answer.IsForbidden);
    }

    /// <summary>Where both spellings of a metric exist they say the same: the larger counts, never their sum.</summary>
    private static List<MeteredRead> Rows(IReadOnlyDictionary<(DateTime Hour, MetricAsk Ask), double> sums, string account, string region) =>
        [.. sums.GroupBy(s => (s.Key.Hour, Model: s.Key.Ask.Metric.Dimensions[0].Value, Metric: Known[s.Key.Ask.Metric.MetricName]))
            .Select(g => new MeteredRead(g.Key.Hour, account, region, g.Key.Model, g.Key.Metric, g.Max(s => s.Value)))
            .OrderBy(r => r.Hour).ThenBy(r => r.ModelId, StringComparer.Ordinal).ThenBy(r => r.Metric)];

    /// <summary>Records compare lists by reference; a metric is its name and model.</summary>
    private sealed class MetricIdentity : IEqualityComparer<Metric>
    {
        public static readonly MetricIdentity Instance = new();
        public bool Equals(Metric? x, Metric? y) => x?.MetricName == y?.MetricName && x?.Dimensions[0] == y?.Dimensions[0];
        public int GetHashCode(Metric metric) => HashCode.Combine(metric.MetricName, metric.Dimensions[0]);
    }
}
