using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Proves that the ledger is the bill.</summary>
public sealed class Reconciliation(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, OpenDays openDays)
{
    private sealed class Day
    {
        public long Billed, Ledger, BilledTokens;
        public long? Frozen, Current;
        public bool HasBill, IsOpen;
        public readonly SortedDictionary<AllocationMethod, long> ByMethod = [];
        public readonly SortedDictionary<UnattributedReason, long> ByReason = [];
        public bool IsClosed => HasBill && !IsOpen;
    }

    /// <summary>One row per day with a bill or an estimate; <paramref name="to"/> exclusive.</summary>
    public async Task<IReadOnlyList<ReconciliationDay>> ReadAsync(DateOnly from, DateOnly to, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var days = new SortedDictionary<DateOnly, Day>();
        var range = string.Create(CultureInfo.InvariantCulture, $"WHERE \"Day\" >= {from.DayNumber} AND \"Day\" < {to.DayNumber}");

        await StoredRows.ReadAsync(db, $"SELECT \"Day\", MAX(CASE WHEN \"ClosedAt\" IS NULL THEN 1 ELSE 0 END) FROM billed_day {range} GROUP BY 1",
            row => (Of(days, row.GetInt32(0)).HasBill, Of(days, row.GetInt32(0)).IsOpen) = (true, row.GetInt32(1) == 1), cancel);
        await StoredRows.ReadAsync(db, $"SELECT \"Day\", SUM(\"AmountNanoUsd\") FROM billed_line {range} GROUP BY 1",
            row => Of(days, row.GetInt32(0)).Billed = row.GetInt64(1), cancel);
        await StoredRows.ReadAsync(db, $"SELECT \"Day\", SUM(\"EstimatedNanoUsd\") FROM frozen_estimate {range} GROUP BY 1",
            row => Of(days, row.GetInt32(0)).Frozen = row.GetInt64(1), cancel);
        await StoredRows.ReadAsync(db, $"""
            SELECT "Day", "Method", "Reason", SUM("AmountNanoUsd"), SUM(CASE WHEN "Kind" IS NOT NULL AND "Category" = 0 THEN "AmountNanoUsd" ELSE 0 END)
            FROM ledger_entry {range} GROUP BY 1, 2, 3
            """, row =>
        {
            var day = Of(days, row.GetInt32(0));
            var (method, reason, amount) = ((AllocationMethod)row.GetByte(1), (UnattributedReason)row.GetByte(2), row.GetInt64(3));
            day.Ledger += amount;
            day.BilledTokens += row.GetInt64(4);
            day.ByMethod[method] = day.ByMethod.GetValueOrDefault(method) + amount;
            if (method == AllocationMethod.Unattributed) day.ByReason[reason] = day.ByReason.GetValueOrDefault(reason) + amount;
        }, cancel);
        await AddCurrentAsync(db, days, from, to, cancel);
        var marks = await ReconciliationMarks.ReadAsync(db, range, from, to, cancel);
        return [.. days.Select(d => marks.Put(Shown(d.Key, d.Value)))];
    }

    /// <summary>What recorded calls and metered usage come to on days that are not closed.</summary>
    private async Task AddCurrentAsync(LedgerDb db, SortedDictionary<DateOnly, Day> days, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var period = new SpendPeriod(new SpendQuery(UtcTime.Start(from), UtcTime.Start(to), [], Granularity.None, SpendView.Ledger, SpendFilter.None));
        var states = await DayStates.ReadAsync(db, period, cancel);
        foreach (var date in states.Weighed.Order())
        {
            var current = await openDays.EstimateWithoutBillAsync(db, date, cancel);
            if (current.Count > 0) Of(days, date.DayNumber).Current = current.Sum(e => e.AmountNanoUsd);
        }
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT r."SlotUnixSeconds", SUM(r."EstimatedCostNanoUsd") FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 2 AND r."SlotUnixSeconds" >= {UtcTime.ToUnixSeconds(from)} AND r."SlotUnixSeconds" < {UtcTime.ToUnixSeconds(to)}
                AND NOT s."IsOffBill" AND r."Calls" > 0 GROUP BY 1
            """), row =>
        {
            var date = UtcTime.DayOfUnixMs(row.GetInt64(0) * 1000);
            if (!states.Weighed.Contains(date) && !(days.TryGetValue(date, out var known) && known.IsClosed)) Of(days, date.DayNumber).Current = row.GetInt64(1);
        }, cancel);
    }

    private static Day Of(SortedDictionary<DateOnly, Day> days, int number)
    {
        var date = DateOnly.FromDayNumber(number);
        if (!days.TryGetValue(date, out var day)) days[date] = day = new Day();
        return day;
    }

    private static ReconciliationDay Shown(DateOnly date, Day day)
    {
        var unattributed = day.ByMethod.GetValueOrDefault(AllocationMethod.Unattributed);
        var estimate = day.IsClosed ? day.Frozen : day.Current ?? day.Frozen;
        decimal? error = day.IsClosed && day.Frozen is { } frozen && day.BilledTokens != 0 ? ((decimal)frozen - day.BilledTokens) / day.BilledTokens : null;
        return new ReconciliationDay(date, Money.ToUsd(day.Billed), Money.ToUsd(day.Ledger), Money.ToUsd(day.Ledger - unattributed), Money.ToUsd(unattributed),
            estimate is { } nano ? Money.ToUsd(nano) : null, error, day.ByMethod.ToDictionary(m => m.Key, m => Money.ToUsd(m.Value)),
            day.ByReason.ToDictionary(m => m.Key, m => Money.ToUsd(m.Value)), day.IsClosed)
        {
            ClosedSentence = day.IsClosed ? ClosedDayText.Of(date, Money.ToUsd(day.Billed), Money.ToUsd(day.BilledTokens), day.Frozen is { } f ? Money.ToUsd(f) : null) : "",
        };
    }
}
