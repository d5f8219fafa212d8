using System.Globalization;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Charts;

/// <summary>A step of a time axis.</summary>
/// <param name="Name">In tooltips and tables: <c>Tue 17 Nov 09:00</c>.</param>
/// <param name="Tick">Under the axis.</param>
/// <param name="SubTick">Smaller, below: the weekday's letter.</param>
/// <param name="IsPale">A weekend: paler axis text.</param>
/// <param name="IsMajor">Labelled also when there is room for a few labels only.</param>
public sealed record TimeStep(DateTime Start, DateTime End, string Name, string Tick, string? SubTick, bool IsPale, bool IsMajor)
{
    /// <summary>All steps that touch a time.</summary>
    public static IReadOnlyList<TimeStep> All(DateTime from, DateTime to, Granularity step)
    {
        var steps = new List<TimeStep>();
        for (var at = First(from, step); at < to; at = Next(at, step)) steps.Add(Of(at, step, to - from));
        return steps;
    }

    private static DateTime First(DateTime from, Granularity step) => step switch
    {
        Granularity.Minute5 => from.AddTicks(-(from.Ticks % (5 * TimeSpan.TicksPerMinute))),
        Granularity.Hour => from.AddTicks(-(from.Ticks % TimeSpan.TicksPerHour)),
        Granularity.Week => from.Date.AddDays(-(((int)from.DayOfWeek + 6) % 7)),
        Granularity.Month => new DateTime(from.Year, from.Month, 1, 0, 0, 0, DateTimeKind.Utc),
        _ => from.Date,
    };

    private static DateTime Next(DateTime at, Granularity step) => step switch
    {
        Granularity.Minute5 => at.AddMinutes(5),
        Granularity.Hour => at.AddHours(1),
        Granularity.Week => at.AddDays(7),
        Granularity.Month => at.AddMonths(1),
        _ => at.AddDays(1),
    };

    private static TimeStep Of(DateTime at, Granularity step, TimeSpan length)
    {
        string Text(string format) => at.ToString(format, CultureInfo.InvariantCulture);
        var end = Next(at, step);
        return step switch
        {
            Granularity.Minute5 => new(at, end, Text("ddd d MMM HH:mm"), Text("HH:mm"), null, false, at.Minute == 0 && (length.TotalHours <= 12 || at.Hour % 3 == 0)),
            Granularity.Hour => new(at, end, Text("ddd d MMM HH:mm"), at.Hour == 0 ? Text("d MMM") : Text("HH"), null, false, at.Hour % (length.TotalDays > 4 ? 24 : length.TotalDays > 1 ? 12 : 3) == 0),
            Granularity.Week => new(at, end, $"Week of {Text("d MMM")}", Text("d MMM"), null, false, false),
            Granularity.Month => new(at, end, Text("MMMM yyyy"), Text("MMM"), null, false, false),
            _ => new(at, end, Text("ddd d MMM"), at.Day == 1 && length.TotalDays > 31 ? Text("MMM") : Text("%d"), Text("ddd")[..1], at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday,
                length.TotalDays > 45 ? at.Day is 1 or 15 : at.Day % 5 == 1),
        };
    }
}
