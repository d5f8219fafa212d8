using System.Buffers;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.Data.Sqlite;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Rows of both rollups on SQLite.</summary>
internal sealed class SqliteRollups(SqliteConnection connection) : IDisposable
{
    private const string Key = "WHERE Span=? AND SlotUnixSeconds=? AND SeriesId=?";
    private const string Tokens = "Input,CacheRead,CacheWrite5m,CacheWrite30m,CacheWrite1h,Output,Reasoning";

    private readonly SqliteStatement _findUsage = new(connection,
        $"SELECT Calls,Errors,Throttles,Retries,Requests,CallsWithoutTokens,{Tokens},DurationMs,Latency,TimeToFirstToken FROM usage_rollup {Key}");
    private readonly SqliteStatement _putUsage = new(connection,
        $"REPLACE INTO usage_rollup(Span,SlotUnixSeconds,SeriesId,Calls,Errors,Throttles,Retries,Requests,CallsWithoutTokens,{Tokens},DurationMs,Latency,TimeToFirstToken) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    private readonly SqliteStatement _deleteUsage = new(connection, $"DELETE FROM usage_rollup {Key}");
    private readonly SqliteStatement _findCost = new(connection,
        $"SELECT Calls,{Tokens},EstimatedCostNanoUsd,UnpricedTokens,CallsWithoutCost,CallsWithoutTokens,RetriedCalls FROM cost_rollup {Key}");
    private readonly SqliteStatement _putCost = new(connection,
        $"REPLACE INTO cost_rollup(Span,SlotUnixSeconds,SeriesId,Calls,{Tokens},EstimatedCostNanoUsd,UnpricedTokens,CallsWithoutCost,CallsWithoutTokens,RetriedCalls,RepricedId) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    private readonly SqliteStatement _deleteCost = new(connection, $"DELETE FROM cost_rollup {Key}");
    private readonly ArrayBufferWriter<byte> _histogram = new(4096);

    /// <summary>A cell as stored, or null.</summary>
    public UsageCell? FindUsage(in CellKey key)
    {
        if (!At(_findUsage, key).Read()) return null;
        var row = _findUsage;
        var cell = new UsageCell(key)
        {
            Calls = row.Long(0), Errors = row.Long(1), Throttles = row.Long(2), Retries = row.Long(3), Requests = row.Long(4),
            CallsWithoutTokens = row.Long(5), Tokens = TokensAt(row, 6), DurationMs = row.Double(13),
            Latency = row.IsNull(14) ? null : LatencyHistogram.FromBytes(row.BlobOrNull(14)),
            TimeToFirstToken = row.IsNull(15) ? null : LatencyHistogram.FromBytes(row.BlobOrNull(15)),
        };
        row.End();
        return cell;
    }

    /// <summary>Fills a new cell with what is stored, if anything.</summary>
    public void Load(CostCell cell)
    {
        if (!At(_findCost, cell.Key).Read()) return;
        var row = _findCost;
        (cell.Calls, cell.Tokens) = (row.Long(0), TokensAt(row, 1));
        (cell.EstimatedCostNanoUsd, cell.UnpricedTokens, cell.CallsWithoutCost) = (row.Long(8), row.Long(9), row.Long(10));
        (cell.CallsWithoutTokens, cell.RetriedCalls) = (row.Long(11), row.Long(12));
        row.End();
    }

    public void Put(UsageCell cell)
    {
        var put = At(_putUsage, cell.Key)
            .Add(cell.Calls).Add(cell.Errors).Add(cell.Throttles).Add(cell.Retries).Add(cell.Requests).Add(cell.CallsWithoutTokens);
        AddTokens(put, cell.Tokens).Add(cell.DurationMs);
        AddHistogram(put, cell.Latency);
        AddHistogram(put, cell.TimeToFirstToken);
        put.Run();
    }

    public void Put(CostCell cell) =>
        AddTokens(At(_putCost, cell.Key).Add(cell.Calls), cell.Tokens)
            .Add(cell.EstimatedCostNanoUsd).Add(cell.UnpricedTokens).Add(cell.CallsWithoutCost)
            .Add(cell.CallsWithoutTokens).Add(cell.RetriedCalls).Add(cell.RepricedId).Run();

    public void DeleteUsage(in CellKey key) => At(_deleteUsage, key).Run();

    public void DeleteCost(in CellKey key) => At(_deleteCost, key).Run();

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_findUsage, _putUsage, _deleteUsage, _findCost, _putCost, _deleteCost]) statement.Dispose();
    }

    private static SqliteStatement At(SqliteStatement statement, in CellKey key) =>
        statement.Add((long)key.Span).Add(key.SlotUnixSeconds).Add(key.SeriesId);

    private static TokenCounts TokensAt(SqliteStatement row, int at) => new(
        row.Long(at), row.Long(at + 1), row.Long(at + 2), row.Long(at + 3), row.Long(at + 4), row.Long(at + 5), row.Long(at + 6));

    private static SqliteStatement AddTokens(SqliteStatement statement, in TokenCounts t) =>
        statement.Add(t.Input).Add(t.CacheRead).Add(t.CacheWrite5m).Add(t.CacheWrite30m).Add(t.CacheWrite1h).Add(t.Output).Add(t.Reasoning);

    private void AddHistogram(SqliteStatement statement, LatencyHistogram? histogram)
    {
        _histogram.ResetWrittenCount();
        histogram?.WriteTo(_histogram);
        if (_histogram.WrittenCount == 0) statement.AddNull();
        else statement.AddBlob(_histogram.WrittenSpan);
    }
}
