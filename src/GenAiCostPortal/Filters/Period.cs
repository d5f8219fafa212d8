using System.Globalization;
using GenAiCostPortal.Figures;

namespace GenAiCostPortal.Filters;

public enum PeriodName { MonthToDate, Today, Last7Days, Last30Days, LastMonth, Quarter, Custom }

/// <summary>What a period is compared with.</summary>
public enum Compare { PreviousPeriod, SameDaysOfLastMonth, None }

/// <summary>Whole UTC days that a page looks at.</summary>
/// <param name="To">Exclusive.</param>
public sealed record Period(PeriodName Name, DateOnly From, DateOnly To)
{
    public int Days => To.DayNumber - From.DayNumber;
    public DateTime FromUtc => From.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
    public DateTime ToUtc => To.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    public static Period Custom(DateOnly from, DateOnly to) => new(PeriodName.Custom, from, to);

    /// <summary>A named period as seen from a day; that day is in it, except for last month.</summary>
    public static Period Of(PeriodName name, DateOnly today)
    {
        var tomorrow = today.AddDays(1);
        var month = new DateOnly(today.Year, today.Month, 1);
        return name switch
        {
            PeriodName.Today => new(name, today, tomorrow),
            PeriodName.Last7Days => new(name, tomorrow.AddDays(-7), tomorrow),
            PeriodName.Last30Days => new(name, tomorrow.AddDays(-30), tomorrow),
            PeriodName.LastMonth => new(name, month.AddMonths(-1), month),
            PeriodName.Quarter => new(name, new DateOnly(today.Year, (today.Month - 1) / 3 * 3 + 1, 1), tomorrow),
            _ => new(PeriodName.MonthToDate, month, tomorrow),
        };
    }

    /// <summary>The same days in the comparison; null without one. <paramref name="to"/> (exclusive) cuts both, so that billed meets billed.</summary>
    public Period? Compared(Compare compare, DateOnly to)
    {
        if (to > To) to = To;
        if (to <= From || compare == Compare.None) return null;
        if (compare == Compare.SameDaysOfLastMonth) return Custom(From.AddMonths(-1), to.AddDays(-1).AddMonths(-1).AddDays(1));
        if (Name == PeriodName.Quarter) return Custom(From.AddMonths(-3), From.AddMonths(-3).AddDays(to.DayNumber - From.DayNumber));
        if (Name == PeriodName.LastMonth) return Custom(From.AddMonths(-1), From);
        return Custom(From.AddDays(-Days), to.AddDays(-Days));
    }

    /// <summary>As the picker says it: <c>Nov 2026, month to date</c>.</summary>
    public string Title => Name switch
    {
        PeriodName.Today => $"Today, {DayText.Day(From)}",
        PeriodName.Last7Days => "Last 7 days",
        PeriodName.Last30Days => "Last 30 days",
        PeriodName.LastMonth => From.ToString("MMM yyyy", CultureInfo.InvariantCulture),
        PeriodName.Quarter => $"Q{(From.Month - 1) / 3 + 1} {From.Year}, to date",
        PeriodName.Custom => $"{DayText.Days(From, To)} {To.AddDays(-1).Year}",
        _ => $"{From.ToString("MMM yyyy", CultureInfo.InvariantCulture)}, month to date",
    };

    /// <summary>What the total of the period is called: <c>Month to date</c>.</summary>
    public string TotalName => Name switch
    {
        PeriodName.Today => "Today",
        PeriodName.Last7Days => "Last 7 days",
        PeriodName.Last30Days => "Last 30 days",
        PeriodName.LastMonth => From.ToString("MMMM yyyy", CultureInfo.InvariantCulture),
        PeriodName.Quarter => "Quarter to date",
        PeriodName.Custom => DayText.Days(From, To),
        _ => "Month to date",
    };

    /// <summary>The word of the address.</summary>
    public static string Word(PeriodName name) => name switch
    {
        PeriodName.Today => "today",
        PeriodName.Last7Days => "7d",
        PeriodName.Last30Days => "30d",
        PeriodName.LastMonth => "last-month",
        PeriodName.Quarter => "quarter",
        PeriodName.Custom => "custom",
        _ => "month",
    };

    /// <summary>The period a word of the address names; month to date for any other.</summary>
    public static PeriodName Read(string? word) =>
        Enum.GetValues<PeriodName>().FirstOrDefault(n => n != PeriodName.Custom && Word(n) == word, PeriodName.MonthToDate);
}
