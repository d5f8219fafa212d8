using System.Globalization;

namespace GenAiCostPortal.Figures;

/// <summary>Money as people read it (look.md, Numbers). Null is the word <c>unknown</c>, never zero.</summary>
public static class UsdText
{
    private const string Minus = "\u2212";
    private const string Unknown = "unknown";

    /// <summary>To the cent: <c>$1,085.40</c>. For tables and statements.</summary>
    public static string Exact(decimal? usd) => usd is { } value ? Signed(value, "N2") : Unknown;

    /// <summary>To the dollar from $100 on, else to the cent: for sentences.</summary>
    public static string Round(decimal? usd) => usd is { } value ? Signed(value, Math.Abs(value) >= 100 ? "N0" : "N2") : Unknown;

    /// <summary>Four decimals below $1: for traces and single calls.</summary>
    public static string Fine(decimal? usd) => usd is { } value ? Signed(value, Math.Abs(value) is > 0 and < 1 ? "N4" : "N2") : Unknown;

    /// <summary>On an axis: <c>$250</c>, <c>$1.5k</c>; cents only where the ticks need them.</summary>
    public static string Axis(decimal usd, decimal step)
    {
        var size = Math.Abs(usd);
        if (size >= 10_000 && step % 100 == 0) return Signed(usd / 1000m, step % 1000 == 0 ? "0" : "0.0") + "k";
        return Signed(usd, step >= 1 ? "#,##0" : step >= 0.1m ? "0.0" : step >= 0.01m ? "0.00" : "0.0000");
    }

    /// <summary>With its sign: <c>+$1,026.42</c>, <c>−$42.46</c>; an amount that shows as zero has none.</summary>
    public static string Delta(decimal usd)
    {
        var text = Exact(Math.Abs(usd));
        return text == "$0.00" ? text : (usd < 0 ? Minus : "+") + text;
    }

    private static string Signed(decimal usd, string format)
    {
        var digits = Math.Abs(usd).ToString(format, CultureInfo.InvariantCulture);
        var isZero = digits.All(c => c is '0' or '.' or ',');
        return (usd < 0 && !isZero ? Minus : "") + "$" + digits;
    }
}
