using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The billed part of an answer: ledger entries, grouped by the database; hours of a day by the usage behind each entry.</summary>
internal sealed class BilledSpend(LedgerDb db, SpendSums sums, SpendPeriod period)
{
    public async Task AddAsync(DayHours hours, CancellationToken cancel)
    {
        var (whole, byHour) = period.Parts();
        foreach (var (first, last) in whole) await AddDaysAsync(first, last, cancel);
        if (byHour.Count == 0) return;
        var (from, to) = (byHour[0], byHour[^1]);
        var wanted = byHour.ToHashSet();
        foreach (var entry in await db.LedgerEntries.AsNoTracking().Where(e => e.Day >= from && e.Day <= to).ToListAsync(cancel))
            if (wanted.Contains(entry.Day)) await hours.AddAsync(db, sums, period, entry, cancel);
    }

    private async Task AddDaysAsync(DateOnly first, DateOnly last, CancellationToken cancel)
    {
        var columns = SpendColumns.OfLedger(sums.Needed);
        var group = string.Join(", ", Enumerable.Range(1, columns.Count + 5));
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT {columns.Sql}"Day", "Method", "Reason", "Basis", CASE WHEN "Category" = 0 THEN 1 ELSE 0 END, SUM("AmountNanoUsd")
            FROM ledger_entry WHERE "Day" >= {first.DayNumber} AND "Day" <= {last.DayNumber} GROUP BY {group}
            """), row =>
        {
            var key = default(SpendKey);
            columns.Read(row, 0, ref key);
            var at = columns.Count;
            sums.AddMoney(UtcTime.Start(DateOnly.FromDayNumber(row.GetInt32(at))), key, (Basis)row.GetByte(at + 3), row.GetInt64(at + 5),
                (AllocationMethod)row.GetByte(at + 1), (UnattributedReason)row.GetByte(at + 2), row.GetInt32(at + 4) == 1);
        }, cancel);
    }

    /// <summary>All that an entry knows, as a key.</summary>
    public static SpendKey KeyOf(LedgerEntry entry)
    {
        var key = default(SpendKey);
        key[SpendDimension.Team] = entry.TeamId;
        key[SpendDimension.Application] = entry.ApplicationId;
        key[SpendDimension.Feature] = entry.FeatureId;
        key[SpendDimension.Environment] = entry.EnvironmentId;
        key[SpendDimension.Account] = entry.AccountId;
        key[SpendDimension.Region] = entry.RegionId;
        key[SpendDimension.Model] = entry.ModelId;
        key[SpendDimension.Provider] = entry.ProviderId;
        key[SpendDimension.Component] = (int)entry.Component + 1;
        key[SpendDimension.Release] = entry.ReleaseId;
        key[SpendDimension.TokenKind] = entry.Kind is { } kind ? (int)kind + 1 : 0;
        key[SpendDimension.Tier] = (int)entry.Tier + 1;
        key[SpendDimension.Method] = (int)entry.Method + 1;
        key[SpendDimension.Service] = entry.BilledServiceId;
        return key;
    }
}
