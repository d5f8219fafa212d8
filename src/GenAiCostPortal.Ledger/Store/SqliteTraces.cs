using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.Data.Sqlite;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Rows of traces, spans and calls on SQLite.</summary>
internal sealed class SqliteTraces(SqliteConnection connection) : IDisposable
{
    private static readonly HashSet<SpanId> NoWrappers = [];
    private const string TraceColumns =
        "StartUnixMs,DurationMs,WorkflowId,FeatureId,TeamId,ApplicationId,EnvironmentId,ReleaseId,AccountId,RegionId,ModelIds,Spans,Calls,Errors,Retries,Loops,Tokens,EstimatedCostNanoUsd,RetryCostNanoUsd,CostState,Status,HasRoot,IsRequest,RequestSeriesId,RequestUnixMs,Source,UserHash,KeptOf2Pow56";
    private const string CallColumns =
        "StartUnixMs,DurationMs,TimeToFirstTokenMs,UsageSeriesId,CostSeriesId,Status,TokenState,Flags,CostState,Input,CacheRead,CacheWrite5m,CacheWrite30m,CacheWrite1h,Output,Reasoning,EstimatedCostNanoUsd,RequestId,ErrorType,Detail,Doors,GuardrailId,KeptOf2Pow56";

    private readonly SqliteStatement _find = new(connection, "SELECT Key,Spans,IsRequest,RequestSeriesId,RequestUnixMs,Source,UserHash,EstimatedCostNanoUsd,CostState,KeptOf2Pow56 FROM trace WHERE TraceId=?");
    private readonly SqliteStatement _put = new(connection,
        $"INSERT INTO trace(Key,TraceId,{TraceColumns}) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(Key) DO UPDATE SET "
        + string.Join(',', TraceColumns.Split(',').Select(c => $"{c}=excluded.{c}")));
    private readonly SqliteStatement _addCalls = new(connection, """
        UPDATE trace SET Calls=Calls+?,Errors=Errors+?,Retries=Retries+?,Tokens=Tokens+?,EstimatedCostNanoUsd=EstimatedCostNanoUsd+?,
        RetryCostNanoUsd=RetryCostNanoUsd+?,CostState=?,UserHash=?,IsRequest=?,RequestSeriesId=?,RequestUnixMs=?,KeptOf2Pow56=? WHERE Key=?
        """);
    private readonly SqliteStatement _spans = new(connection, "SELECT SpanId,ParentSpanId,Name,Kind,Status,StatusMessage,StartUnixNs,DurationNs,OriginId,Attributes,Doors,IsRollUp FROM span WHERE TraceKey=?");
    private readonly SqliteStatement _putSpan = new(connection,
        "REPLACE INTO span(TraceKey,SpanId,ParentSpanId,Name,Kind,Status,StatusMessage,StartUnixNs,DurationNs,OriginId,Attributes,Doors,IsRollUp) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)");
    private readonly SqliteStatement _markRollUp = new(connection, "UPDATE span SET IsRollUp=? WHERE TraceKey=? AND SpanId=?");
    private readonly SqliteStatement _calls = new(connection, $"SELECT SpanId,{CallColumns} FROM call WHERE TraceKey=?");
    private readonly SqliteStatement _putCall = new(connection, $"REPLACE INTO call(TraceKey,SpanId,{CallColumns}) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    private readonly SqliteStatement _deleteSpans = new(connection, "DELETE FROM span WHERE TraceKey=?");
    private readonly SqliteStatement _deleteTrace = new(connection, "DELETE FROM trace WHERE Key=?");
    private readonly SqliteStatement _deleteCall = new(connection, "DELETE FROM call WHERE TraceKey=? AND SpanId=?");

    /// <summary>What the writer needs of a stored trace, or null.</summary>
    public TraceRow? Find(TraceId id)
    {
        Span<byte> key = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(key, id.High);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(key[8..], id.Low);
        if (!_find.AddBlob(key).Read()) return null;
        var row = new TraceRow
        {
            Key = _find.Long(0), TraceId = key.ToArray(), Spans = _find.Int(1), IsRequest = _find.Bool(2),
            RequestSeriesId = _find.Int(3), RequestUnixMs = _find.Long(4), Source = _find.Text(5),
            UserHash = _find.Long(6), EstimatedCostNanoUsd = _find.Long(7), CostState = (CostState)_find.Byte(8), KeptOf2Pow56 = _find.Long(9),
        };
        _find.End();
        return row;
    }

    /// <summary>The last key given.</summary>
    public long LastKey()
    {
        using var last = new SqliteStatement(connection, "SELECT COALESCE(MAX(Key),0) FROM trace");
        last.Read();
        return last.Long(0);
    }

    public void Put(TraceRow t) =>
        _put.Add(t.Key).AddBlob(t.TraceId).Add(t.StartUnixMs).Add(t.DurationMs).Add(t.WorkflowId).Add(t.FeatureId).Add(t.TeamId).Add(t.ApplicationId)
            .Add(t.EnvironmentId).Add(t.ReleaseId).Add(t.AccountId).Add(t.RegionId).Add(t.ModelIds).Add(t.Spans).Add(t.Calls).Add(t.Errors).Add(t.Retries)
            .Add(t.Loops).Add(t.Tokens).Add(t.EstimatedCostNanoUsd).Add(t.RetryCostNanoUsd).Add((long)t.CostState).Add((long)t.Status).Add(t.HasRoot)
            .Add(t.IsRequest).Add(t.RequestSeriesId).Add(t.RequestUnixMs).Add(t.Source).Add(t.UserHash).Add(t.KeptOf2Pow56).Run();

    /// <summary>Adds late calls to a trace whose spans have left with their retention.</summary>
    public void AddCalls(TraceRow t) =>
        _addCalls.Add(t.Calls).Add(t.Errors).Add(t.Retries).Add(t.Tokens).Add(t.EstimatedCostNanoUsd).Add(t.RetryCostNanoUsd).Add((long)t.CostState).Add(t.UserHash)
            .Add(t.IsRequest).Add(t.RequestSeriesId).Add(t.RequestUnixMs).Add(t.KeptOf2Pow56).Add(t.Key).Run();

    /// <summary>Reads all stored spans of a trace; gives those that are marked as wrappers.</summary>
    public IReadOnlySet<SpanId> Spans(TraceId id, TraceRow trace, OriginCache origins, DistinctSpans into)
    {
        HashSet<SpanId>? wrappers = null;
        _spans.Add(trace.Key);
        while (_spans.Read())
        {
            var start = _spans.Long(6);
            var (resource, scope) = origins.Of(_spans.Int(8));
            into.Add(new Traces.Span
            {
                TraceId = id, SpanId = new SpanId((ulong)_spans.Long(0)), ParentSpanId = new SpanId((ulong)_spans.Long(1)), Name = _spans.Text(2),
                Kind = (SpanKind)_spans.Byte(3), Status = (SpanStatus)_spans.Byte(4), StatusMessage = _spans.Text(5), StartUnixNs = start,
                EndUnixNs = start + _spans.Long(7), Resource = resource, Scope = scope, Attributes = SpanAttributes.FromJson(_spans.Text(9)), Doors = (Doors)_spans.Byte(10),
            });
            if (_spans.Bool(11)) (wrappers ??= []).Add(new SpanId((ulong)_spans.Long(0)));
        }
        return wrappers ?? NoWrappers;
    }

    public void Put(long traceKey, Traces.Span span, int originId, ReadOnlySpan<byte> attributes, bool isRollUp) =>
        _putSpan.Add(traceKey).Add((long)span.SpanId.Value).Add((long)span.ParentSpanId.Value).Add(span.Name).Add((long)span.Kind).Add((long)span.Status)
            .Add(span.StatusMessage.Length == 0 ? null : span.StatusMessage).Add(span.StartUnixNs).Add(span.EndUnixNs - span.StartUnixNs)
            .Add(originId).AddText(attributes).Add((long)span.Doors).Add(isRollUp).Run();

    /// <summary>Says anew whether a span wraps the calls below it.</summary>
    public void MarkRollUp(long traceKey, SpanId span, bool isRollUp) => _markRollUp.Add(isRollUp).Add(traceKey).Add((long)span.Value).Run();

    /// <summary>All stored calls of a trace, by span id.</summary>
    public Dictionary<long, CallRow> Calls(long traceKey)
    {
        var calls = new Dictionary<long, CallRow>();
        _calls.Add(traceKey);
        while (_calls.Read())
            calls.Add(_calls.Long(0), new CallRow
            {
                TraceKey = traceKey, SpanId = _calls.Long(0), StartUnixMs = _calls.Long(1), DurationMs = _calls.Double(2), TimeToFirstTokenMs = _calls.DoubleOrNull(3),
                UsageSeriesId = _calls.Int(4), CostSeriesId = _calls.Int(5), Status = (CallStatus)_calls.Byte(6), TokenState = (TokenState)_calls.Byte(7),
                Flags = (CallFlags)_calls.Int(8), CostState = (CostState)_calls.Byte(9), Input = _calls.Long(10), CacheRead = _calls.Long(11),
                CacheWrite5m = _calls.Long(12), CacheWrite30m = _calls.Long(13), CacheWrite1h = _calls.Long(14), Output = _calls.Long(15),
                Reasoning = _calls.Long(16), EstimatedCostNanoUsd = _calls.LongOrNull(17), RequestId = _calls.TextOrNull(18),
                ErrorType = _calls.TextOrNull(19), Detail = _calls.Text(20), Doors = (Doors)_calls.Byte(21), GuardrailId = _calls.Int(22), KeptOf2Pow56 = _calls.Long(23),
            });
        return calls;
    }

    public void Put(CallRow c) =>
        _putCall.Add(c.TraceKey).Add(c.SpanId).Add(c.StartUnixMs).Add(c.DurationMs).Add(c.TimeToFirstTokenMs).Add(c.UsageSeriesId).Add(c.CostSeriesId)
            .Add((long)c.Status).Add((long)c.TokenState).Add((long)c.Flags).Add((long)c.CostState).Add(c.Input).Add(c.CacheRead).Add(c.CacheWrite5m)
            .Add(c.CacheWrite30m).Add(c.CacheWrite1h).Add(c.Output).Add(c.Reasoning).Add(c.EstimatedCostNanoUsd).Add(c.RequestId).Add(c.ErrorType)
            .Add(c.Detail).Add((long)c.Doors).Add(c.GuardrailId).Add(c.KeptOf2Pow56).Run();

    /// <summary>Takes a trace and its spans away; its calls must be gone already.</summary>
    public void Delete(long traceKey)
    {
        _deleteSpans.Add(traceKey).Run();
        _deleteTrace.Add(traceKey).Run();
    }

    public void DeleteCall(long traceKey, long spanId) => _deleteCall.Add(traceKey).Add(spanId).Run();

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_find, _put, _addCalls, _spans, _putSpan, _markRollUp, _calls, _putCall, _deleteCall, _deleteSpans, _deleteTrace]) statement.Dispose();
    }
}
