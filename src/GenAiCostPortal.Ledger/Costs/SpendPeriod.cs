using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The days and hours a question is about. Bounds inside a day are widened to whole hours.</summary>
internal sealed class SpendPeriod
{
    private const long HourTicks = TimeSpan.TicksPerHour;

    public SpendPeriod(SpendQuery query)
    {
        From = new DateTime(query.From.Ticks / HourTicks * HourTicks, DateTimeKind.Utc);
        To = new DateTime((query.To.Ticks + HourTicks - 1) / HourTicks * HourTicks, DateTimeKind.Utc);
        if (To < From) To = From;
        FirstDay = DateOnly.FromDateTime(From);
        LastDay = To == From ? FirstDay.AddDays(-1) : DateOnly.FromDateTime(To.AddTicks(-1));
        IsHourly = query.Granularity is Granularity.Hour or Granularity.Minute5;
    }

    public DateTime From { get; }
    public DateTime To { get; }
    public DateOnly FirstDay { get; }
    /// <summary>Inclusive.</summary>
    public DateOnly LastDay { get; }
    /// <summary>Every day is shown by the hour.</summary>
    public bool IsHourly { get; }

    public IEnumerable<DateOnly> Days()
    {
        for (var day = FirstDay; day <= LastDay; day = day.AddDays(1)) yield return day;
    }

    /// <summary>Whether a day is asked for by the hour: because the steps are hours, or a bound lies inside it.</summary>
    public bool IsByHour(DateOnly day) => IsHourly || UtcTime.Start(day) < From || UtcTime.Start(day.AddDays(1)) > To;

    public bool Holds(DateTime hour) => hour >= From && hour < To;

    /// <summary>Runs of neighbouring days that are read whole, and days read by the hour.</summary>
    public (IReadOnlyList<(DateOnly First, DateOnly Last)> Whole, IReadOnlyList<DateOnly> ByHour) Parts()
    {
        var byHour = Days().Where(IsByHour).ToList();
        var whole = new List<(DateOnly, DateOnly)>();
        foreach (var day in Days().Where(d => !IsByHour(d)))
        {
            if (whole.Count > 0 && whole[^1].Item2.AddDays(1) == day) whole[^1] = (whole[^1].Item1, day);
            else whole.Add((day, day));
        }
        return (whole, byHour);
    }
}
