using System.Text.Json.Serialization;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>How a model comes on the bill.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BillGrammar>))]
internal enum BillGrammar { AwsSold, Marketplace, OffBill }

/// <summary>Kinds that a bill line can be about.</summary>
internal enum BilledKind { Input, Output, CacheRead, CacheWrite }

/// <summary>A model that Larkfield uses, with its list price in USD per million tokens (<c>sample-prices.json</c>).</summary>
/// <param name="ModelId">As callers and CloudWatch name it.</param>
/// <param name="BilledShare">Billed price ÷ list price: below 1 with a private offer.</param>
/// <param name="List">Where the list price comes from.</param>
internal sealed record SampleModel(
    string Key, string Name, string ModelId, string Provider, string Service, BillGrammar Grammar, string UsageName, bool Global,
    decimal Input, decimal Output, decimal CacheRead, decimal CacheWrite, decimal BilledShare, string List)
{
    public static IReadOnlyDictionary<string, SampleModel> All { get; } =
        SampleFile.Read<List<SampleModel>>("sample-prices.json").ToDictionary(m => m.Key);

    /// <summary>Whether its calls come on the AWS bill as tokens.</summary>
    public bool IsBilled => Grammar != BillGrammar.OffBill;

    public decimal ListUsdPerMillion(BilledKind kind) => kind switch
    {
        BilledKind.Input => Input,
        BilledKind.Output => Output,
        BilledKind.CacheRead => CacheRead,
        _ => CacheWrite,
    };

    /// <summary>Usage type in the grammar of the model's seller; <paramref name="prefix"/> is the region's (<c>USE1</c>).</summary>
    public string UsageType(BilledKind kind, string prefix) => Grammar == BillGrammar.Marketplace
        ? $"{prefix}-MP:{prefix}_{MarketplaceWord(kind)}{(Global ? "_Global" : "")}-Units"
        : $"{prefix}-{UsageName}-{AwsWord(kind)}";

    /// <summary>Tokens in one billed unit: marketplace lines count millions, AWS's own thousands.</summary>
    public decimal TokensPerUnit => Grammar == BillGrammar.Marketplace ? 1_000_000m : 1_000m;

    public string Unit => Grammar == BillGrammar.Marketplace ? "Units" : "1K tokens";

    private static string MarketplaceWord(BilledKind kind) => kind switch
    {
        BilledKind.Input => "InputTokenCount",
        BilledKind.Output => "OutputTokenCount",
        BilledKind.CacheRead => "CacheReadInputTokenCount",
        _ => "CacheWriteInputTokenCount",
    };

    private static string AwsWord(BilledKind kind) => kind switch
    {
        BilledKind.Input => "input-tokens",
        BilledKind.Output => "output-tokens",
        BilledKind.CacheRead => "cache-read-input-token-count",
        _ => "cache-write-input-token-count",
    };
}
