using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Pages.Overview;

/// <summary>The day that stands out of a period, and what the data says about it. Nothing here is guessed.</summary>
/// <param name="UsualUsd">Median of the same weekday in the four weeks before; with fewer than three of them, of the days of the same kind.</param>
/// <param name="UsualIs">What the usual is taken from: <c>Tuesday</c>, <c>weekday</c>, <c>weekend day</c>.</param>
/// <param name="Feature">The feature with the largest excess.</param>
/// <param name="Release">A release whose recorded calls make at least 60 % of the excess, and at most a tenth of the feature's cost in the four weeks before; else null.</param>
/// <param name="ReleaseShareBefore">That share of before, 0–0.1; 0 = not seen at all.</param>
/// <param name="IsUsualSince">Every complete day since cost less than 1.5 times its usual; null when no day followed.</param>
public sealed record DearestDay(DateOnly Day, decimal TotalUsd, decimal UsualUsd, string UsualIs, string Feature, decimal FeatureUsd, decimal FeatureUsualUsd, string? Release, decimal ReleaseShareBefore, bool? IsUsualSince)
{
    /// <summary>What is known of the release before that day, in words.</summary>
    public string ReleaseBefore => ReleaseShareBefore == 0 ? "first seen that day" : $"until then {NumberText.Share(ReleaseShareBefore)} of its cost";

    public decimal ExcessUsd => TotalUsd - UsualUsd;
    public decimal Ratio => TotalUsd / UsualUsd;
}

/// <summary>Looks for a day that cost at least twice its usual.</summary>
public sealed class DearestDayFinder(SpendReport report)
{
    private const int DaysBefore = 28;
    private const int FewestDays = 3;
    private const decimal RareShare = 0.1m;
    private const decimal FromRatio = 2m;
    private const decimal FromExcessUsd = 10m;
    private const decimal ReleaseExplains = 0.6m;

    /// <summary>Null when no day stands out, or when there are too few days to know what is usual.</summary>
    /// <param name="series">By day and feature.</param>
    /// <param name="today">Not over yet, so never called usual or unusual when it is low.</param>
    public async Task<DearestDay?> FindAsync(SpendAnswer series, DateOnly today, CancellationToken cancel)
    {
        var days = series.Rows.Where(r => r.Time is not null).GroupBy(r => DateOnly.FromDateTime(r.Time!.Value)).Select(g => (Day: g.Key, Usd: g.Sum(r => r.CostUsd))).ToArray();
        if (days.Length == 0) return null;
        var (day, total) = days.MaxBy(d => d.Usd);
        var from = day.AddDays(-DaysBefore);
        var before = await report.ReadAsync(Ask(series, from, day, [SpendDimension.Feature], Granularity.Day, SpendView.Ledger, series.Query.Filter), cancel);
        var history = before.Rows.Where(r => r.Time is not null).ToLookup(r => DateOnly.FromDateTime(r.Time!.Value));
        if (Usual(history, day) is not { } usual || usual.Usd <= 0 || total < FromRatio * usual.Usd || total - usual.Usd < FromExcessUsd) return null;

        var feature = series.Rows.Where(r => r.Time is { } t && DateOnly.FromDateTime(t) == day).GroupBy(r => r.Keys[0])
            .Select(g => (Key: g.Key, Usd: g.Sum(r => r.CostUsd), Usual: Median(usual.Days.Select(d => history[d].Where(r => r.Keys[0] == g.Key).Sum(r => r.CostUsd)))))
            .MaxBy(f => f.Usd - f.Usual);
        var (release, share) = feature.Key == SpendQuery.Unattributed ? (null, 0) : await ReleaseAsync(series, feature.Key, day, feature.Usd - feature.Usual, cancel);
        var since = days.Where(d => d.Day > day && d.Day < today).ToArray();
        bool? isUsualSince = since.Length == 0 ? null : since.All(d => Usual(history, d.Day) is { } u && d.Usd < 1.5m * u.Usd);
        return new DearestDay(day, total, usual.Usd, usual.Is, feature.Key, feature.Usd, feature.Usual, release, share, isUsualSince);
    }

    private async Task<(string? Release, decimal ShareBefore)> ReleaseAsync(SpendAnswer series, string feature, DateOnly day, decimal excessUsd, CancellationToken cancel)
    {
        var filter = new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>>(series.Query.Filter.Values) { [SpendDimension.Feature] = [feature] });
        var answer = await report.ReadAsync(Ask(series, day.AddDays(-DaysBefore), day.AddDays(1), [SpendDimension.Release], Granularity.Day, SpendView.Estimated, filter), cancel);
        var rows = answer.Rows.Where(r => r.Calls > 0 && r.Time is not null).ToArray();
        var before = rows.Where(r => Day(r) < day).Sum(r => r.CostUsd);
        // Without any other release before, a new one says nothing.
        if (before <= 0) return (null, 0);
        var (name, usd, share) = rows.Where(r => r.Keys[0] != SpendQuery.Unattributed).GroupBy(r => r.Keys[0])
            .Select(g => (Name: g.Key, Usd: g.Where(r => Day(r) == day).Sum(r => r.CostUsd), Share: g.Where(r => Day(r) < day).Sum(r => r.CostUsd) / before)).MaxBy(r => r.Usd);
        return name is not null && share <= RareShare && usd >= ReleaseExplains * excessUsd ? (name, share) : (null, 0);
        static DateOnly Day(SpendRow row) => DateOnly.FromDateTime(row.Time!.Value);
    }

    private static (decimal Usd, string Is, DateOnly[] Days)? Usual(ILookup<DateOnly, SpendRow> history, DateOnly day)
    {
        static bool IsWeekend(DateOnly d) => d.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
        var days = history.Select(g => g.Key).ToArray();
        var same = days.Where(d => d.DayOfWeek == day.DayOfWeek).ToArray();
        if (same.Length >= FewestDays) return (Median(same.Select(Total)), day.DayOfWeek.ToString(), same);
        var kind = days.Where(d => IsWeekend(d) == IsWeekend(day)).ToArray();
        return kind.Length >= FewestDays ? (Median(kind.Select(Total)), IsWeekend(day) ? "weekend day" : "weekday", kind) : null;
        decimal Total(DateOnly d) => history[d].Sum(r => r.CostUsd);
    }

    private static decimal Median(IEnumerable<decimal> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static SpendQuery Ask(SpendAnswer series, DateOnly from, DateOnly to, IReadOnlyList<SpendDimension> by, Granularity step, SpendView view, SpendFilter filter) =>
        series.Query with { From = from.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), To = to.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), GroupBy = by, Granularity = step, View = view, Filter = filter };
}
