using System.Globalization;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What was estimated before a closed day's first bill, beside what was billed for tokens; one model, or all of them.</summary>
/// <param name="EstimatedNanoUsd">Null when nothing was estimated.</param>
internal readonly record struct ClosedModel(DateOnly Day, int ModelId, long? EstimatedNanoUsd, long BilledNanoUsd);

/// <summary>Closed days, from what is kept for ever: frozen estimates and the ledger.</summary>
internal static class ClosedDays
{
    /// <summary>Days on which every billed account is closed; <paramref name="to"/> exclusive.</summary>
    public static async Task<HashSet<DateOnly>> DaysAsync(LedgerDb db, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var days = new HashSet<DateOnly>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT "Day" FROM billed_day WHERE "Day" >= {from.DayNumber} AND "Day" < {to.DayNumber}
            GROUP BY 1 HAVING MAX(CASE WHEN "ClosedAt" IS NULL THEN 1 ELSE 0 END) = 0
            """), row => days.Add(DateOnly.FromDayNumber(row.GetInt32(0))), cancel);
        return days;
    }

    /// <summary>Frozen estimates and billed tokens of those days, by day and model; <paramref name="to"/> exclusive.</summary>
    public static async Task<IReadOnlyList<ClosedModel>> ReadAsync(LedgerDb db, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var closed = (await DaysAsync(db, from, to, cancel)).Select(d => d.DayNumber).ToHashSet();
        var cells = new SortedDictionary<(int Day, int Model), (long? Estimated, long Billed)>();
        var range = string.Create(CultureInfo.InvariantCulture, $"WHERE \"Day\" >= {from.DayNumber} AND \"Day\" < {to.DayNumber}");
        await StoredRows.ReadAsync(db, $"SELECT \"Day\", \"ModelId\", SUM(\"EstimatedNanoUsd\") FROM frozen_estimate {range} GROUP BY 1, 2", row =>
        {
            if (closed.Contains(row.GetInt32(0))) cells[(row.GetInt32(0), row.GetInt32(1))] = (row.GetInt64(2), 0);
        }, cancel);
        await StoredRows.ReadAsync(db, $"""
            SELECT "Day", "ModelId", SUM("AmountNanoUsd") FROM ledger_entry {range} AND "Kind" IS NOT NULL AND "Category" = 0 GROUP BY 1, 2
            """, row =>
        {
            var key = (row.GetInt32(0), row.GetInt32(1));
            if (closed.Contains(key.Item1)) cells[key] = (cells.TryGetValue(key, out var known) ? known.Estimated : null, row.GetInt64(2));
        }, cancel);
        return [.. cells.Select(c => new ClosedModel(DateOnly.FromDayNumber(c.Key.Day), c.Key.Model, c.Value.Estimated, c.Value.Billed))];
    }
}
