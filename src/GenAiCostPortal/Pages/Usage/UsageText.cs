using System.Globalization;
using GenAiCostPortal.Figures;


namespace GenAiCostPortal.Pages.Usage;

/// <summary>Measures as people read them. What cannot be measured says so; what does not apply is empty.</summary>
public static class UsageText
{
    public const string NotMeasurable = "not measurable";

    /// <summary><c>1 call</c>, <c>145 calls</c>.</summary>
    public static string Calls(long count) => count == 1 ? "1 call" : $"{NumberText.Count(count)} calls";

    /// <summary>A duration, or that it was not measured.</summary>
    public static string Duration(double? ms) => ms is { } value ? DayText.Duration(value) : NotMeasurable;

    /// <summary>A share of calls with one decimal; small ones that are not zero are not shown as zero.</summary>
    public static string Rate(decimal? share, long count) => share switch
    {
        null => NotMeasurable,
        > 0 and < 0.0005m when count > 0 => "<\u00a00.1\u00a0%",
        _ => NumberText.Share(share),
    };

    public static string Ratio(decimal? ratio) => ratio is { } value ? value.ToString(value >= 100 ? "#,##0" : "0.0", CultureInfo.InvariantCulture) : NotMeasurable;

    public static string Speed(double? tokensPerSecond) => tokensPerSecond is { } value ? value.ToString(value >= 100 ? "#,##0" : "0.0", CultureInfo.InvariantCulture) : NotMeasurable;

}
