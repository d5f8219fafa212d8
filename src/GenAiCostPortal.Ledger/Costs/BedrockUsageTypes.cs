using System.Text.RegularExpressions;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// The usage types of Bedrock. AWS-sold models put the model into the usage type (<c>USE1-NovaLite-input-tokens-flex</c>),
/// marketplace models put it into the service name (<c>USE1-MP:USE1_InputTokenCount_Global-Units</c>); every model is read in both.
/// </summary>
internal static partial class BedrockUsageTypes
{
    internal static UsageTypeMeaning? Read(string? serviceModel, string usageType)
    {
        var (region, body) = RegionPrefixes.Split(usageType);
        var isMarketplace = false;
        if (body.StartsWith("MP:", StringComparison.Ordinal))
        {
            isMarketplace = true;
            var (inner, rest) = RegionPrefixes.Split(body[3..]);
            (region, body) = (inner.Length > 0 ? inner : region, rest);
        }
        if (body.EndsWith("-Units", StringComparison.Ordinal))
        {
            isMarketplace = true;
            body = body[..^"-Units".Length];
        }
        return isMarketplace ? ReadMarketplace(serviceModel, body, region) : ReadNamed(serviceModel, body, region);
    }

    // InputTokenCount_Global_Batch, cache_write_tokens_1h_global_standard, created_image, Reserved_1Month_InputTPM_Geo …
    private static UsageTypeMeaning? ReadMarketplace(string? serviceModel, string body, string region)
    {
        var text = body.ToLowerInvariant().Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        var scope = Scope(text);
        var model = serviceModel is null ? null : ModelNameReader.Read(serviceModel) with { Scope = scope };
        if (text.Contains("tpm", StringComparison.Ordinal) || text.Contains("reserved", StringComparison.Ordinal))
            return new(CostComponent.ProvisionedThroughput, model, null, ServiceTier.Reserved, scope, ContextBand.Normal, region, true);
        if (text.Contains("provisioned", StringComparison.Ordinal) || text.Contains("modelunit", StringComparison.Ordinal))
            return new(CostComponent.ProvisionedThroughput, model, null, ServiceTier.Provisioned, scope, ContextBand.Normal, region, true);
        if (text.Contains("customiz", StringComparison.Ordinal) || text.Contains("training", StringComparison.Ordinal))
            return new(CostComponent.Customisation, model, null, ServiceTier.Standard, scope, ContextBand.Normal, region, true);
        if (text.Contains("search", StringComparison.Ordinal))
            return new(CostComponent.Retrieval, model, null, Tier(text), scope, ContextBand.Normal, region, true);
        if (text.Contains("image", StringComparison.Ordinal) || text.Contains("video", StringComparison.Ordinal) || text.Contains("audio", StringComparison.Ordinal))
            return new(text.StartsWith("input", StringComparison.Ordinal) ? CostComponent.Input : CostComponent.Output, model, null, Tier(text), scope, ContextBand.Normal, region, true);
        return Kind(text) is { } kind ? Tokens(model, kind, text, scope, region) : null;
    }

    private static UsageTypeMeaning? ReadNamed(string? serviceModel, string body, string region)
    {
        if (TokenLine().Match(body) is { Success: true } line)
        {
            var suffix = line.Groups["suffix"].Value.ToLowerInvariant();
            var name = line.Groups["model"].Value;
            var isLatencyOptimised = LatencyOptimised().Match(name) is { Success: true };
            if (isLatencyOptimised) name = LatencyOptimised().Replace(name, "");
            var text = (line.Groups["kind"].Value.ToLowerInvariant() + suffix + (isLatencyOptimised ? "-latency" : "")).Replace("-", "", StringComparison.Ordinal);
            var scope = Scope(text);
            var model = ModelNameReader.Read(serviceModel ?? name) with { Scope = scope };
            return Kind(text) is { } kind ? Tokens(model, kind, text, scope, region) : null;
        }
        foreach (var (pattern, component, tier) in Others)
        {
            if (pattern().Match(body) is not { Success: true } match) continue;
            var named = match.Groups["model"].Value is { Length: > 0 } text && component != CostComponent.Guardrails ? ModelNameReader.Read(serviceModel ?? text) : null;
            return new(component, named is { IsResolved: true } ? named with { Scope = RoutingScope.InRegion } : null, null, tier, RoutingScope.InRegion, ContextBand.Normal, region, true);
        }
        return null;
    }

    private static UsageTypeMeaning Tokens(ModelName? model, TokenKind kind, string text, RoutingScope scope, string region)
    {
        var tier = Tier(text);
        var band = text.Contains("longc", StringComparison.Ordinal) ? ContextBand.Long : ContextBand.Normal;
        return new(CostComponents.Of(model?.Canonical ?? "", kind, tier), model, kind, tier, scope, band, region, true);
    }

