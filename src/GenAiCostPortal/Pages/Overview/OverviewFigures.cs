using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Pages.Spend;

namespace GenAiCostPortal.Pages.Overview;

/// <summary>Tokens of a whole hour.</summary>
public sealed record HourOfTokens(DateTime Start, TokenCounts Tokens);

/// <summary>What the Overview shows, read in one go.</summary>
/// <param name="Series">By day and feature.</param>
/// <param name="Moved">Billed against billed over the same days; null without a comparison.</param>
/// <param name="Causes">Why each of them moved, by feature.</param>
/// <param name="Recorded">Recorded calls of the period at their estimated price.</param>
/// <param name="Hour">The last whole hour, and the same hour a week ago.</param>
/// <param name="Releases">Releases that began in the period.</param>
/// <param name="IsStoreEmpty">Nothing was ever billed or recorded: the visitor is new here.</param>
public sealed record OverviewPicture(
    PortalUrl Url, Period Period, DateOnly BilledTo, Period? Compared, SpendAnswer Series, SpendComparisonAnswer? Moved,
    IReadOnlyDictionary<string, string> Causes, SpendAnswer Recorded,
    HourOfTokens Hour, HourOfTokens HourBefore, DearestDay? Dearest, IReadOnlyList<FeedState> Feeds, IReadOnlyList<ReconciliationDay> Proof, bool IsStoreEmpty, IReadOnlyList<ReleaseStart> Releases)
{
    public DateOnly? BilledThrough => BilledTo > Period.From ? BilledTo.AddDays(-1) : null;
    public string BilledDays => DayText.Days(Period.From, BilledTo);
    public string BilledSpan => BilledTo <= Period.From ? "so far" : Series.Rows.Any(r => r.BilledUsd != 0 && r.Time >= BilledTo.ToDateTime(TimeOnly.MinValue)) ? $"{BilledDays} and part of {DayText.Day(BilledTo)}" : BilledDays;
    public bool IsEmpty => Series.Rows.All(r => r.CostUsd == 0 && r.Calls == 0);
}

/// <summary>Asks the reports what the Overview needs.</summary>
public sealed class OverviewFigures(SpendReport report, SpendComparison comparison, DearestDayFinder dearest, FeedReport feeds, Ledger.Costs.Reconciliation reconciliation, ReleaseStarts releases, ChangeCauses causes)
{
    private static readonly DateTime Ever = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Reads for an address, as seen at a moment.</summary>
    public async Task<OverviewPicture> ReadAsync(PortalUrl url, DateTime now, CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(now);
        var period = url.Period(today);
        var byFeature = new SpendQuery(period.FromUtc, period.ToUtc, [SpendDimension.Feature], Granularity.Day, SpendView.Ledger, url.Filter);
        var series = await report.ReadAsync(byFeature, cancel);
        var billedTo = SpendFigures.BilledEnd(period, series.BilledThrough);
        var compared = period.Compared(url.Compare(today), billedTo);
        SpendQuery Billed(DateTime from, DateOnly to) => byFeature with { From = from, To = to.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), View = SpendView.Billed };
        var moved = compared is null ? null : await comparison.CompareAsync(Billed(period.FromUtc, billedTo), Billed(compared.FromUtc, compared.To), cancel);
        var why = new ChangeQuery(period.FromUtc, billedTo.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), compared?.FromUtc, compared?.ToUtc, url.Filter);
        var explained = moved is null ? new Dictionary<string, string>() : await causes.ReadAsync(moved.Moved.Select(m => m.Key), why, cancel);
        var recorded = await report.ReadAsync(byFeature with { Granularity = Granularity.None, View = SpendView.Estimated }, cancel);
        var hour = now.Date.AddHours(now.Hour - 1);
        var isEmpty = series.Rows.Count == 0 && series.BilledThrough is null && (await report.ReadAsync(byFeature with { From = Ever, To = now.Date.AddDays(1), Granularity = Granularity.None, View = SpendView.Estimated, Filter = SpendFilter.None }, cancel)).Rows.Count == 0;
        return new OverviewPicture(url, period, billedTo, compared, series, moved, explained, recorded,
            await TokensAsync(byFeature, hour, cancel), await TokensAsync(byFeature, hour.AddDays(-7), cancel),
            await dearest.FindAsync(series, today, cancel), await feeds.ReadAsync(cancel), await reconciliation.ReadAsync(period.From, period.To, cancel), isEmpty,
            await releases.ReadAsync(period.FromUtc, period.ToUtc, url.Filter, cancel));
    }

    private async Task<HourOfTokens> TokensAsync(SpendQuery query, DateTime hour, CancellationToken cancel)
    {
        var answer = await report.ReadAsync(query with { From = hour, To = hour.AddHours(1), GroupBy = [], Granularity = Granularity.None, View = SpendView.Estimated }, cancel);
        return new HourOfTokens(hour, answer.Rows.Aggregate(default(TokenCounts), (sum, row) => sum + row.Tokens));
    }
}
