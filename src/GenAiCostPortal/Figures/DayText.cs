using System.Globalization;

namespace GenAiCostPortal.Figures;

/// <summary>Days, times and durations as people read them: 24 h, UTC.</summary>
public static class DayText
{
    private const char EnDash = '\u2013';

    /// <summary><c>17 Nov</c>.</summary>
    public static string Day(DateOnly day) => day.ToString("d MMM", CultureInfo.InvariantCulture);

    /// <summary><c>Tue 17 Nov</c>.</summary>
    public static string WeekDay(DateOnly day) => day.ToString("ddd d MMM", CultureInfo.InvariantCulture);

    /// <summary><c>1–19 Nov</c>, <c>28 Oct–3 Nov</c>; <paramref name="to"/> exclusive.</summary>
    public static string Days(DateOnly from, DateOnly to)
    {
        var last = to.AddDays(-1);
        if (last <= from) return Day(from);
        if (from.Year == last.Year && from.Month == last.Month) return $"{from.Day}{EnDash}{Day(last)}";
        return from.Year == last.Year ? $"{Day(from)}{EnDash}{Day(last)}" : $"{Day(from)} {from.Year}{EnDash}{Day(last)}";
    }

    /// <summary><c>17 Nov 09:10</c>.</summary>
    public static string Moment(DateTime utc) => utc.ToString("d MMM HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The time alone today, else with its day.</summary>
    public static string Moment(DateTime utc, DateTime now) => utc.Date == now.Date ? utc.ToString("HH:mm", CultureInfo.InvariantCulture) : Moment(utc);

    /// <summary><c>2 s ago</c>, <c>14 min ago</c>, <c>3 h ago</c>, then days.</summary>
    public static string Ago(DateTime utc, DateTime now)
    {
        var ago = now - utc;
        return ago.TotalSeconds < 1 ? "now" : ago.TotalSeconds < 60 ? $"{(int)ago.TotalSeconds} s ago" : ago.TotalMinutes < 60 ? $"{(int)ago.TotalMinutes} min ago"
            : ago.TotalHours < 48 ? $"{(int)ago.TotalHours} h ago" : $"{(int)ago.TotalDays} days ago";
    }

    /// <summary><c>340 ms</c>, <c>5.6 s</c>, <c>1 min 27 s</c>, <c>2 h 5 min</c>.</summary>
    public static string Duration(double milliseconds)
    {
        if (milliseconds < 999.5) return milliseconds.ToString("0", CultureInfo.InvariantCulture) + " ms";
        if (milliseconds < 59_950) return (milliseconds / 1000).ToString(milliseconds < 9_950 ? "0.0" : "0.#", CultureInfo.InvariantCulture) + " s";
        var seconds = (long)Math.Round(milliseconds / 1000);
        return seconds < 3600 ? $"{seconds / 60} min {seconds % 60} s" : $"{seconds / 3600} h {seconds % 3600 / 60} min";
    }
}
