using System.Globalization;

namespace GenAiCostPortal.Figures;

/// <summary>Counts, tokens, shares and changes as people read them (look.md, Numbers).</summary>
public static class NumberText
{
    private const char Minus = '\u2212';
    private const char NoBreakSpace = '\u00a0';

    /// <summary>With thousands separators: <c>1,610,424</c>.</summary>
    public static string Count(long count) => (count < 0 ? Minus.ToString() : "") + Math.Abs(count).ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Three digits with unit: <c>940</c>, <c>59.1 k</c>, <c>5.91 M</c>. For tiles and axes.</summary>
    public static string Tokens(double tokens)
    {
        var size = Math.Abs(tokens);
        var sign = tokens < 0 ? Minus.ToString() : "";
        var (value, unit) = size switch { >= 999_500_000 => (size / 1e9, "G"), >= 999_500 => (size / 1e6, "M"), >= 999.5 => (size / 1e3, "k"), _ => (size, "") };
        var format = unit.Length == 0 || value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00";
        return sign + value.ToString(format, CultureInfo.InvariantCulture) + (unit.Length == 0 ? "" : NoBreakSpace + unit);
    }

    /// <summary>A share of 0–1 with one decimal: <c>94.1 %</c>; null is <c>unknown</c>.</summary>
    public static string Share(decimal? share) => share is { } s ? Percent(s, "0.0") : "unknown";

    /// <summary>A change against a base, no decimals: <c>+147 %</c>; from ten times on a multiple, <c>19.6 times</c>. Empty without a base.</summary>
    public static string Change(decimal now, decimal before)
    {
        if (before <= 0) return "";
        if (now >= 10 * before) return Times(now / before);
        var change = decimal.Round((now - before) / before * 100m, 0, MidpointRounding.AwayFromZero);
        return (change > 0 ? "+" : change < 0 ? Minus.ToString() : "") + Math.Abs(change).ToString("#,##0", CultureInfo.InvariantCulture) + NoBreakSpace + "%";
    }

    /// <summary>A multiple: <c>7.8 times</c>.</summary>
    public static string Times(decimal ratio) => ratio.ToString(ratio >= 100 ? "#,##0" : "0.0", CultureInfo.InvariantCulture) + " times";

    private static string Percent(decimal share, string format)
    {
        var digits = Math.Abs(share * 100m).ToString(format, CultureInfo.InvariantCulture);
        return (share < 0 && digits.Any(c => c is >= '1' and <= '9') ? Minus.ToString() : "") + digits + NoBreakSpace + "%";
    }
}
