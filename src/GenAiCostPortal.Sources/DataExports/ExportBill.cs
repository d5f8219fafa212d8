using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>Writes a billing period, day by day, so that only one day of it is ever held as lines.</summary>
internal sealed class ExportBill(BillWriter writer, TimeProvider time)
{
    /// <summary>AWS closes a month some days after its end; an export without invoice numbers is preliminary until then.</summary>
    private const int DaysToInvoice = 5;

    /// <summary>Replaces every day of the period that the export has whole; of the others it keeps only what the export says. Returns lines written.</summary>
    /// <param name="payer">Account whose connection reads the export: what is outside the scope is this export's to say.</param>
    /// <param name="writtenAt">When the export was written, UTC.</param>
    /// <returns>Lines written, and the first day that is not whole.</returns>
    public async Task<(int Lines, DateOnly WholeTo)> WriteAsync(
        string feed, ExportCells cells, DateOnly first, DateOnly end, string payer, DateTime writtenAt, IProgress<double> progress, CancellationToken cancel)
    {
        var readAt = time.GetUtcNow().UtcDateTime;
        var accounts = cells.Accounts.Keys.Append(payer).Where(a => a.Length > 0).Distinct().ToList();
        var names = cells.Accounts.Where(a => a.Key.Length > 0 && a.Value.Length > 0).ToDictionary();
        var isPreliminary = writtenAt < Ledger.Store.UtcTime.Start(end.AddDays(DaysToInvoice)) && !cells.SaysPreliminary;
        var (written, wholeTo) = (0, first);
        for (var day = first; day < end; day = day.AddDays(1))
        {
            var isWhole = ExportCoverage.IsWhole(day, cells.LastUsage, writtenAt);
            if (isWhole) wholeTo = day.AddDays(1);
            var (lines, outside) = cells.Of(day, isPreliminary);
            if (isWhole || lines.Count > 0)
                written += await writer.ReplaceAsync(new BilledDaysRead(feed, day, day.AddDays(1), readAt, lines, outside, names, accounts)
                {
                    IncompleteDays = isWhole ? new HashSet<DateOnly>() : new HashSet<DateOnly> { day },
                }, cancel);
            progress.Report((day.DayNumber - first.DayNumber + 1.0) / (end.DayNumber - first.DayNumber));
        }
        return (written, wholeTo);
    }
}
