namespace GenAiCostPortal.Sources.Sample;

/// <summary>A part of a day in which a workload's rates do not change.</summary>
/// <param name="To">Exclusive; midnight is 24 hours.</param>
/// <param name="Release">Null = by the workload's own history.</param>
internal sealed record DayPart(
    TimeSpan From, TimeSpan To, int Requests, IReadOnlyList<Step> Steps, double ThrottledShare, double TimedOutShare, string? Release);

/// <summary>What a workload does on a day: one part on a usual day, three on the dear one.</summary>
internal static class DayPlan
{
    private static readonly TimeSpan Midnight = TimeSpan.FromHours(24);

    public static IReadOnlyList<DayPart> Of(Workload workload, DateOnly day, SampleCalendar calendar, int seed)
    {
        if (day < calendar.Today.AddDays(-workload.StartedDaysAgo)) return [];
        var story = Story.Told;
        if (workload.Key == story.Feature && day == calendar.StoryDay) return Dear(workload, story);

        var requests = workload.Requests * (SampleCalendar.IsWeekend(day) ? workload.WeekendFactor : 1);
        // The rest of the dear day is a quiet one, so that the day is the story's and nothing else.
        requests *= day == calendar.StoryDay ? 0.99 : Dice.For(seed, workload.Key + "/volume", day).Between(0.98, 1.025);
        var count = (int)Math.Round(requests);
        if (workload.Key != story.Feature) return [Usual(TimeSpan.Zero, Midnight, count, null)];

        if (day < calendar.StoryDay) return [Usual(TimeSpan.Zero, Midnight, count, story.ReleaseBefore)];
        if (day > calendar.StoryDay.AddDays(1)) return [Usual(TimeSpan.Zero, Midnight, count, story.ReleaseFixed)];
        var fixedAt = story.FixedNextDayAt.ToTimeSpan();
        var before = (int)Math.Round(count * RequestTimes.ShareBefore(workload.Shape, fixedAt));
        return [Usual(TimeSpan.Zero, fixedAt, before, story.ReleaseBefore), Usual(fixedAt, Midnight, count - before, story.ReleaseFixed)];

        DayPart Usual(TimeSpan from, TimeSpan to, int requests, string? release) =>
            new(from, to, requests, workload.Steps, workload.ThrottledShare, 0, release);
    }

    private static DayPart[] Dear(Workload workload, Story story)
    {
        var released = story.ReleasedAt.ToTimeSpan();
        var rolledBack = story.RolledBackAt.ToTimeSpan();
        var outside = story.UsualDay.Requests - story.UsualDay.RequestsInWindow;
        var early = outside / 2;
        return
        [
            new(TimeSpan.Zero, released, early, workload.Steps, workload.ThrottledShare, 0, story.ReleaseBefore),
            new(released, rolledBack, story.Dear.RequestsInWindow, Larkfield.ContractSteps(story.Dear, "sonnet"),
                (double)story.Dear.ThrottledShareOfCalls, (double)(story.Dear.BilledAttemptsPerCall - 1), story.ReleaseDear),
            new(rolledBack, Midnight, outside - early, workload.Steps, workload.ThrottledShare, 0, story.ReleaseBefore),
        ];
    }
}
