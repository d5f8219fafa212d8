namespace GenAiCostPortal.Sources.Sample;

/// <summary>When in a day requests begin: one in each of as many equal parts of the day's volume as there are requests.</summary>
internal static class RequestTimes
{
    // Relative volume of the 24 UTC hours.
    private static readonly double[] Office = [.15, .15, .15, .15, .15, .2, .4, .9, 2.2, 3.2, 3.4, 3.3, 2.7, 3.1, 3.4, 3.3, 3.0, 2.4, 1.6, 1.0, .7, .5, .35, .25];
    private static readonly double[] Shop = [.9, .6, .5, .4, .4, .5, .8, 1.2, 1.6, 1.9, 2.1, 2.2, 2.2, 2.1, 2.0, 2.0, 2.1, 2.3, 2.6, 2.8, 2.7, 2.3, 1.7, 1.2];
    private static readonly double[] Night = [2.5, 3, 3, 3, 2.5, 1.5, .5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .2, .5, 1, 1.5];

    /// <summary>No request begins after this, so that a request's calls stay in its day.</summary>
    private static readonly TimeSpan Last = new(23, 50, 0);

    /// <summary>Share of a day's volume before a time of day.</summary>
    public static double ShareBefore(DayShape shape, TimeSpan time)
    {
        var hours = Hours(shape);
        var sum = 0.0;
        for (var h = 0; h < 24; h++) sum += hours[h] * Math.Clamp(time.TotalHours - h, 0, 1);
        return sum / hours.Sum();
    }

    /// <summary>Start times in order.</summary>
    public static IEnumerable<DateTime> Make(DateOnly day, DayPart part, DayShape shape, Dice dice)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        var low = ShareBefore(shape, part.From);
        var high = ShareBefore(shape, part.To);
        for (var i = 0; i < part.Requests; i++)
        {
            var at = TimeAt(shape, low + (high - low) * ((i + dice.Share()) / part.Requests));
            if (at > Last) at = Last;
            if (at >= part.To) at = part.To - TimeSpan.FromSeconds(1);
            if (at < part.From) at = part.From;
            yield return midnight + TimeSpan.FromMilliseconds(Math.Floor(at.TotalMilliseconds));
        }
    }

    private static TimeSpan TimeAt(DayShape shape, double share)
    {
        var hours = Hours(shape);
        var left = share * hours.Sum();
        for (var h = 0; h < 24; h++)
        {
            if (left <= hours[h] && hours[h] > 0) return TimeSpan.FromHours(h + left / hours[h]);
            left -= hours[h];
        }
        return Last;
    }

    private static double[] Hours(DayShape shape) => shape switch { DayShape.Office => Office, DayShape.Shop => Shop, _ => Night };
}
