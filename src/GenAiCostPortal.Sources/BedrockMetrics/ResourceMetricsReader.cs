using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.BedrockMetrics;

/// <summary>What a read of a region's resource metrics brought.</summary>
internal sealed record ResourceReadOutcome(IReadOnlyList<MeteredResourceRead> Rows, int Series, int Refused, bool IsForbidden);

/// <summary>Reads what single resources metered in a region: SageMaker endpoints, Bedrock agents and guardrails, own metrics by feature.</summary>
internal sealed class ResourceMetricsReader(TimeProvider time)
{
    /// <summary>Hours are all that is kept, so hours are asked for: fewer datapoints for the same sums.</summary>
    private const int PeriodSeconds = 3600;

    /// <summary>Reads <paramref name="from"/> (rounded down to its hour) to <paramref name="to"/> (exclusive), UTC.</summary>
    /// <exception cref="AwsRefusedException">AWS refused; nothing is read.</exception>
    public async Task<ResourceReadOutcome> ReadAsync(
        AwsConnection connection, string region, DateTime from, DateTime to, AwsRequestTally tally, IProgress<double>? progress, CancellationToken cancel)
    {
        var client = new CloudWatchClient(connection, region, tally);
        var families = new List<(MetricFamily Family, IReadOnlyList<(MetricAsk Ask, FamilyMetric Metric)> Asks)>();
        foreach (var family in MetricFamily.Of(connection.Options.CloudWatch))
            families.Add((family, family.Choose(await client.ListMetricsAsync(family.Namespace, family.MustHave, cancel))));
        var asks = families.SelectMany(f => f.Asks).Select(a => a.Ask).ToList();
        var answer = await new HourlySums(time).ReadAsync(client, asks, from, to, PeriodSeconds, progress, cancel);
        var rows = families.SelectMany(f => f.Family.Rows(f.Asks, answer, connection.Options.AccountId, region))
            .OrderBy(r => r.Hour).ThenBy(r => r.Resource, StringComparer.Ordinal).ThenBy(r => r.Metric, StringComparer.Ordinal).ToList();
        return new ResourceReadOutcome(rows, asks.Count, answer.Refused, answer.IsForbidden);
    }
}
