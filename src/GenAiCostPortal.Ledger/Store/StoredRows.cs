using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Rows by plain SQL, for sums that would drag whole entities through EF. Text holds only numbers made by us, never input.</summary>
internal static class StoredRows
{
    public static async Task ReadAsync(LedgerDb db, string sql, Action<DbDataReader> row, CancellationToken cancel = default)
    {
        await db.Database.OpenConnectionAsync(cancel);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) row(reader);
    }

    public static async Task<long?> NumberAsync(LedgerDb db, string sql, CancellationToken cancel = default)
    {
        long? number = null;
        await ReadAsync(db, sql, r => number = r.IsDBNull(0) ? null : r.GetInt64(0), cancel);
        return number;
    }
}
