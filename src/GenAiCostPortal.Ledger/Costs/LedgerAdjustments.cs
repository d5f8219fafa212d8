using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>By how much an owner's part of a closed day moved. USD.</summary>
/// <param name="At">When the day was built again, UTC.</param>
/// <param name="Feature">Empty = unattributed.</param>
public sealed record AdjustmentRow(DateTime At, DateOnly Day, string Account, string Feature, string Team, AdjustmentCause Cause, decimal BeforeUsd, decimal AfterUsd);

/// <summary>Adjustments of days that had been closed: written when they are built to another result, read by reports.</summary>
public sealed class LedgerAdjustments(IDbContextFactory<LedgerDb> stores, Dimensions dimensions)
{
    private static readonly string[] Columns = ["At", "Day", "AccountId", "FeatureId", "TeamId", "Cause", "BeforeNanoUsd", "AfterNanoUsd"];

    /// <summary>Adjustments of days between two, the newest first; <paramref name="to"/> exclusive.</summary>
    public async Task<IReadOnlyList<AdjustmentRow>> ReadAsync(DateOnly from, DateOnly to, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var rows = await db.LedgerAdjustments.AsNoTracking().Where(a => a.Day >= from && a.Day < to).OrderByDescending(a => a.At).ThenByDescending(a => a.Id).ToListAsync(cancel);
        return [.. rows.Select(a => new AdjustmentRow(a.At, a.Day, dimensions.Name(a.AccountId), dimensions.Name(a.FeatureId), dimensions.Name(a.TeamId), a.Cause,
            Money.ToUsd(a.BeforeNanoUsd), Money.ToUsd(a.AfterNanoUsd)))];
    }

    /// <summary>Adds, in the running transaction, one row per feature and team whose part of the stored entries differs from the new ones.</summary>
    internal static async Task AddAsync(
        LedgerDb db, DateOnly day, int account, IReadOnlyList<LedgerEntry> entries, AdjustmentCause cause, DateTime at, CancellationToken cancel)
    {
        var moved = new SortedDictionary<(int Feature, int Team), (long Before, long After)>();
        foreach (var entry in entries)
        {
            var key = (entry.FeatureId, entry.TeamId);
            moved[key] = (0, moved.GetValueOrDefault(key).After + entry.AmountNanoUsd);
        }
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT "FeatureId", "TeamId", SUM("AmountNanoUsd") FROM ledger_entry WHERE "Day" = {day.DayNumber} AND "AccountId" = {account} GROUP BY 1, 2
            """), row => moved[(row.GetInt32(0), row.GetInt32(1))] = (row.GetInt64(2), moved.GetValueOrDefault((row.GetInt32(0), row.GetInt32(1))).After), cancel);
        await StoredRows.InsertAsync(db, "ledger_adjustment", Columns, moved.Where(m => m.Value.Before != m.Value.After).Select(m => (object[])
            [UtcTime.ToUnixMs(at), day.DayNumber, account, m.Key.Feature, m.Key.Team, (int)cause, m.Value.Before, m.Value.After]), cancel: cancel);
    }
}
