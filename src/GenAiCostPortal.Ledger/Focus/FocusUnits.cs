using System.Text.RegularExpressions;

namespace GenAiCostPortal.Ledger.Focus;

/// <summary>AWS's units in the unit format of FOCUS: <c>1K tokens</c> becomes <c>1000 Tokens</c>, <c>Hrs</c> becomes <c>Hours</c>.</summary>
internal static partial class FocusUnits
{
    public static string Of(string unit)
    {
        unit = unit.Trim();
        if (unit.Length == 0 || unit.Equals("N/A", StringComparison.OrdinalIgnoreCase)) return "Units";
        if (Scaled().Match(unit) is { Success: true } scaled)
            return $"{(scaled.Groups["scale"].Value.ToUpperInvariant() is "K" ? "1000" : "1000000")} {Nouns(scaled.Groups["noun"].Value)}";
        return unit.ToUpperInvariant() switch
        {
            "HRS" or "HOUR" or "HOURS" => "Hours",
            "SECONDS" or "SECOND" or "SECS" => "Seconds",
            "GB" or "MB" or "KB" or "TB" => unit.ToUpperInvariant(),
            "GB-MO" or "GB-MONTH" => "GB-Months",
            _ => Nouns(unit),
        };
    }

    private static string Nouns(string words) =>
        string.Join(' ', words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => char.ToUpperInvariant(w[0]) + w[1..]));

    [GeneratedRegex("^(?:1\\s?)?(?<scale>K|M|Million)\\s(?<noun>.+)$", RegexOptions.IgnoreCase)]
    private static partial Regex Scaled();
}
