using System.Globalization;
using GenAiCostPortal.Charts;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Pages.Reconciliation;

/// <summary>The bill of each day by the method that found its owners; estimated days hatched.</summary>
internal static class MethodColumns
{
    public static SpendColumns Of(ReconciliationPicture picture)
    {
        var cells = picture.Series.Rows.Where(r => r.Time is not null)
            .GroupBy(r => (Day: DateOnly.FromDateTime(r.Time!.Value), Method: MethodOf(r.Keys[0])))
            .ToDictionary(g => g.Key, g => (Billed: g.Sum(r => r.BilledUsd), Estimated: g.Sum(r => r.EstimatedUsd)));
        var methods = cells.Keys.Select(k => k.Method).Distinct().OrderBy(m => m.Order()).ToArray();
        var columns = new List<SpendColumn>();
        for (var day = picture.Period.From; day < picture.Period.To; day = day.AddDays(1))
        {
            var date = day;
            columns.Add(new SpendColumn(
                date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), DayText.WeekDay(date), date.Day == 1 && picture.Period.Days > 31 ? date.ToString("MMM", CultureInfo.InvariantCulture) : date.Day.ToString(CultureInfo.InvariantCulture),
                date.ToString("ddd", CultureInfo.InvariantCulture)[..1], date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday,
                picture.Period.Days > 45 ? date.Day is 1 or 15 : (date.DayNumber - picture.Period.From.DayNumber) % 5 == 0, ReconciliationFigures.DayHref(picture.Url, date).ToString(),
                [.. methods.Select(m =>
                {
                    var (billed, estimated) = cells.GetValueOrDefault((date, m));
                    return new ColumnPart(m.ToString(), DimensionText.Method(m), MethodColour.Of(m), "url(#h-rest)", billed, estimated, null);
                })]));
        }
        var from = picture.Days.FirstOrDefault(d => d.Accounts == 0)?.Day;
        return new SpendColumns(columns, from is { } open && open > picture.Period.From ? open.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) : null, null,
            $"The bill by method, {DayText.Days(picture.Period.From, picture.Period.To)}: {UsdText.Exact(picture.BilledUsd)} billed, {UsdText.Exact(picture.UnattributedUsd)} of it unattributed.");
    }

    private static AllocationMethod MethodOf(string key) => Enum.TryParse<AllocationMethod>(key, ignoreCase: true, out var method) ? method : AllocationMethod.Unattributed;
}
