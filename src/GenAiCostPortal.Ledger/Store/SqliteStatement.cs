using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// A statement prepared once and run many times. Values are bound in order with <c>Add</c>; no parameter objects and no boxing,
/// which is what the hot path spends most on otherwise.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;
    private byte[] _text = new byte[1024];
    private int _bound;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _db = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        Check(raw.sqlite3_prepare_v3(_db, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public SqliteStatement Add(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, ++_bound, value));
        return this;
    }

    public SqliteStatement Add(long? value) => value is { } v ? Add(v) : AddNull();

    public SqliteStatement Add(double value)
    {
        Check(raw.sqlite3_bind_double(_statement, ++_bound, value));
        return this;
    }

    public SqliteStatement Add(double? value) => value is { } v ? Add(v) : AddNull();

    public SqliteStatement Add(bool value) => Add(value ? 1L : 0L);

    public SqliteStatement Add(string? value)
    {
        if (value is null) return AddNull();
        var room = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (_text.Length < room) _text = new byte[room * 2];
        return AddText(_text.AsSpan(0, Encoding.UTF8.GetBytes(value, _text)));
    }

    public SqliteStatement AddText(ReadOnlySpan<byte> utf8)
    {
        Check(raw.sqlite3_bind_text(_statement, ++_bound, utf8));
        return this;
    }

    public SqliteStatement AddBlob(byte[]? value) => value is null ? AddNull() : AddBlob(value.AsSpan());

    public SqliteStatement AddBlob(ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, ++_bound, value));
        return this;
    }

    public SqliteStatement AddNull()
    {
        Check(raw.sqlite3_bind_null(_statement, ++_bound));
        return this;
    }

    /// <summary>Leaves the next value as it was bound for the last run.</summary>
    public SqliteStatement Keep()
    {
        _bound++;
        return this;
    }

    /// <summary>Runs a statement without rows.</summary>
    public void Run()
    {
        Step();
        End();
    }

    /// <summary>Goes to the next row; false (and ready for the next use) after the last.</summary>
    public bool Read()
    {
        if (Step()) return true;
        End();
        return false;
    }

    /// <summary>Makes the statement ready for its next use before the last row was read.</summary>
    public void End()
    {
        _bound = 0;
        raw.sqlite3_reset(_statement);
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;
    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);
    public int Int(int column) => raw.sqlite3_column_int(_statement, column);
    public byte Byte(int column) => (byte)raw.sqlite3_column_int(_statement, column);
    public bool Bool(int column) => raw.sqlite3_column_int(_statement, column) != 0;
    public double Double(int column) => raw.sqlite3_column_double(_statement, column);
    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);
    public double? DoubleOrNull(int column) => IsNull(column) ? null : Double(column);
    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string() ?? "";
    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);
    public byte[]? BlobOrNull(int column) => IsNull(column) ? null : raw.sqlite3_column_blob(_statement, column).ToArray();

    public void Dispose() => _statement.Dispose();

    private bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW) return true;
        if (code == raw.SQLITE_DONE) return false;
        End();
        Check(code);
        return false;
    }

    private void Check(int code)
    {
        if (code == raw.SQLITE_OK) return;
        _bound = 0;
        SqliteException.ThrowExceptionForRC(code, _db);
    }
}
