namespace GenAiCostPortal.Browser;

/// <summary>A model as the bill and the callers name it, with its public list price in USD per million tokens.</summary>
/// <param name="UsageName">Stem of AWS's own usage types; empty for marketplace models.</param>
/// <param name="BilledShare">Billed ÷ list: Larkfield has 3 % off Claude Haiku.</param>
internal sealed record RawPrice(
    string Id, string Service, string UsageName, bool IsGlobal, string Region, decimal Input, decimal Output, decimal CacheRead = 0, decimal CacheWrite = 0, decimal BilledShare = 1)
{
    public decimal TokensPerUnit => UsageName.Length == 0 ? 1_000_000m : 1_000m;

    public decimal ListUsd(string kind) => kind switch { "input" => Input, "cacheRead" => CacheRead, "cacheWrite" => CacheWrite, _ => Output };

    public decimal BilledUsd(RawCall call) => RawPrices.Kinds.Sum(k => call[k] * ListUsd(k)) * BilledShare / 1_000_000m;

    public bool IsOf(string region) => Region.Length == 0 || region.StartsWith(Region + "-", StringComparison.Ordinal);

    public string UsageType(string prefix, string kind)
    {
        var word = kind switch { "input" => "InputTokenCount", "cacheRead" => "CacheReadInputTokenCount", "cacheWrite" => "CacheWriteInputTokenCount", _ => "OutputTokenCount" };
        return UsageName.Length == 0 ? $"{prefix}-MP:{prefix}_{word}{(IsGlobal ? "_Global" : "")}-Units"
            : $"{prefix}-{UsageName}-{(kind switch { "input" => "input-tokens", "output" => "output-tokens", "cacheRead" => "cache-read-input-token-count", _ => "cache-write-input-token-count" })}";
    }
}

/// <summary>Written down from the public price lists of the made organisation's models (litellm, 1 August 2026; AWS price list, 1 October 2026).</summary>
internal static class RawPrices
{
    public static readonly string[] Kinds = ["input", "cacheRead", "cacheWrite", "output"];

    private const string Bedrock = "Amazon Bedrock", Haiku = "Claude Haiku 4.5 (Amazon Bedrock Edition)";

    public static readonly IReadOnlyList<RawPrice> Billed =
    [
        new("global.anthropic.claude-sonnet-4-6", "Claude Sonnet 4.6 (Amazon Bedrock Edition)", "", true, "", 3m, 15m, 0.30m, 3.75m),
        new("global.anthropic.claude-opus-4-6-v1", "Claude Opus 4.6 (Amazon Bedrock Edition)", "", true, "", 5m, 25m, 0.50m, 6.25m),
        new("us.anthropic.claude-haiku-4-5-20251001-v1:0", Haiku, "", false, "us", 1.10m, 5.50m, 0.11m, 1.375m, 0.97m),
        new("eu.anthropic.claude-haiku-4-5-20251001-v1:0", Haiku, "", false, "eu", 1.10m, 5.50m, 0.11m, 1.375m, 0.97m),
        new("amazon.nova-pro-v1:0", Bedrock, "NovaPro", false, "", 0.80m, 3.20m),
        new("amazon.nova-lite-v1:0", Bedrock, "NovaLite", false, "", 0.06m, 0.24m),
        new("amazon.nova-micro-v1:0", Bedrock, "NovaMicro", false, "", 0.035m, 0.14m),
        new("amazon.titan-embed-text-v2:0", Bedrock, "TitanEmbeddingsV2-Text", false, "", 0.02m, 0m),
        new("us.meta.llama3-3-70b-instruct-v1:0", Bedrock, "Llama3-3-70B", false, "", 0.72m, 0.72m),
        new("us.mistral.pixtral-large-2502-v1:0", Bedrock, "PixtralLarge2502", false, "", 2m, 6m),
        new("openai.gpt-oss-120b-1:0", Bedrock, "gpt-oss-120b", false, "", 0.15m, 0.60m),
    ];

    /// <summary>Billed USD of a call; null where no token of it comes on the AWS bill.</summary>
    public static decimal? BilledUsd(RawCall call) => !call.IsBillable ? 0 : Billed.FirstOrDefault(p => p.Id == call.Model)?.BilledUsd(call);

    /// <summary>USD of a call at the list price, as it is estimated; null where the lists here have no such model.</summary>
    public static decimal? ListUsd(RawCall call) => !call.IsBillable ? 0 : Billed.FirstOrDefault(p => p.Id == call.Model) is { } price ? Kinds.Sum(k => call[k] * price.ListUsd(k)) / 1_000_000m : null;
}
