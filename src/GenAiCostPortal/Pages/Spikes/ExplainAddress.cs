using System.Globalization;
using GenAiCostPortal.Filters;

namespace GenAiCostPortal.Pages.Spikes;

/// <summary>Addresses of explanations: any two windows with the filters of the page they come from.</summary>
public static class ExplainAddress
{
    private const string Format = "yyyy-MM-dd'T'HH:mm";

    /// <summary>Why a window cost what it cost; without a baseline against the same hours of the weeks before.</summary>
    public static string Of(PortalUrl url, DateTime from, DateTime to, DateTime? baselineFrom = null, DateTime? baselineTo = null, string path = "/explain") =>
        url.To(path).With("period").With("compare").With("from", Text(from)).With("to", Text(to))
            .With("baselineFrom", baselineFrom is { } f ? Text(f) : null).With("baselineTo", baselineTo is { } t ? Text(t) : null).ToString();

    /// <summary>A moment of the address; null when there is none or it makes no sense.</summary>
    public static DateTime? Read(PortalUrl url, string word) =>
        DateTime.TryParse(url[word], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) && time.Year is > 1999 and < 2200 ? time : null;

    private static string Text(DateTime time) => time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : Format, CultureInfo.InvariantCulture);
}
