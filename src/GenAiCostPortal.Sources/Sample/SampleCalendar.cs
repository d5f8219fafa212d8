namespace GenAiCostPortal.Sources.Sample;

/// <summary>The days of the made history, all relative to its end.</summary>
/// <param name="Now">End of the history, UTC.</param>
/// <param name="FirstDay">First day of bill and metrics.</param>
/// <param name="TracedFrom">First day with recorded calls.</param>
/// <param name="StoryDay">The dear Tuesday: the last one that is at least three days back.</param>
/// <param name="RestatedDay">Day whose bill AWS corrects between the two reads.</param>
public sealed record SampleCalendar(DateTime Now, DateOnly FirstDay, DateOnly TracedFrom, DateOnly StoryDay, DateOnly RestatedDay)
{
    /// <summary>Days of recorded calls, today included.</summary>
    public const int TracedDays = 14;

    /// <summary>Day of <see cref="Now"/>.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Now);

    /// <summary>Days for an end and a length.</summary>
    public static SampleCalendar Of(DateTime now, int days)
    {
        var today = DateOnly.FromDateTime(now);
        var story = today.AddDays(-3);
        while (story.DayOfWeek != DayOfWeek.Tuesday) story = story.AddDays(-1);
        var restated = today.AddDays(-5);
        if (restated == story) restated = today.AddDays(-6);
        return new SampleCalendar(now, today.AddDays(-Math.Max(days, TracedDays)), today.AddDays(1 - TracedDays), story, restated);
    }

    public static bool IsWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
}
