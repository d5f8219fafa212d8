using GenAiCostPortal.Ledger.ModelNames;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Whose bill a call is on: AWS's, or a vendor's own (algorithms §4, Off-bill).</summary>
internal static class PaidThrough
{
    private static readonly string[] Aws = ["aws", "amazon", "bedrock", "sagemaker"];
    private static readonly string[] Elsewhere =
    [
        "openai", "azure", "az.", "gcp", "google", "vertex", "gemini", "anthropic", "cohere", "deepseek", "groq", "ibm", "watsonx", "mistral",
        "moonshot", "perplexity", "x_ai", "xai", "x-ai", "together", "fireworks", "ollama", "openrouter", "replicate", "hugging", "cerebras",
        "ai21", "voyage", "nvidia", "databricks", "snowflake", "alibaba", "dashscope", "zhipu", "stability", "github", "cloudflare", "meta",
    ];

    /// <summary>True when the provider bills the call itself.</summary>
    public static bool IsOffBill(MergedCall call, ModelName model)
    {
        var facts = call.Facts;
        var provider = facts.Text(SpanField.Provider) ?? "";
        if (Names(Aws, provider) || facts.Text(SpanField.RpcSystem) is "aws-api" || IsAwsScope(call.Span.Scope.Name)
            || facts.Text(SpanField.ServerAddress)?.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase) == true) return false;
        if (IsAwsId(call.Innermost.Request) || IsAwsId(call.Innermost.Response) || IsAwsId(model)) return false;
        if (Names(Elsewhere, provider)) return true;
        // Without a provider: models that only their maker sells under a bare name.
        return model is { IsResolved: true, Provider: "openai" or "google" or "xai" or "perplexity" };
    }

    // Only Bedrock ids and ARNs tell how the call is routed.
    private static bool IsAwsId(ModelName? name) =>
        name is not null && (name.Scope != RoutingScope.Unknown || name.AccountId is not null || name.Canonical.StartsWith("arn:aws", StringComparison.Ordinal));

    private static bool IsAwsScope(string scope) =>
        scope.Contains("bedrock", StringComparison.OrdinalIgnoreCase) || scope.Contains("aws-sdk", StringComparison.OrdinalIgnoreCase)
        || scope.Contains("botocore", StringComparison.OrdinalIgnoreCase);

    private static bool Names(string[] words, string provider)
    {
        if (provider.Length == 0) return false;
        foreach (var word in words)
            if (provider.StartsWith(word, StringComparison.OrdinalIgnoreCase)) return true;
        return words == Aws && provider.Contains("bedrock", StringComparison.OrdinalIgnoreCase);
    }
}
