using System.Globalization;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>Hours that are added up, each with a weight: a window is its hours with weight one, a baseline a mean of earlier hours.</summary>
internal sealed class ChangeWindow
{
    private const int WeeksBack = 4, HoursOfWeek = 168, DaysBack = 28;
    private const long Hour = 3600, Day = 86_400;
    private readonly SortedDictionary<long, double[]> _days = [];

    /// <summary>Hours of the later window for which no earlier hour could be found.</summary>
    public int HoursWithoutBaseline { get; private set; }

    public bool IsEmpty => _days.Count == 0;
    public DateOnly First => DayOf(_days.Keys.First());
    public DateOnly Last => DayOf(_days.Keys.Last());
    public IEnumerable<DateOnly> Days => _days.Keys.Select(DayOf);

    /// <summary>Weights of a day's hours; null when the day is not in it.</summary>
    public double[]? Hours(DateOnly day) => _days.GetValueOrDefault(UtcTime.ToUnixSeconds(day));

    /// <summary>The one weight of all hours of a day; null when they differ.</summary>
    public static double? Uniform(double[] hours) => Array.TrueForAll(hours, h => h == hours[0]) ? hours[0] : null;

    /// <summary>Every hour of a window with the same weight.</summary>
    public static ChangeWindow Of(DateTime from, DateTime to, double weight = 1)
    {
        var window = new ChangeWindow();
        for (var hour = UtcTime.ToUnixSeconds(from) / Hour * Hour; hour < UtcTime.ToUnixSeconds(to); hour += Hour) window.Add(hour, weight);
        return window;
    }

    /// <summary>
    /// The same hours of the week in the four weeks before, as a mean; where none of these is known, the same hour of days before,
    /// weekdays and weekend apart.
    /// </summary>
    /// <param name="knownFrom">Nothing is known before.</param>
    /// <param name="isLeftOut">Hours inside other spikes.</param>
    public static ChangeWindow Usual(DateTime from, DateTime to, long knownFrom, Func<long, bool> isLeftOut)
    {
        var window = new ChangeWindow();
        var start = UtcTime.ToUnixSeconds(from) / Hour * Hour;
        for (var hour = start; hour < UtcTime.ToUnixSeconds(to); hour += Hour)
        {
            var weeks = Math.Max(1, (int)((UtcTime.ToUnixSeconds(to) - start + HoursOfWeek * Hour - 1) / (HoursOfWeek * Hour)));
            var usual = Enumerable.Range(1, WeeksBack).Select(k => hour - (k + weeks - 1) * HoursOfWeek * Hour).Where(IsKnown).ToList();
            if (usual.Count == 0)
            {
                var isWeekend = IsWeekend(hour);
                usual = [.. Enumerable.Range(1, DaysBack).Select(k => hour - k * Day).Where(h => h < start && IsWeekend(h) == isWeekend && IsKnown(h))];
            }
            if (usual.Count == 0) window.HoursWithoutBaseline++;
            foreach (var earlier in usual) window.Add(earlier, 1.0 / usual.Count);
        }
        return window;

        bool IsKnown(long hour) => hour >= knownFrom && !isLeftOut(hour);
    }

    public double WeightOf(long slot) =>
        _days.TryGetValue(slot - (slot % Day + Day) % Day, out var hours) ? hours[(int)((slot % Day + Day) % Day / Hour)] : 0;

    /// <summary>Stretches of rollup slots that hold exactly this window: whole days from day slots, the rest from hour slots.</summary>
    /// <param name="areAlike">Days of which one must not be added up with the other begin a stretch of their own.</param>
    public IReadOnlyList<SlotRun> Runs(Func<DateOnly, DateOnly, bool> areAlike)
    {
        var runs = new List<SlotRun>();
        foreach (var (day, hours) in _days)
        {
            if (Uniform(hours) is { } weight)
            {
                Extend(new SlotRun(true, day, day + Day, weight));
                continue;
            }
            for (var h = 0; h < 24; h++)
                if (hours[h] != 0) Extend(new SlotRun(false, day + h * Hour, day + (h + 1) * Hour, hours[h]));
        }
        return runs;

        void Extend(SlotRun next)
        {
            if (runs.Count > 0 && runs[^1] is var last && last.IsDay == next.IsDay && last.To == next.From && areAlike(last.LastDay, next.LastDay))
                runs[^1] = last with { To = next.To, Weight = last.Weight == next.Weight ? last.Weight : null };
            else runs.Add(next);
        }
    }

    private void Add(long hour, double weight)
    {
        var day = hour - (hour % Day + Day) % Day;
        if (!_days.TryGetValue(day, out var hours)) _days[day] = hours = new double[24];
        hours[(int)((hour - day) / Hour)] += weight;
    }

    private static bool IsWeekend(long hour) => UtcTime.FromUnixSeconds(hour).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static DateOnly DayOf(long seconds) => UtcTime.DayOfUnixMs(seconds * 1000);
}

/// <summary>Slots of a rollup one after the other.</summary>
/// <param name="Weight">The weight of all of them; null when they differ.</param>
internal sealed record SlotRun(bool IsDay, long From, long To, double? Weight)
{
    public DateOnly LastDay => UtcTime.DayOfUnixMs((To - 1) * 1000);
    public string Sql => string.Create(CultureInfo.InvariantCulture, $"r.\"Span\" = {(IsDay ? 2 : 1)} AND r.\"SlotUnixSeconds\" >= {From} AND r.\"SlotUnixSeconds\" < {To}");
}