    private static TokenKind? Kind(string text)
    {
        if (text.Contains("cacheread", StringComparison.Ordinal)) return TokenKind.CacheRead;
        if (text.Contains("cachewrite", StringComparison.Ordinal))
            return text.Contains("1h", StringComparison.Ordinal) ? TokenKind.CacheWrite1h
                : text.Contains("30m", StringComparison.Ordinal) ? TokenKind.CacheWrite30m
                : TokenKind.CacheWrite5m;
        if (!text.Contains("token", StringComparison.Ordinal)) return null;
        return text.Contains("output", StringComparison.Ordinal) ? TokenKind.Output
            : text.Contains("input", StringComparison.Ordinal) ? TokenKind.Input
            : null;
    }

    private static ServiceTier Tier(string text) =>
        text.Contains("batch", StringComparison.Ordinal) ? ServiceTier.Batch
        : text.Contains("priority", StringComparison.Ordinal) ? ServiceTier.Priority
        : text.Contains("flex", StringComparison.Ordinal) ? ServiceTier.Flex
        : text.Contains("latency", StringComparison.Ordinal) ? ServiceTier.LatencyOptimised
        : ServiceTier.Standard;

    // One usage type serves calls in region and through a geography's profile: both are billed at the regional rate.
    private static RoutingScope Scope(string text) => text.Contains("global", StringComparison.Ordinal) ? RoutingScope.Global : RoutingScope.InRegion;

    private static readonly (Func<Regex> Pattern, CostComponent Component, ServiceTier Tier)[] Others =
    [
        (Guardrail, CostComponent.Guardrails, ServiceTier.Standard),
        (Reserved, CostComponent.ProvisionedThroughput, ServiceTier.Reserved),
        (Provisioned, CostComponent.ProvisionedThroughput, ServiceTier.Provisioned),
        (Customisation, CostComponent.Customisation, ServiceTier.Standard),
        (Retrieval, CostComponent.Retrieval, ServiceTier.Standard),
        (Orchestration, CostComponent.Orchestration, ServiceTier.Standard),
        (MediaInput, CostComponent.Input, ServiceTier.Standard),
        (MediaOutput, CostComponent.Output, ServiceTier.Standard),
        (Storage, CostComponent.NetworkAndStorage, ServiceTier.Standard),
        (Documents, CostComponent.Other, ServiceTier.Standard),
    ];

    [GeneratedRegex(@"^(?<model>.+?)-(?:mantle-)?(?<kind>(?:cache-(?:read|write)(?:-(?:5m|30m|1h))?-(?:input-)?|input-|output-)(?:text-)?token(?:s|-count)(?:-(?:5m|30m|1h))?)(?<suffix>(?:-[A-Za-z0-9.-]+)?)$", RegexOptions.IgnoreCase)]
    private static partial Regex TokenLine();

    [GeneratedRegex("-?Latency-?Optimized", RegexOptions.IgnoreCase)]
    private static partial Regex LatencyOptimised();

    [GeneratedRegex("^Guardrail", RegexOptions.IgnoreCase)]
    private static partial Regex Guardrail();

    [GeneratedRegex(@"^(?<model>.*?)[-_]?(Reserved[-_].*|[^-]*TPM)", RegexOptions.IgnoreCase)]
    private static partial Regex Reserved();

    [GeneratedRegex("^(?<model>.*?)-?(ProvisionedThroughput|ModelUnits)", RegexOptions.IgnoreCase)]
    private static partial Regex Provisioned();

    [GeneratedRegex("^(?<model>.*?)-?(Customization|CustomModel|RFT-Training|Distillation|ModelEvaluation|PromptOptimization)", RegexOptions.IgnoreCase)]
    private static partial Regex Customisation();

    [GeneratedRegex("^(?<model>.*?)-?(search-?units|(Indexing|Search)OCU|KnowledgeBase|nova-grounding|WebGrounding|Titan-?Embed.*|[A-Za-z0-9.-]*Embed[A-Za-z0-9.-]*-input-.*)", RegexOptions.IgnoreCase)]
    private static partial Regex Retrieval();

    [GeneratedRegex("^(Flows?-|.*NodeTransition|AgentCore|Agents?-|.*PromptRout)", RegexOptions.IgnoreCase)]
    private static partial Regex Orchestration();

    [GeneratedRegex("^(?<model>.+?)-input-(image|video|audio|speech)", RegexOptions.IgnoreCase)]
    private static partial Regex MediaInput();

    [GeneratedRegex("^(?<model>.+?)-(output-(image|video|audio|speech)|created-?image|[TI]2[IV])", RegexOptions.IgnoreCase)]
    private static partial Regex MediaOutput();

    [GeneratedRegex("(Bytes|Storage)", RegexOptions.IgnoreCase)]
    private static partial Regex Storage();

    [GeneratedRegex("^DataAutomation", RegexOptions.IgnoreCase)]
    private static partial Regex Documents();
}
