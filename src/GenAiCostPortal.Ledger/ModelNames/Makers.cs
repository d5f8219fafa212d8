using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace GenAiCostPortal.Ledger.ModelNames;

/// <summary>Who makes a model: by the id's prefix, by the family word, or by what the sender says.</summary>
internal static partial class Makers
{
    internal const string Unknown = "unknown";

    // Prefix of a Bedrock id, or of a vendor/model path → maker.
    private static readonly FrozenDictionary<string, string> Prefixes = new Dictionary<string, string>
    {
        ["ai21"] = "ai21", ["amazon"] = "amazon", ["anthropic"] = "anthropic", ["cohere"] = "cohere", ["deepseek"] = "deepseek",
        ["google"] = "google", ["luma"] = "luma", ["meta"] = "meta", ["minimax"] = "minimax", ["mistral"] = "mistral",
        ["moonshot"] = "moonshotai", ["moonshotai"] = "moonshotai", ["nvidia"] = "nvidia", ["openai"] = "openai", ["qwen"] = "qwen",
        ["stability"] = "stability", ["twelvelabs"] = "twelvelabs", ["writer"] = "writer", ["xai"] = "xai", ["zai"] = "zai",
        ["microsoft"] = "microsoft", ["perplexity"] = "perplexity", ["ibm"] = "ibm",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // Other words senders use for a maker (gen_ai.provider.name, gen_ai.system, path prefixes).
    private static readonly FrozenDictionary<string, string> Words = new Dictionary<string, string>
    {
        ["x-ai"] = "xai", ["x_ai"] = "xai", ["z-ai"] = "zai", ["z.ai"] = "zai", ["mistralai"] = "mistral", ["mistral_ai"] = "mistral",
        ["meta-llama"] = "meta", ["meta_llama"] = "meta", ["ai21labs"] = "ai21", ["deepseek-ai"] = "deepseek", ["stabilityai"] = "stability",
        ["azure"] = "openai", ["azure.ai.openai"] = "openai", ["azure_openai"] = "openai", ["az.ai.openai"] = "openai",
        ["gcp.gemini"] = "google", ["gcp.gen_ai"] = "google", ["gemini"] = "google", ["google_genai"] = "google", ["google-generativeai"] = "google",
        ["ibm.watsonx.ai"] = "ibm", ["watsonx"] = "ibm", ["vercel.openai"] = "openai", ["claude"] = "anthropic", ["moonshot_ai"] = "moonshotai",
        ["stability_ai"] = "stability", ["twelve_labs"] = "twelvelabs",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Maker for the prefix of an id; null when it is none.</summary>
    internal static string? OfPrefix(string prefix) => Prefixes.GetValueOrDefault(prefix);

    /// <summary>Maker named by a sender or a path prefix; null when the word names a platform or nothing known.</summary>
    internal static string? OfHint(string? hint)
    {
        if (string.IsNullOrWhiteSpace(hint)) return null;
        hint = hint.Trim();
        if (Prefixes.TryGetValue(hint, out var maker) || Words.TryGetValue(hint, out maker)) return maker;
        // Vercel says "openai.chat", "anthropic.messages", "amazon-bedrock"; platforms name no maker.
        var dot = hint.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 ? Prefixes.GetValueOrDefault(hint[..dot]) : null;
    }

    /// <summary>Maker by the word a bare name begins with; null when no family fits.</summary>
    internal static string? OfFamily(string body)
    {
        if (Claude().IsMatch(body)) return "anthropic";
        if (OpenAi().IsMatch(body)) return "openai";
        if (Mistral().IsMatch(body)) return "mistral";
        if (Google().IsMatch(body)) return "google";
        if (Others().Match(body) is not { Success: true } match) return null;
        return match.Value switch
        {
            "llama" => "meta",
            "nova" or "titan" => "amazon",
            "command" or "embed-english" or "embed-multilingual" or "embed-v" or "rerank-v" or "rerank-english" or "rerank-multilingual" => "cohere",
            "jamba" or "j2-" => "ai21",
            "deepseek" => "deepseek",
            "qwen" or "qwq" => "qwen",
            "grok" => "xai",
            "kimi" => "moonshotai",
            "minimax" => "minimax",
            "glm-" => "zai",
            "nemotron" => "nvidia",
            "palmyra" => "writer",
            "stable-" or "sd3" => "stability",
            "sonar" => "perplexity",
            "phi-" => "microsoft",
            "granite" => "ibm",
            _ => null,
        };
    }

    [GeneratedRegex("^claude(?![a-z])")]
    private static partial Regex Claude();

    [GeneratedRegex(@"^(gpt-?\d|gpt-oss|chatgpt|o[1-9](-|$)|text-embedding-|text-davinci|davinci-|babbage-|dall-e|whisper-|tts-|codex-|computer-use-|omni-moderation|ft-gpt)")]
    private static partial Regex OpenAi();

    [GeneratedRegex("^(open-)?(mistral|mixtral|ministral|magistral|codestral|devstral|pixtral|voxtral)")]
    private static partial Regex Mistral();

    [GeneratedRegex("^(gemini|gemma|palm|text-bison|chat-bison|imagen|veo-)")]
    private static partial Regex Google();

    [GeneratedRegex("^(llama|nova(?=[-\\d])|titan(?=-)|command(?=-|$)|embed-english|embed-multilingual|embed-v|rerank-v|rerank-english|rerank-multilingual|jamba|j2-|deepseek|qwen|qwq|grok|kimi|minimax|glm-|nemotron|palmyra|stable-|sd3|sonar|phi-|granite)")]
    private static partial Regex Others();
}
