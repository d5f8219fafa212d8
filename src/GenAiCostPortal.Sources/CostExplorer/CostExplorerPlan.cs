using System.Globalization;

namespace GenAiCostPortal.Sources.CostExplorer;

/// <summary>The queries of a read (algorithms §4): at most two groupings each, whole days.</summary>
internal sealed class CostExplorerPlan(DateOnly from, DateOnly to, string metric, string featureTagKey)
{
    private static readonly Expression IsUsage = Expression.Of("RECORD_TYPE", "Usage");
    private readonly DateInterval _days = new(Text(from), Text(to));

    public string Metric { get; } = metric;

    /// <summary>Everything the payer paid, by kind of record and service: finds the services, and what is outside the scope.</summary>
    public GetCostAndUsageRequest Everything() => Ask([Dimension("RECORD_TYPE"), Dimension("SERVICE")], null, withQuantity: false);

    /// <summary>Usage by feature tag and service: which services carry the tag at all.</summary>
    public GetCostAndUsageRequest TaggedServices() => Ask([Tag(), Dimension("SERVICE")], IsUsage, withQuantity: false);

    /// <summary>The base: usage of a service by account and usage type.</summary>
    public GetCostAndUsageRequest Base(string service) =>
        Ask([Dimension("LINKED_ACCOUNT"), Dimension("USAGE_TYPE")], Expression.All(Expression.Of("SERVICE", service), IsUsage));

    /// <summary>The same for the tagged lines alone, for services that are in scope only where tagged.</summary>
    public GetCostAndUsageRequest TaggedBase(string service) =>
        Ask([Dimension("LINKED_ACCOUNT"), Dimension("USAGE_TYPE")], Expression.All(Expression.Of("SERVICE", service), IsUsage, new Expression { Not = HasNoFeature() }));

    /// <summary>Usage without a feature tag by another tag and service: where the lines are that a rule names by a tag.</summary>
    public GetCostAndUsageRequest UntaggedServices(string tagKey) =>
        Ask([new GroupDefinition("TAG", tagKey), Dimension("SERVICE")], Expression.All(IsUsage, HasNoFeature()), withQuantity: false);

    /// <summary>Usage of a service without a feature tag: what rules may bring in.</summary>
    public GetCostAndUsageRequest Untagged(string service) =>
        Ask([Dimension("LINKED_ACCOUNT"), Dimension("USAGE_TYPE")], Expression.All(Expression.Of("SERVICE", service), IsUsage, HasNoFeature()));

    /// <summary>The part of it under one value of another tag.</summary>
    /// <param name="not">Tags that were asked for before: their lines are theirs, so that none is read twice.</param>
    public GetCostAndUsageRequest UntaggedWith(string service, string tagKey, string value, IEnumerable<(string Key, IReadOnlyList<string> Values)> not) =>
        Ask([Dimension("LINKED_ACCOUNT"), Dimension("USAGE_TYPE")], Expression.All(
        [
            Expression.Of("SERVICE", service), IsUsage, HasNoFeature(), new Expression { Tags = new TagValues(tagKey, [value]) },
            .. not.Select(n => new Expression { Not = new Expression { Tags = new TagValues(n.Key, n.Values) } }),
        ]));

    /// <summary>Usage of a service in an account by feature tag and usage type.</summary>
    public GetCostAndUsageRequest Tagged(string service, string account) =>
        Ask([Tag(), Dimension("USAGE_TYPE")], Expression.All(Expression.Of("SERVICE", service), Expression.Of("LINKED_ACCOUNT", account), IsUsage));

    /// <summary>Taxes, credits, refunds and fees of a service by account.</summary>
    public GetCostAndUsageRequest NotUsage(string service) =>
        Ask([Dimension("LINKED_ACCOUNT"), Dimension("RECORD_TYPE")],
            Expression.All(Expression.Of("SERVICE", service), new Expression { Not = IsUsage }), withQuantity: false);

    /// <summary>Value of a tag group key (<c>GenAI:Workload$contract-summary</c>); null when untagged (nothing after the <c>$</c>).</summary>
    public string? TagValue(string groupKey) => TagValue(featureTagKey, groupKey);

    /// <summary>The same for any tag.</summary>
    public static string? TagValue(string tagKey, string groupKey)
    {
        var at = groupKey.StartsWith(tagKey + "$", StringComparison.OrdinalIgnoreCase) ? tagKey.Length : groupKey.IndexOf('$', StringComparison.Ordinal);
        var value = at < 0 ? groupKey : groupKey[(at + 1)..];
        return value.Trim() is { Length: > 0 } text ? text : null;
    }

    private Expression HasNoFeature() => new() { Tags = new TagValues(featureTagKey, null, ["ABSENT"]) };

    private GetCostAndUsageRequest Ask(IReadOnlyList<GroupDefinition> groupBy, Expression? filter, bool withQuantity = true) => new()
    {
        TimePeriod = _days, Metrics = withQuantity ? [Metric, "UsageQuantity"] : [Metric], GroupBy = groupBy, Filter = filter,
    };

    private static GroupDefinition Dimension(string key) => new("DIMENSION", key);
    private GroupDefinition Tag() => new("TAG", featureTagKey);
    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
