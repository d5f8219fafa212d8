using System.Text.RegularExpressions;

namespace GenAiCostPortal.Ledger.ModelNames;

/// <summary>What names carry besides the model: dates, first versions, context lengths, "latest".</summary>
internal static partial class NameSuffixes
{
    /// <summary>The name without them; stripping again changes nothing.</summary>
    internal static string Strip(string body)
    {
        while (true)
        {
            var shorter = Suffix().Replace(body, "").TrimEnd('-', ' ', ':', '@', '.');
            if (shorter.StartsWith("ft:", StringComparison.Ordinal))
            {
                // ft:gpt-4o-mini:organisation::id is a fine-tuned model of that base.
                var parts = shorter.Split(':');
                shorter = "ft-" + parts[1];
            }
            if (shorter == body) return body;
            body = shorter;
        }
    }

    /// <summary>A readable form of a name that no table knows: <c>gpt-6-mini</c> → <c>GPT-6 mini</c>, <c>gemini-2.5-pro</c> → <c>Gemini 2.5 Pro</c>.</summary>
    internal static string Display(string body)
    {
        if (body.StartsWith("gpt-", StringComparison.Ordinal))
        {
            var parts = body.Split('-', 3);
            return parts.Length < 3 ? $"GPT-{parts[1]}" : $"GPT-{parts[1]} {parts[2].Replace('-', ' ')}";
        }
        if (body.Length > 1 && body[0] == 'o' && char.IsAsciiDigit(body[1]) || body.StartsWith("text-embedding-", StringComparison.Ordinal)) return body;
        var words = body.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(word =>
            Size().IsMatch(word) || word is "glm" or "vl" or "tts" ? word.ToUpperInvariant() : char.ToUpperInvariant(word[0]) + word[1..]);
        return string.Join(' ', words);
    }

    // In turn: [1m]; @20251001, @latest; :0, :200k, :free (not ft:…); -20240620; -2024-11-20; -08-2024; -latest; -001; -v1, -v0; gpt-oss's -1;
    // OpenAI's -0613; -preview-05-20.
    [GeneratedRegex(@"(\[[^\]]*\]|@(\d{8}|\d{3}|latest|default)|(?<!^ft[^ ]*):[a-z0-9]*|-20\d{6}|-20\d\d-\d\d-\d\d|-\d\d-20\d\d|-latest|(?<=^(gemini|imagen|text-bison|chat-bison).*)-00\d|-v[01]|(?<=^gpt-oss.*b)-1|(?<=^gpt-[34].*)-[01]\d[0-3]\d|(?<=-preview)-\d\d-\d\d)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"^[ae]?\d+(\.\d+)?[bkm]$")]
    private static partial Regex Size();
}
