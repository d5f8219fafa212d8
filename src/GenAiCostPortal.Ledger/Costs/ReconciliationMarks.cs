using System.Globalization;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What stands beside bill and ledger of a day: when it was read, how often restated, what lies outside.</summary>
internal sealed class ReconciliationMarks
{
    private sealed record Read(int Accounts, int Open, DateTime First, DateTime Last, int Restatements, bool IsPreliminary, int Waiting);

    private readonly Dictionary<int, Read> _reads = [];
    private readonly Dictionary<int, long> _outside = [];
    private readonly Dictionary<int, long> _offBill = [];
    private readonly Dictionary<int, int> _adjustments = [];

    /// <param name="range">SQL condition on the day, made by us.</param>
    public static async Task<ReconciliationMarks> ReadAsync(LedgerDb db, string range, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var marks = new ReconciliationMarks();
        await StoredRows.ReadAsync(db, $"""
            SELECT "Day", COUNT(*), SUM(CASE WHEN "ClosedAt" IS NULL THEN 1 ELSE 0 END), MIN("FirstReadAt"), MAX("LastReadAt"), SUM("Restatements"),
                MAX(CASE WHEN "IsPreliminary" THEN 1 ELSE 0 END),
                SUM(CASE WHEN "NeedsBuild" THEN 1 ELSE 0 END)
            FROM billed_day {range} GROUP BY 1
            """, row => marks._reads[row.GetInt32(0)] = new Read(row.GetInt32(1), row.GetInt32(2), UtcTime.FromUnixMs(row.GetInt64(3)),
                UtcTime.FromUnixMs(row.GetInt64(4)), row.GetInt32(5), row.GetInt32(6) == 1, row.GetInt32(7)), cancel);
        await StoredRows.ReadAsync(db, $"SELECT \"Day\", SUM(\"AmountNanoUsd\") FROM outside_scope_cost {range} GROUP BY 1",
            row => marks._outside[row.GetInt32(0)] = row.GetInt64(1), cancel);
        await StoredRows.ReadAsync(db, $"SELECT \"Day\", COUNT(*) FROM ledger_adjustment {range} GROUP BY 1",
            row => marks._adjustments[row.GetInt32(0)] = row.GetInt32(1), cancel);
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT r."SlotUnixSeconds", SUM(r."EstimatedCostNanoUsd") FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 2 AND r."SlotUnixSeconds" >= {UtcTime.ToUnixSeconds(from)} AND r."SlotUnixSeconds" < {UtcTime.ToUnixSeconds(to)} AND s."IsOffBill" GROUP BY 1
            """), row => marks._offBill[UtcTime.DayOfUnixMs(row.GetInt64(0) * 1000).DayNumber] = row.GetInt64(1), cancel);
        return marks;
    }

    public ReconciliationDay Put(ReconciliationDay day)
    {
        var number = day.Day.DayNumber;
        var shown = day with
        {
            OutsideScopeUsd = Money.ToUsd(_outside.GetValueOrDefault(number)), OffBillUsd = Money.ToUsd(_offBill.GetValueOrDefault(number)),
            Adjustments = _adjustments.GetValueOrDefault(number),
        };
        return !_reads.TryGetValue(number, out var read) ? shown : shown with
        {
            Basis = read.IsPreliminary ? Basis.BilledPreliminary : Basis.Billed, FirstReadAt = read.First, ReadAt = read.Last,
            Restatements = read.Restatements, Accounts = read.Accounts, OpenAccounts = read.Open, WaitingAccounts = read.Waiting,
        };
    }
}
