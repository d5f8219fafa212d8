using System.Globalization;
using GenAiCostPortal.Figures;

namespace GenAiCostPortal.Filters;

/// <summary>The moments a page looks at: the whole days of its period, or a part of them that was zoomed into.</summary>
/// <param name="To">Exclusive; both UTC.</param>
/// <param name="IsZoomed">The address holds a zoom inside the period.</param>
public sealed record Zoom(DateTime From, DateTime To, bool IsZoomed)
{
    public const string Word = "zoom";
    private const string Format = "yyyy-MM-dd'T'HH:mm";
    private const char Between = '~';

    public TimeSpan Length => To - From;

    /// <summary>As the address says; a zoom that makes no sense or lies outside the period is passed over.</summary>
    public static Zoom Of(PortalUrl url, DateOnly today)
    {
        var period = url.Period(today);
        var parts = (url[Word] ?? "").Split(Between);
        return parts.Length == 2 && Read(parts[0]) is { } from && Read(parts[1]) is { } to && from < to && from >= period.FromUtc && to <= period.ToUtc
            ? new Zoom(from, to, true) : new Zoom(period.FromUtc, period.ToUtc, false);
    }

    /// <summary>The address zoomed into these moments; whole days become the period itself.</summary>
    public static PortalUrl Into(PortalUrl url, DateTime from, DateTime to) =>
        from.TimeOfDay == TimeSpan.Zero && to.TimeOfDay == TimeSpan.Zero
            ? url.With(Word).WithDays(DateOnly.FromDateTime(from), DateOnly.FromDateTime(to))
            : url.WithDays(DateOnly.FromDateTime(from), DateOnly.FromDateTime(to.AddTicks(-1)).AddDays(1)).With(Word, Text(from) + Between + Text(to));

    /// <summary>A moment as the address writes it.</summary>
    public static string Text(DateTime time) => time.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary><c>17 Nov 09:00–12:00</c>, or the days.</summary>
    public string Title => !IsZoomed ? DayText.Days(DateOnly.FromDateTime(From), DateOnly.FromDateTime(To))
        : From.Date == To.AddTicks(-1).Date ? $"{DayText.Moment(From)}\u2013{To.ToString("HH:mm", CultureInfo.InvariantCulture)}" : $"{DayText.Moment(From)}\u2013{DayText.Moment(To)}";

    private static DateTime? Read(string text) =>
        DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
