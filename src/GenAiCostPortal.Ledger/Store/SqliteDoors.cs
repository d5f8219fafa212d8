using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.Data.Sqlite;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>A stored call that may be the same as one from another door.</summary>
internal readonly record struct OtherCall(long TraceKey, SpanId SpanId, Doors Doors, long StartUnixMs, int CostSeriesId);

/// <summary>Finds calls of other doors on SQLite.</summary>
internal sealed class SqliteDoors(SqliteConnection connection) : IDisposable
{
    private const string Columns = "TraceKey,SpanId,Doors,StartUnixMs,CostSeriesId";

    private readonly SqliteStatement _ofRequest = new(connection, $"SELECT {Columns} FROM call WHERE RequestId=? ORDER BY TraceKey,SpanId");
    private readonly SqliteStatement _alikeSpans = new(connection, Alikes("(Doors & 4)=0 AND RequestId IS NULL"));
    private readonly SqliteStatement _alikeRecords = new(connection, Alikes("Doors=4"));
    private readonly SqliteStatement _traceOfKey = new(connection, "SELECT TraceId FROM trace WHERE Key=?");

    /// <summary>Whether any call ever came through such doors; asked once, kept by the writer.</summary>
    public bool Have(string doors)
    {
        using var any = new SqliteStatement(connection, $"SELECT 1 FROM usage_series WHERE {doors} LIMIT 1");
        return any.Read();
    }

    /// <summary>Calls with a Bedrock request id.</summary>
    public List<OtherCall> OfRequest(string requestId) => Read(_ofRequest.Add(requestId));

    /// <summary>Calls of spans that name no request, of the same moment and with the same counts.</summary>
    public List<OtherCall> AlikeSpans(long fromUnixMs, long toUnixMs, in TokenCounts tokens) => Read(Bind(_alikeSpans, fromUnixMs, toUnixMs, tokens));

    /// <summary>Records that stand alone, of the same moment and with the same counts.</summary>
    public List<OtherCall> AlikeRecords(long fromUnixMs, long toUnixMs, in TokenCounts tokens) => Read(Bind(_alikeRecords, fromUnixMs, toUnixMs, tokens));

    /// <summary>Id of a trace by its key.</summary>
    public TraceId TraceOf(long key)
    {
        if (!_traceOfKey.Add(key).Read()) return default;
        var found = TraceId.TryRead(_traceOfKey.BlobOrNull(0), out var id);
        _traceOfKey.End();
        return found ? id : default;
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_ofRequest, _alikeSpans, _alikeRecords, _traceOfKey]) statement.Dispose();
    }

    // Senders that leave the cache out agree on the input, those that count it in on the whole prompt.
    private static string Alikes(string which) => $"""
        SELECT {Columns} FROM call WHERE StartUnixMs BETWEEN ? AND ? AND Output=? AND (Input=? OR Input+CacheRead+CacheWrite5m+CacheWrite30m+CacheWrite1h=?)
        AND TokenState<>2 AND {which} ORDER BY StartUnixMs,TraceKey,SpanId
        """;

    private static SqliteStatement Bind(SqliteStatement statement, long fromUnixMs, long toUnixMs, in TokenCounts tokens) =>
        statement.Add(fromUnixMs).Add(toUnixMs).Add(tokens.Output).Add(tokens.Input).Add(tokens.Prompt);

    private static List<OtherCall> Read(SqliteStatement statement)
    {
        var calls = new List<OtherCall>();
        while (statement.Read())
            calls.Add(new OtherCall(statement.Long(0), new SpanId((ulong)statement.Long(1)), (Doors)statement.Byte(2), statement.Long(3), statement.Int(4)));
        return calls;
    }
}
