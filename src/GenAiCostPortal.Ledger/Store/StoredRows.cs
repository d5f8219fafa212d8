using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

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

    /// <summary>Runs a text that gives no rows, in the running transaction of <paramref name="db"/> where there is one.</summary>
    public static async Task ExecuteAsync(LedgerDb db, string sql, CancellationToken cancel = default)
    {
        await db.Database.OpenConnectionAsync(cancel);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Inserts rows in the running transaction of <paramref name="db"/> with one prepared statement: a tenth of the time of tracked entities.</summary>
    /// <param name="conflict">What follows the values, such as <c>ON CONFLICT … DO UPDATE …</c>; or empty.</param>
    public static async Task InsertAsync(
        LedgerDb db, string table, IReadOnlyList<string> columns, IEnumerable<object[]> rows, string conflict = "", CancellationToken cancel = default)
    {
        if (db.Database.GetDbConnection() is SqliteConnection sqlite)
        {
            Insert(sqlite, table, columns, rows, conflict, cancel);
            return;
        }
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        command.CommandText = $"INSERT INTO {table} ({string.Join(", ", columns.Select(c => $"\"{c}\""))}) VALUES ({string.Join(", ", columns.Select(c => "@" + c))}) {conflict}";
        var parameters = columns.Select(c =>
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@" + c;
            command.Parameters.Add(parameter);
            return parameter;
        }).ToArray();
        foreach (var values in rows)
        {
            for (var i = 0; i < values.Length; i++) parameters[i].Value = values[i];
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    // A command looks up each parameter by its name for each row: a ledger of a million lines spends most of its time there.
    private static void Insert(SqliteConnection sqlite, string table, IReadOnlyList<string> columns, IEnumerable<object[]> rows, string conflict, CancellationToken cancel)
    {
        using var insert = new SqliteStatement(sqlite,
            $"INSERT INTO {table} ({string.Join(", ", columns.Select(c => $"\"{c}\""))}) VALUES ({string.Join(", ", columns.Select(_ => "?"))}) {conflict}");
        object[]? last = null;
        foreach (var values in rows)
        {
            cancel.ThrowIfCancellationRequested();
            // Rows of a day have half of their values in common with the row before.
            for (var i = 0; i < values.Length; i++)
                if (last is not null && values[i].Equals(last[i])) insert.Keep();
                else Bind(insert, values[i]);
            insert.Run();
            last = values;
        }
    }

    // As the provider stores them: decimals as text, truth as a number.
    private static SqliteStatement Bind(SqliteStatement insert, object value) => value switch
    {
        int number => insert.Add((long)number),
        long number => insert.Add(number),
        string text => insert.Add(text),
        bool truth => insert.Add(truth),
        double number => insert.Add(number),
        decimal number => insert.Add(number.ToString("0.0###########################", CultureInfo.InvariantCulture)),
        DBNull => insert.AddNull(),
        _ => throw new ArgumentException($"{value.GetType().Name} is not stored by hand.", nameof(value)),
    };

    public static async Task<long?> NumberAsync(LedgerDb db, string sql, CancellationToken cancel = default)
    {
        long? number = null;
        await ReadAsync(db, sql, r => number = r.IsDBNull(0) ? null : r.GetInt64(0), cancel);
        return number;
    }
}
