using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Pages.Spend;

/// <summary>What the Spend page shows, read in one go.</summary>
/// <param name="BilledTo">End (exclusive) of the completely billed days inside the period; its start when there is none.</param>
/// <param name="Compared">The same number of billed days before; null without a comparison.</param>
/// <param name="Series">Steps × groups, billed and estimated.</param>
/// <param name="Now">Billed, up to <paramref name="BilledTo"/>.</param>
/// <param name="Recorded">Every recorded call at its estimated price: what requests cost inside traces.</param>
/// <param name="Methods">Billed by method.</param>
public sealed record SpendPicture(
    PortalUrl Url, Period Period, IReadOnlyList<SpendDimension> GroupBy, DateOnly BilledTo, Period? Compared, SpendAnswer Series, SpendAnswer? Now,
    SpendAnswer? Before, SpendAnswer Recorded, SpendAnswer Methods, IReadOnlyList<ReconciliationDay> Proof)
{
    /// <summary>Last completely billed day; null when there is none in the period.</summary>
    public DateOnly? BilledThrough => BilledTo > Period.From ? BilledTo.AddDays(-1) : null;

    public bool IsEmpty => Series.TotalUsd == 0 && Series.OffBillUsd == 0 && Series.Rows.All(r => r.CostUsd == 0 && r.Calls == 0);

    /// <summary>The days that are billed, for heads: <c>1–19 Nov</c>.</summary>
    public string BilledDays => DayText.Days(Period.From, BilledTo);
}

/// <summary>Asks the spend report what the Spend page needs; billed is compared with billed over the same days.</summary>
public sealed class SpendFigures(SpendReport report, Reconciliation reconciliation)
{
    private const int LatestDays = 4;

    /// <summary>Reads for an address, as seen from a day.</summary>
    public async Task<SpendPicture> ReadAsync(PortalUrl url, DateOnly today, CancellationToken cancel)
    {
        var period = url.Period(today);
        var groupBy = url.GroupBy(SpendDimension.Team, SpendDimension.Feature);
        var filter = url.Filter;
        SpendQuery Ask(Period p, DateOnly to, IReadOnlyList<SpendDimension> by, Granularity step, SpendView view) =>
            new(p.FromUtc, to.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), by, step, view, filter);

        var series = await report.ReadAsync(Ask(period, period.To, groupBy, url.Granularity(period), SpendView.Ledger), cancel);
        var billedTo = await BilledEndAsync(period, series.BilledThrough, cancel);
        var compared = period.Compared(url.Compare(today), billedTo);
        var now = billedTo > period.From ? await report.ReadAsync(Ask(period, billedTo, groupBy, Granularity.None, SpendView.Billed), cancel) : null;
        var before = now is null || compared is null ? null : await report.ReadAsync(Ask(compared, compared.To, groupBy, Granularity.None, SpendView.Billed), cancel);
        var recorded = await report.ReadAsync(Ask(period, period.To, groupBy, Granularity.None, SpendView.Estimated), cancel);
        var methods = await report.ReadAsync(Ask(period, period.To, [SpendDimension.Method], Granularity.None, SpendView.Billed), cancel);
        var proof = await reconciliation.ReadAsync(period.From, period.To, cancel);
        return new SpendPicture(url, period, groupBy, billedTo, before is null ? null : compared, series, now, before, recorded, methods, proof);
    }

    /// <summary>
    /// End (exclusive) of the completely billed days of a period; its start when there are none. A day whose bill has arrived in
    /// part (more than 1 % is still estimated) is not one of them.
    /// </summary>
    public async Task<DateOnly> BilledEndAsync(Period period, DateOnly? billedThrough, CancellationToken cancel)
    {
        if (billedThrough is not { } through || through < period.From) return period.From;
        if (through.AddDays(1) >= period.To) through = period.To.AddDays(-1);
        var first = Max(period.From, through.AddDays(-LatestDays + 1));
        var latest = Period.Custom(first, through.AddDays(1));
        var days = await report.ReadAsync(new SpendQuery(latest.FromUtc, latest.ToUtc, [], Granularity.Day, SpendView.Ledger, SpendFilter.None), cancel);
        var open = days.Rows.Where(r => r.EstimatedUsd > r.CostUsd * 0.01m).Select(r => DateOnly.FromDateTime(r.Time!.Value)).DefaultIfEmpty(latest.To).Min();
        return open;
    }

    private static DateOnly Max(DateOnly a, DateOnly b) => a > b ? a : b;
}
