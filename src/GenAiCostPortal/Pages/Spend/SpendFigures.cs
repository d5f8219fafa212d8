using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Pages.Spend;

/// <summary>What the Spend page shows, read in one go.</summary>
/// <param name="BilledTo">End (exclusive) of the completely billed days inside the period; its start when there is none.</param>
/// <param name="Compared">The same number of billed days before; null without a comparison.</param>
/// <param name="Series">Steps × groups, billed and estimated.</param>
/// <param name="Now">Billed, up to <paramref name="BilledTo"/>.</param>
/// <param name="Recorded">Every recorded call at its estimated price: what requests cost inside traces.</param>
/// <param name="Methods">Billed by method.</param>
/// <param name="Releases">Releases that began in the period.</param>
/// <param name="ByFeature">Teams × features of the whole period, and <paramref name="ByModel"/> features × models: where the money goes.</param>
public sealed record SpendPicture(
    PortalUrl Url, Period Period, IReadOnlyList<SpendDimension> GroupBy, DateOnly BilledTo, Period? Compared, SpendAnswer Series, SpendAnswer? Now,
    SpendAnswer? Before, SpendAnswer Recorded, SpendAnswer Methods, IReadOnlyList<ReconciliationDay> Proof, IReadOnlyList<ReleaseStart> Releases,
    SpendAnswer ByFeature, SpendAnswer ByModel)
{
    /// <summary>Last completely billed day; null when there is none in the period.</summary>
    public DateOnly? BilledThrough => BilledTo > Period.From ? BilledTo.AddDays(-1) : null;

    /// <summary>Requests are booked to the owners of their root, so they say nothing by model, component or account.</summary>
    public bool HasRequests => GroupBy.All(d => d is SpendDimension.Team or SpendDimension.Application or SpendDimension.Feature or SpendDimension.Environment or SpendDimension.Release or SpendDimension.Workflow);

    /// <summary>The whole period is estimated: the table shows the estimate, not a column of zeros.</summary>
    public bool IsUnbilled => Series.BilledUsd == 0 && Series.EstimatedUsd != 0;

    public bool IsEmpty => Series.TotalUsd == 0 && Series.OffBillUsd == 0 && Series.Rows.All(r => r.CostUsd == 0 && r.Calls == 0);

    /// <summary>The days that are wholly billed: <c>1–19 Nov</c>.</summary>
    public string BilledDays => DayText.Days(Period.From, BilledTo);

    /// <summary>What the billed column holds: the wholly billed days, and what has arrived of later ones.</summary>
    public string BilledSpan => BilledTo <= Period.From ? "so far" : Series.BilledUsd == (Now?.TotalUsd ?? 0) ? BilledDays : $"{BilledDays} and part of {DayText.Day(BilledTo)}";
}

/// <summary>Asks the spend report what the Spend page needs; billed is compared with billed over the same days.</summary>
public sealed class SpendFigures(SpendReport report, Ledger.Costs.Reconciliation reconciliation, ReleaseStarts releases)
{
    /// <summary>Reads for an address, as seen from a day.</summary>
    public async Task<SpendPicture> ReadAsync(PortalUrl url, DateOnly today, CancellationToken cancel)
    {
        var period = url.Period(today);
        var groupBy = url.GroupBy(SpendDimension.Team, SpendDimension.Feature);
        var filter = url.Filter;
        SpendQuery Ask(Period p, DateOnly to, IReadOnlyList<SpendDimension> by, Granularity step, SpendView view) =>
            new(p.FromUtc, to.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), by, step, view, filter);

        var series = await report.ReadAsync(Ask(period, period.To, groupBy, url.Granularity(period), SpendView.Ledger), cancel);
        var billedTo = BilledEnd(period, series.BilledThrough);
        var compared = period.Compared(url.Compare(today), billedTo);
        var now = billedTo > period.From ? await report.ReadAsync(Ask(period, billedTo, groupBy, Granularity.None, SpendView.Billed), cancel) : null;
        var before = now is null || compared is null ? null : await report.ReadAsync(Ask(compared, compared.To, groupBy, Granularity.None, SpendView.Billed), cancel);
        var recorded = await report.ReadAsync(Ask(period, period.To, groupBy, Granularity.None, SpendView.Estimated), cancel);
        var methods = await report.ReadAsync(Ask(period, period.To, [SpendDimension.Method], Granularity.None, SpendView.Billed), cancel);
        var proof = await reconciliation.ReadAsync(period.From, period.To, cancel);
        return new SpendPicture(url, period, groupBy, billedTo, before is { Rows.Count: > 0 } ? compared : null, series, now, before is { Rows.Count: > 0 } ? before : null, recorded, methods, proof,
            await releases.ReadAsync(period.FromUtc, period.ToUtc, filter, cancel),
            await PairAsync(SpendDimension.Team, SpendDimension.Feature), await PairAsync(SpendDimension.Feature, SpendDimension.Model));

        // What the chart has asked for already is not asked for again.
        async Task<SpendAnswer> PairAsync(SpendDimension first, SpendDimension second) => groupBy.SequenceEqual([first, second]) ? series
            : await report.ReadAsync(Ask(period, period.To, [first, second], Granularity.None, SpendView.Ledger), cancel);
    }

    /// <summary>End (exclusive) of the completely billed days of a period; its start when there are none.</summary>
    public static DateOnly BilledEnd(Period period, DateOnly? billedThrough)
    {
        if (billedThrough is not { } through || through < period.From) return period.From;
        var end = through.AddDays(1);
        return end < period.To ? end : period.To;
    }
}
