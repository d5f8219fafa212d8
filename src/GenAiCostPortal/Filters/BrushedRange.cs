using System.Globalization;
using GenAiCostPortal.Figures;

namespace GenAiCostPortal.Filters;

/// <summary>A range of the period that was chosen on a chart; the page still shows the whole period.</summary>
/// <param name="To">Exclusive; both UTC.</param>
public sealed record BrushedRange(DateTime From, DateTime To)
{
    public const string Word = "range";
    private const char Between = '~';
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm"];

    /// <summary>As the address says; a range that makes no sense or lies outside the period is passed over.</summary>
    public static BrushedRange? Of(PortalUrl url, Period period)
    {
        var ends = (url[Word] ?? "").Split(Between);
        return ends.Length == 2 && Read(ends[0]) is { } from && Read(ends[1]) is { } to && from < to && from >= period.FromUtc && to <= period.ToUtc
            ? new BrushedRange(from, to) : null;
    }

    /// <summary>The address of a range still to be chosen: <c>__FROM__</c> and <c>__TO__</c> stand for its ends.</summary>
    public static string Address(PortalUrl url) => url.With(Word, $"__FROM__{Between}__TO__").ToString();

    public bool IsDays => From.TimeOfDay == TimeSpan.Zero && To.TimeOfDay == TimeSpan.Zero;

    /// <summary><c>5–9 Nov</c>, or with its hours.</summary>
    public string Title => IsDays ? DayText.Days(DateOnly.FromDateTime(From), DateOnly.FromDateTime(To)) : new Zoom(From, To, true).Title;

    private static DateTime? Read(string text) =>
        DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
