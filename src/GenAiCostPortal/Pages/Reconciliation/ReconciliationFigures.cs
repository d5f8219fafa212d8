using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Sources.CostExplorer;

namespace GenAiCostPortal.Pages.Reconciliation;

/// <summary>What the Reconciliation page shows, read in one go.</summary>
/// <param name="Series">Steps of a day × method, billed and estimated, of the whole bill.</param>
/// <param name="Matching">The same for the filters of the address; null without filters.</param>
/// <param name="Question">The Cost Explorer question behind the billed total.</param>
public sealed record ReconciliationPicture(
    PortalUrl Url, Period Period, IReadOnlyList<ReconciliationDay> Days, SpendAnswer Series, SpendAnswer? Matching, Unexplained More, AccuracyAnswer Accuracy, CostExplorerQuestion Question, string Metric)
{
    public IReadOnlyList<ReconciliationDay> Billed { get; } = [.. Days.Where(d => d.Accounts > 0)];
    public bool IsEmpty => Days.Count == 0 && Series.TotalUsd == 0;
    public decimal BilledUsd => Days.Sum(d => d.BilledUsd);
    /// <summary>Billed and not yet billed in the cents that Spend shows: they make the displayed total.</summary>
    public IReadOnlyList<decimal> ShownUsd { get; } = Series.BilledUsd == Days.Sum(d => d.BilledUsd)
        ? DisplayedUsd.Parts(Series.TotalUsd, [Series.BilledUsd, Series.EstimatedUsd]) : [Days.Sum(d => d.BilledUsd), Series.EstimatedUsd];

    public decimal LedgerUsd => Days.Sum(d => d.LedgerUsd);
    public decimal MeasuredUsd => Days.Sum(d => d.MeasuredUsd);
    public decimal DeclaredUsd => Days.Sum(d => d.DeclaredUsd);
    public decimal UnattributedUsd => Days.Sum(d => d.UnattributedUsd);
    public decimal OutsideScopeUsd => Days.Sum(d => d.OutsideScopeUsd);
    public decimal OffBillUsd => Days.Sum(d => d.OffBillUsd);

    /// <summary>Methods that gave any dollar an owner, measured ones first; Unattributed last.</summary>
    public IReadOnlyList<AllocationMethod> Methods { get; } =
        [.. Days.SelectMany(d => d.ByMethod).Where(m => m.Value != 0).Select(m => m.Key).Distinct().OrderBy(m => m.Order())];
}

/// <summary>What the page of one day shows.</summary>
/// <param name="Cell">The opened cell; null when none is, or when it is gone.</param>
/// <param name="Calls">Recorded calls behind the opened cell.</param>
public sealed record DayPicture(
    PortalUrl Url, DateOnly Date, ReconciliationDay? Day, DayTrail Trail, TrailCell? Cell, IReadOnlyList<PoolCalls> Calls, CostExplorerQuestion Question, CostExplorerQuestion? CellQuestion, string Metric)
{
    public bool IsEmpty => Day is null;
}

/// <summary>Asks the reports what the reconciliation pages need.</summary>
public sealed class ReconciliationFigures(SpendReport spend, Ledger.Costs.Reconciliation reconciliation, UnexplainedReport unexplained,
    AccuracyReport accuracy, BillTrailReport trail, CostExplorerQuestions questions)
{
    public const string DateWord = "date", CellWord = "cell";

    /// <summary>Reads for an address, as seen from a day. The bill is always the whole bill; filters say how much of it is theirs.</summary>
    public async Task<ReconciliationPicture> ReadAsync(PortalUrl url, DateOnly today, CancellationToken cancel)
    {
        var period = url.Period(today);
        var all = new SpendQuery(period.FromUtc, period.ToUtc, [SpendDimension.Method], Granularity.Day, SpendView.Ledger, SpendFilter.None);
        var series = await spend.ReadAsync(all, cancel);
        var filter = url.Filter;
        var matching = filter.Values.Count == 0 ? null : await spend.ReadAsync(all with { Filter = filter }, cancel);
        var days = await reconciliation.ReadAsync(period.From, period.To, cancel);
        var more = await unexplained.ReadAsync(period.From, period.To, cancel);
        var question = questions.OfPeriod(period.From, period.To, await trail.ScopesAsync(period.From, period.To, cancel));
        return new ReconciliationPicture(url, period, days, series, matching, more, await accuracy.ReadAsync(period.From, period.To, cancel), question, questions.Metric);
    }

    /// <summary>Reads the day of the address; yesterday when it names none.</summary>
    public async Task<DayPicture> ReadDayAsync(PortalUrl url, DateOnly today, CancellationToken cancel)
    {
        var date = DateOf(url, today);
        var day = (await reconciliation.ReadAsync(date, date.AddDays(1), cancel)).FirstOrDefault();
        var bill = await trail.ReadAsync(date, url.Filter, cancel);
        var cell = bill.Cells.FirstOrDefault(c => c.Key == url[CellWord]);
        var scopes = await trail.ScopesAsync(date, date.AddDays(1), cancel);
        var question = questions.OfPeriod(date, date.AddDays(1), scopes);
        return new DayPicture(url, date, day, bill, cell, cell is null ? [] : await trail.CallsAsync(date, cell, cancel), question,
            cell is null ? null : questions.OfCell(date, cell, scopes), questions.Metric);
    }

    public static DateOnly DateOf(PortalUrl url, DateOnly today) =>
        DateOnly.TryParseExact(url[DateWord], "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var date) ? date : today.AddDays(-1);

    /// <summary>The address of a day's page; period and filters stay for the way back.</summary>
    public static PortalUrl DayHref(PortalUrl url, DateOnly date) =>
        url.To("/reconciliation/day").With(DateWord, date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
}
