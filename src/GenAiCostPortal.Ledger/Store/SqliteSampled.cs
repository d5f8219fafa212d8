using GenAiCostPortal.Ledger.Usage;
using Microsoft.Data.Sqlite;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Rows of sampled calls and requests on SQLite.</summary>
internal sealed class SqliteSampled(SqliteConnection connection) : IDisposable
{
    private const string Key = "WHERE Span=? AND SlotUnixSeconds=? AND SeriesId=?";
    private const string Columns =
        "Calls,Input,CacheRead,CacheWrite5m,CacheWrite30m,CacheWrite1h,Output,UnrecordedInput,UnrecordedCacheRead,UnrecordedCacheWrite5m,UnrecordedCacheWrite30m,UnrecordedCacheWrite1h,UnrecordedOutput";

    private readonly SqliteStatement _findUsage = new(connection, $"SELECT {Columns} FROM sampled_usage {Key}");
    private readonly SqliteStatement _putUsage = new(connection, $"REPLACE INTO sampled_usage(Span,SlotUnixSeconds,SeriesId,{Columns}) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    private readonly SqliteStatement _deleteUsage = new(connection, $"DELETE FROM sampled_usage {Key}");
    private readonly SqliteStatement _findRequests = new(connection, $"SELECT Requests,UnrecordedMillionths FROM sampled_requests {Key}");
    private readonly SqliteStatement _putRequests = new(connection, "REPLACE INTO sampled_requests(Span,SlotUnixSeconds,SeriesId,Requests,UnrecordedMillionths) VALUES(?,?,?,?,?)");
    private readonly SqliteStatement _deleteRequests = new(connection, $"DELETE FROM sampled_requests {Key}");

    /// <summary>Fills a new cell with what is stored, if anything.</summary>
    public void Load(SampledUsageCell cell)
    {
        if (!At(_findUsage, cell.Key).Read()) return;
        (cell.Calls, cell.Tokens, cell.Unrecorded) = (_findUsage.Long(0), TokensAt(_findUsage, 1), TokensAt(_findUsage, 7));
        _findUsage.End();
    }

    /// <summary>Fills a new cell with what is stored, if anything.</summary>
    public void Load(SampledRequestsCell cell)
    {
        if (!At(_findRequests, cell.Key).Read()) return;
        (cell.Requests, cell.UnrecordedMillionths) = (_findRequests.Long(0), _findRequests.Long(1));
        _findRequests.End();
    }

    public void Put(SampledUsageCell cell) => AddTokens(AddTokens(At(_putUsage, cell.Key).Add(cell.Calls), cell.Tokens), cell.Unrecorded).Run();

    public void Put(SampledRequestsCell cell) => At(_putRequests, cell.Key).Add(cell.Requests).Add(cell.UnrecordedMillionths).Run();

    public void DeleteUsage(in CellKey key) => At(_deleteUsage, key).Run();

    public void DeleteRequests(in CellKey key) => At(_deleteRequests, key).Run();

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_findUsage, _putUsage, _deleteUsage, _findRequests, _putRequests, _deleteRequests]) statement.Dispose();
    }

    private static SqliteStatement At(SqliteStatement statement, in CellKey key) =>
        statement.Add((long)key.Span).Add(key.SlotUnixSeconds).Add(key.SeriesId);

    private static TokenCounts TokensAt(SqliteStatement row, int at) => new(
        row.Long(at), row.Long(at + 1), row.Long(at + 2), row.Long(at + 3), row.Long(at + 4), row.Long(at + 5));

    private static SqliteStatement AddTokens(SqliteStatement statement, in TokenCounts t) =>
        statement.Add(t.Input).Add(t.CacheRead).Add(t.CacheWrite5m).Add(t.CacheWrite30m).Add(t.CacheWrite1h).Add(t.Output);
}
