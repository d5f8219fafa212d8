using System.Globalization;
using GenAiCostPortal.Charts;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Pages.Spend;

/// <summary>Turns an answer in steps of time into columns; the last grouping is the one that is coloured.</summary>
public sealed class SpendSteps(Colours colours)
{
    private const int MostParts = 10;
    private const string Other = "Other";

    /// <param name="href">Where a click on a key leads; null = nowhere.</param>
    /// <param name="stepHref">Where a click on a step leads.</param>
    public SpendColumns Columns(SpendAnswer answer, Period period, DateOnly billedTo, Func<SpendDimension, string, string?> href, Func<DateTime, string?> stepHref, SpikeMark? spike)
    {
        var step = answer.Query.Granularity;
        var last = answer.Query.GroupBy.Count - 1;
        var dimension = last < 0 ? SpendDimension.Feature : answer.Query.GroupBy[last];
        string KeyOf(SpendRow row) => last < 0 ? SpendQuery.Unattributed : row.Keys[last];

        var dearest = answer.Rows.GroupBy(KeyOf).Select(g => (Key: g.Key, Usd: g.Sum(r => r.CostUsd))).Where(k => k.Key != SpendQuery.Unattributed).OrderByDescending(k => k.Usd).ToArray();
        var hasSlot = dearest.Where(k => colours.Slot(dimension, k.Key) is not null).Take(MostParts).Select(k => k.Key).ToArray();
        var order = hasSlot.Concat(dearest.Length > hasSlot.Length ? [Other] : Array.Empty<string>())
            .Concat(answer.Rows.Any(r => KeyOf(r) == SpendQuery.Unattributed) ? [SpendQuery.Unattributed] : Array.Empty<string>()).ToArray();
        var known = hasSlot.ToHashSet();

        var cells = answer.Rows.Where(r => r.Time is not null)
            .GroupBy(r => (Time: r.Time!.Value, Key: KeyOf(r) is var k && (known.Contains(k) || k == SpendQuery.Unattributed) ? k : Other))
            .ToDictionary(g => g.Key, g => (Billed: g.Sum(r => r.BilledUsd), Estimated: g.Sum(r => r.EstimatedUsd)));
        var columns = Starts(period, step).Select(start =>
        {
            var parts = order.Select(key =>
            {
                var (billed, estimated) = cells.GetValueOrDefault((start, key));
                return new ColumnPart(key, key == Other ? Other : colours.Label(dimension, key), colours.Solid(dimension, key), colours.Hatched(dimension, key), billed, estimated, key == Other ? null : href(dimension, key));
            }).ToArray();
            return Column(start, step, period, stepHref(start), parts) with
            {
                Covers = (start < period.FromUtc ? period.FromUtc : start, Next(start, step) is var next && next > period.ToUtc ? period.ToUtc : next),
            };
        }).ToArray();
        DateTime? estimatedFrom = billedTo > period.From && billedTo < period.To ? billedTo.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) : null;
        return new SpendColumns(columns, estimatedFrom, spike, Summary(columns, period, step, estimatedFrom));
    }

    /// <summary>The same with the releases that began in the period.</summary>
    public SpendColumns WithReleases(SpendColumns columns, IReadOnlyList<ReleaseStart> releases, PortalUrl url, Period period)
    {
        var marks = ReleaseMarks.Of(releases, url, colours);
        return columns with { Marks = marks, End = period.ToUtc, Summary = columns.Summary + ReleaseMarks.Words(marks) };
    }

    /// <summary>The same with a range that can be chosen, and the one that was.</summary>
    public static SpendColumns WithRange(SpendColumns columns, PortalUrl url, Period period) =>
        columns with { Brush = columns.Columns.Count > 1 ? BrushedRange.Address(url) : null, Chosen = BrushedRange.Of(url, period) };

    /// <summary>A step in words: <c>hour</c>, <c>day</c> …</summary>
    public static string Name(Granularity step) => step switch { Granularity.Hour => "hour", Granularity.Week => "week", Granularity.Month => "month", _ => "day" };

    private static IEnumerable<DateTime> Starts(Period period, Granularity step)
    {
        var at = step switch
        {
            Granularity.Week => period.FromUtc.AddDays(-((int)period.FromUtc.DayOfWeek + 6) % 7),
            Granularity.Month => new DateTime(period.From.Year, period.From.Month, 1, 0, 0, 0, DateTimeKind.Utc),
            _ => period.FromUtc,
        };
        while (at < period.ToUtc)
        {
            yield return at;
            at = Next(at, step);
        }
    }

    private static DateTime Next(DateTime at, Granularity step) =>
        step switch { Granularity.Hour => at.AddHours(1), Granularity.Week => at.AddDays(7), Granularity.Month => at.AddMonths(1), _ => at.AddDays(1) };

    private static SpendColumn Column(DateTime start, Granularity step, Period period, string? href, IReadOnlyList<ColumnPart> parts)
    {
        string Text(string format) => start.ToString(format, CultureInfo.InvariantCulture);
        return step switch
        {
            Granularity.Hour => new SpendColumn(start, Text("ddd d MMM HH:mm"), start.Hour == 0 ? Text("d MMM") : Text("HH"), null, false, start.Hour % (period.Days > 4 ? 24 : period.Days > 1 ? 12 : 3) == 0, href, parts),
            Granularity.Week => new SpendColumn(start, $"Week of {Text("d MMM")}", Text("d MMM"), null, false, false, href, parts),
            Granularity.Month => new SpendColumn(start, Text("MMMM yyyy"), Text("MMM"), null, false, false, href, parts),
            _ => new SpendColumn(start, Text("ddd d MMM"), start.Day == 1 && period.Days > 31 ? Text("MMM") : Text("%d"), Text("ddd")[..1], start.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday,
                period.Days > 45 ? start.Day is 1 or 15 : (start.DayNumber() - period.From.DayNumber) % 5 == 0, href, parts),
        };
    }

    private static string Summary(IReadOnlyList<SpendColumn> columns, Period period, Granularity step, DateTime? estimatedFrom)
    {
        if (columns.Count == 0) return $"Spend by {Name(step)}.";
        var dearest = columns.MaxBy(c => c.TotalUsd)!;
        return $"Spend by {Name(step)}, {DayText.Days(period.From, period.To)}: {UsdText.Exact(columns.Sum(c => c.TotalUsd))} in all. The dearest {Name(step)} is {dearest.Name} with {UsdText.Exact(dearest.TotalUsd)}."
            + (estimatedFrom is { } from ? $" From {DayText.Day(DateOnly.FromDateTime(from))} on it is estimated." : "");
    }
}

internal static class DayNumbers
{
    public static int DayNumber(this DateTime time) => DateOnly.FromDateTime(time).DayNumber;
}
