using System.Globalization;
using System.Text.RegularExpressions;

namespace GenAiCostPortal.Ledger.ModelNames;

/// <summary>
/// Claude in all spellings. Ids, vendor names and bills order family and number differently (<c>claude-sonnet-4-6</c>,
/// <c>Claude4.6Sonnet</c>, <c>Claude 3.5 Sonnet v2</c>); up to 3.7 the number comes first in the canonical id, later it comes last.
/// Dates are dropped, so that a billed "Claude Sonnet 4" meets its calls; the second Claude 3.5 Sonnet (20241022, "v2" on the bill)
/// stays a model of its own.
/// </summary>
internal static partial class ClaudeNames
{
    /// <summary>Canonical body without maker and display name, or null when the text holds no Claude model.</summary>
    internal static (string Body, string Display)? Read(string text)
    {
        var read = ReadOnce(text);
        // Odd names can form a suffix anew when their words are put in order; what does not settle is no model.
        for (var turns = 0; turns < 8; turns++)
        {
            if (read is not { } model) return null;
            var again = ReadOnce(model.Body);
            if (again == read) return read;
            read = again;
        }
        return null;
    }

    private static (string Body, string Display)? ReadOnce(string text)
    {
        var body = Brackets().Replace(text, "");
        if (!body.StartsWith("claude", StringComparison.Ordinal)) return null;
        if (LongerWord().IsMatch(body)) return null;
        var rest = body["claude".Length..].Trim('-', ' ', '.', '_', ':');
        if (rest.StartsWith("instant", StringComparison.Ordinal)) return ("claude-instant", "Claude Instant");
        if (Classic().Match(rest) is { Success: true } classic)
        {
            var minor = classic.Groups[2].Value is { Length: > 0 } m && m != "0" ? m : null;
            return minor is null
                ? ($"claude-{classic.Groups[1].Value}", $"Claude {classic.Groups[1].Value}")
                : ($"claude-{classic.Groups[1].Value}-{minor}", $"Claude {classic.Groups[1].Value}.{minor}");
        }

        var date = Date().Match(rest);
        if (date.Success) rest = rest.Remove(date.Index, date.Length);
        var version = Version().Match(rest);
        if (version.Success) rest = rest.Remove(version.Index, version.Length);
        var isLatest = Latest().IsMatch(rest);
        if (isLatest) rest = Latest().Replace(rest, "");
        rest = Colon().Replace(rest, "");

        var words = new List<string>();
        var numbers = new List<string>();
        foreach (Match part in Parts().Matches(rest))
            if (part.Value != "latest") (char.IsAsciiDigit(part.Value[0]) ? numbers : words).Add(part.Value);
        if (words.Count == 0) return null;
        if (numbers is [_, "0"]) numbers.RemoveAt(1);
        if (numbers.Count == 0) return ($"claude-{string.Join('-', words)}", $"Claude {string.Join(' ', words.Select(Capital))}");

        var number = string.Join('-', numbers);
        var shown = string.Join('.', numbers);
        var family = words[0];
        var extras = string.Concat(words.Skip(1).Select(w => "-" + w));
        var shownExtras = string.Concat(words.Skip(1).Select(w => " " + Capital(w)));
        if (int.Parse(numbers[0], CultureInfo.InvariantCulture) > 3)
            return ($"claude-{family}-{number}{extras}", $"Claude {Capital(family)} {shown}{shownExtras}");
        var isSecond = number == "3-5" && family == "sonnet"
            && (date.Groups[1].Value == "20241022" || (!date.Success && (isLatest || version.Groups[1].Value == "2")));
        return ($"claude-{number}-{family}{extras}{(isSecond ? "-v2" : "")}", $"Claude {shown} {Capital(family)}{shownExtras}{(isSecond ? " v2" : "")}");
    }

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    [GeneratedRegex("^claude(?!sonnet|opus|haiku|instant|fable|mythos|v\\d)[a-z]")]
    private static partial Regex LongerWord();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Brackets();

    [GeneratedRegex(@"^v?([12])(?:[.:-](\d))?(?::\d+k)?(?:-\d{8})?$")]
    private static partial Regex Classic();

    [GeneratedRegex(@"[-@]?(20\d{6})(?!\d)")]
    private static partial Regex Date();

    [GeneratedRegex(@"[-\s]?v(\d{1,2})(?::\w+)*$")]
    private static partial Regex Version();

    [GeneratedRegex(@"[-@]latest$")]
    private static partial Regex Latest();

    [GeneratedRegex(@":\w*$")]
    private static partial Regex Colon();

    [GeneratedRegex(@"[a-z]+|\d{1,3}")]
    private static partial Regex Parts();
}
