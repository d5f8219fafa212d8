using System.Text.RegularExpressions;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What a billed service and usage type mean.</summary>
/// <param name="Component">Cost component.</param>
/// <param name="Model">Model, where the line is about one; null otherwise.</param>
/// <param name="Kind">Token kind, where the line is about tokens.</param>
/// <param name="Scope">Global, or InRegion for the regional rate, which calls in region and through a geography's profile share.</param>
/// <param name="Region">AWS region from the usage type's prefix; empty when not said.</param>
/// <param name="IsUnderstood">False when the usage type matches no known grammar.</param>
public sealed record UsageTypeMeaning(
    CostComponent Component, ModelName? Model, TokenKind? Kind, ServiceTier Tier, RoutingScope Scope, ContextBand Band, string Region, bool IsUnderstood);

/// <summary>Reads both usage-type grammars of Bedrock and the other GenAI services (facts/aws-cost-explorer.md §4).</summary>
public static partial class UsageTypeClassifier
{
    private const string Edition = "(Amazon Bedrock Edition)";

    /// <summary>What the line is about. Never fails; see <see cref="UsageTypeMeaning.IsUnderstood"/>.</summary>
    public static UsageTypeMeaning Read(string service, string usageType)
    {
        service = service.Trim();
        usageType = usageType.Trim();
        var isEdition = service.EndsWith(Edition, StringComparison.OrdinalIgnoreCase);
        var meaning =
            usageType.Length == 0 ? null
            : service.StartsWith("Amazon SageMaker", StringComparison.OrdinalIgnoreCase) ? SageMakerUsageTypes.Read(usageType)
            : isEdition ? BedrockUsageTypes.Read(service, usageType)
            : service.Contains("AgentCore", StringComparison.OrdinalIgnoreCase) ? Of(CostComponent.Orchestration, usageType)
            : service.Contains("Bedrock", StringComparison.OrdinalIgnoreCase) ? BedrockUsageTypes.Read(null, usageType)
            : ByService(service, usageType);
        // What cannot be read is still a line of that service and region.
        return meaning ?? new UsageTypeMeaning(
            CostComponent.Other, isEdition ? ModelNameReader.Read(service) : null, null, ServiceTier.Standard, RoutingScope.Unknown, ContextBand.Normal,
            RegionPrefixes.Split(usageType).Region, false);
    }

    /// <summary>
    /// Tokens that a billed quantity stands for, by the scale (1, 1,000 or 1,000,000) whose implied price fits
    /// <paramref name="listNanoUsdPerMillion"/> within a factor of 2. Where the price cannot decide, a unit that names tokens does
    /// ("1K tokens"); a bare "Units" then has no known scale: null.
    /// </summary>
    public static long? Tokens(decimal quantity, string unit, decimal amountUsd, long? listNanoUsdPerMillion)
    {
        if (quantity == 0) return 0;
        if (listNanoUsdPerMillion is > 0 and { } list && amountUsd / quantity > 0)
        {
            var listPerToken = list / 1_000_000m / Money.NanoUsdPerUsd;
            foreach (var scale in (ReadOnlySpan<long>)[1, 1_000, 1_000_000])
            {
                var implied = amountUsd / quantity / scale;
                if (implied <= listPerToken * 2 && implied * 2 >= listPerToken) return Count(quantity, scale);
            }
        }
        return TokensPerUnit(unit) is { } known ? Count(quantity, known) : null;
    }

    private static long? Count(decimal quantity, long scale) =>
        Math.Abs(quantity) > (decimal)long.MaxValue / scale ? null : decimal.ToInt64(decimal.Round(quantity * scale, 0, MidpointRounding.ToEven));

    /// <summary>Tokens of one unit, where its name says so (<c>1K tokens</c>); null where it does not (<c>Units</c>).</summary>
    public static long? TokensPerUnit(string unit)
    {
        var text = unit.Trim().ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal);
        return text switch
        {
            "token" or "tokens" => 1,
            "1ktokens" or "1000tokens" or "ktokens" or "1ktoken" => 1_000,
            "1mtokens" or "1000000tokens" or "mtokens" or "1mtoken" => 1_000_000,
            // "Million Input Tokens", "1K output tokens": a marketplace description's words.
            _ when !text.Contains("token", StringComparison.Ordinal) => null,
            _ when text.Contains("million", StringComparison.Ordinal) || text.StartsWith("1m", StringComparison.Ordinal) || text.StartsWith("1000000", StringComparison.Ordinal) => 1_000_000,
            _ when text.Contains("thousand", StringComparison.Ordinal) || text.StartsWith("1k", StringComparison.Ordinal) || text.StartsWith("1000", StringComparison.Ordinal) => 1_000,
            _ => null,
        };
    }

    // Lines of other services are in scope when they carry a feature tag or meet an owner rule.
    private static UsageTypeMeaning? ByService(string service, string usageType)
    {
        if (service.Contains("Kendra", StringComparison.OrdinalIgnoreCase) || VectorStore().IsMatch(usageType)) return Of(CostComponent.Retrieval, usageType);
        if (AmazonQ().IsMatch(service)) return Of(CostComponent.Other, usageType);
        if (Glue().IsMatch(service)) return Of(CostComponent.Orchestration, usageType);
        if (Watching().IsMatch(service)) return Of(CostComponent.Observability, usageType);
        if (Keeping().IsMatch(service)) return Of(CostComponent.NetworkAndStorage, usageType);
        return null;
    }

    private static UsageTypeMeaning Of(CostComponent component, string usageType) => new(
        component, null, null, ServiceTier.Standard, RoutingScope.Unknown, ContextBand.Normal, RegionPrefixes.Split(usageType).Region, true);

    // As a word: QuickSight and QLDB are other services.
    [GeneratedRegex(@"^Amazon Q\b", RegexOptions.IgnoreCase)]
    private static partial Regex AmazonQ();

    [GeneratedRegex("(Indexing|Search)OCU", RegexOptions.IgnoreCase)]
    private static partial Regex VectorStore();

    [GeneratedRegex("(Lambda|Step Functions|API Gateway|EventBridge|Simple Queue)", RegexOptions.IgnoreCase)]
    private static partial Regex Glue();

    [GeneratedRegex("(CloudWatch|X-Ray|CloudTrail)", RegexOptions.IgnoreCase)]
    private static partial Regex Watching();

    [GeneratedRegex("(Simple Storage|Virtual Private Cloud|Data Transfer|CloudFront|Elastic Load)", RegexOptions.IgnoreCase)]
    private static partial Regex Keeping();
}
