using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.BedrockMetrics;

/// <summary>A metric that is kept of a family.</summary>
/// <param name="Name">As AWS spells it; letters' case is not trusted when it is compared.</param>
/// <param name="Divisor">What a value is divided by: 1,000 makes milliseconds of microseconds.</param>
/// <param name="Stats">Statistics read; anything but Sum is kept under the metric's name, a slash and the statistic.</param>
internal sealed record FamilyMetric(string Name, double Divisor = 1, params string[] Stats);

/// <summary>Metrics of one namespace that belong to resources.</summary>
/// <param name="DimensionSets">
/// Which dimensions name the resource, best first. The same counts come under several sets: one set is read of each metric, so that
/// nothing is counted twice.
/// </param>
/// <param name="Resource">Name of the resource by its dimensions.</param>
internal sealed record MetricFamily(
    string Namespace, string? MustHave, IReadOnlyList<FamilyMetric> Metrics, IReadOnlyList<string[]> DimensionSets,
    Func<IReadOnlyDictionary<string, string>, IEnumerable<string>> Resource)
{
    private const string All = "all";

    // SageMaker tells latencies in microseconds.
    private static readonly MetricFamily SageMaker = new("AWS/SageMaker", "EndpointName",
        [new("Invocations"), new("Invocation4XXErrors"), new("Invocation5XXErrors"), new("ModelLatency", 1000), new("OverheadLatency", 1000)],
        [["EndpointName", "VariantName"]],
        // The endpoint as a whole, and its variant, which is not added to it again.
        d => [ResourceKinds.Metered(ResourceKinds.SageMakerEndpoint, d["EndpointName"]),
            ResourceKinds.Metered(ResourceKinds.SageMakerEndpoint, $"{d["EndpointName"]}/{d["VariantName"]}")]);

    private static readonly MetricFamily Agents = new("AWS/Bedrock/Agents", null,
        [new("InvocationCount"), new("InvocationThrottles"), new("InvocationClientErrors"), new("InvocationServerErrors"), new("TotalTime"),
            new("ModelInvocationCount"), new("ModelInvocationThrottles"), new("ModelInvocationClientErrors"), new("ModelInvocationServerErrors"),
            new("ModelLatency"), new("InputTokenCount"), new("OutputTokenCount")],
        [["AgentAliasArn", "ModelId", "Operation"], ["ModelId", "Operation"], ["Operation"]],
        d => [ResourceKinds.Metered(ResourceKinds.Agent, d.TryGetValue("AgentAliasArn", out var arn) ? ResourceKinds.IdOf(arn) : All)]);

    private static readonly MetricFamily Guardrails = new("AWS/Bedrock/Guardrails", null,
        [new("Invocations"), new("InvocationsIntervened"), new("InvocationThrottles"), new("InvocationClientErrors"), new("InvocationServerErrors"),
            new("InvocationLatency"), new("TextUnitCount")],
        [["GuardrailArn", "GuardrailVersion"], ["Operation"]],
        d => [ResourceKinds.Metered(ResourceKinds.Guardrail, d.TryGetValue("GuardrailArn", out var arn) ? ResourceKinds.IdOf(arn) : All)]);

    /// <summary>The families of a connection: AWS's own, and the namespace of its own metrics where one is named.</summary>
    public static IReadOnlyList<MetricFamily> Of(CloudWatchOptions options) =>
        options.CustomNamespace is { Length: > 0 } own ? [SageMaker, Agents, Guardrails, Own(own, options.FeatureDimension)] : [SageMaker, Agents, Guardrails];

    // Tokens per request is an average: without the number of values its sum says nothing.
    private static MetricFamily Own(string metricNamespace, string feature) => new(metricNamespace, feature,
        [new("TokensPerRequest", 1, "Sum", "SampleCount"), new("CostPerFeature"), new("RetryCount")],
        [[feature]], d => [ResourceKinds.Metered(ResourceKinds.Feature, d[feature])]);

    /// <summary>What to ask for, of the metrics that exist.</summary>
    public IReadOnlyList<(MetricAsk Ask, FamilyMetric Metric)> Choose(IEnumerable<Metric> listed)
    {
        var bySet = listed.Select(m => (Metric: m, Family: Metrics.FirstOrDefault(f => f.Name.Equals(m.MetricName, StringComparison.OrdinalIgnoreCase)), Set: SetOf(m)))
            .Where(m => m.Family is not null && m.Set >= 0).ToList();
        return [.. bySet.GroupBy(m => m.Family!)
            .SelectMany(g => g.Where(m => m.Set == g.Min(o => o.Set)).DistinctBy(m => (m.Metric.MetricName, Key(m.Metric))))
            .SelectMany(m => (m.Family!.Stats is { Length: > 0 } stats ? stats : ["Sum"]).Select(s => (new MetricAsk(m.Metric, s), m.Family)))];
    }

    /// <summary>Adds up what belongs to one resource; two spellings of one metric say the same, so the larger counts.</summary>
    public IEnumerable<MeteredResourceRead> Rows(
        IReadOnlyList<(MetricAsk Ask, FamilyMetric Metric)> asked, HourlyAnswer answer, string account, string region)
    {
        var metrics = asked.ToDictionary(a => a.Ask, a => a.Metric);
        return answer.Sums.Where(s => metrics.ContainsKey(s.Key.Ask))
            .GroupBy(s => (s.Key.Hour, Metric: metrics[s.Key.Ask], s.Key.Ask.Stat, Key: Key(s.Key.Ask.Metric)))
            .SelectMany(g => Resource(Values(g.First().Key.Ask.Metric)).Select(r => (g.Key.Hour, Name: g.Key.Stat == "Sum" ? g.Key.Metric.Name : $"{g.Key.Metric.Name}/{g.Key.Stat}",
                Resource: r, Value: g.Max(s => s.Value) / (g.Key.Stat == "Sum" ? g.Key.Metric.Divisor : 1))))
            .GroupBy(v => (v.Hour, v.Resource, v.Name))
            .Select(g => new MeteredResourceRead(g.Key.Hour, account, region, g.Key.Resource, g.Key.Name, g.Sum(v => v.Value)));
    }

    private int SetOf(Metric metric)
    {
        for (var i = 0; i < DimensionSets.Count; i++)
            if (metric.Dimensions.Count == DimensionSets[i].Length && DimensionSets[i].All(d => metric.Dimensions.Any(m => m.Name == d))) return i;
        return -1;
    }

    private static Dictionary<string, string> Values(Metric metric) => metric.Dimensions.ToDictionary(d => d.Name, d => d.Value, StringComparer.Ordinal);

    private static string Key(Metric metric) => string.Join('\n', metric.Dimensions.OrderBy(d => d.Name, StringComparer.Ordinal).Select(d => $"{d.Name}={d.Value}"));
}
