using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// How doors meet (algorithms §2.6). A record of the invocation log moves into the trace of its call, whichever of the two comes
/// first: by Bedrock request id, else as the one call of that moment with the same model and counts. A call that two traces
/// tell of is counted in one.
/// </summary>
internal sealed partial class TraceBook
{
    // The log stamps whole seconds, clocks differ a little, and a client may wait before it sends.
    private const long EarlierMs = 3_000, LaterMs = 2_000;
    // An event without its span tells only when its call was over.
    private const long LongestEventMs = 120_000;

    private readonly Queue<long> _queued = [];

    private static Call? Record(PreparedTrace trace) =>
        trace.Spans.Count == 1 && CallDoors.IsRecord(trace.Spans[0]) && trace.Reading.Calls.Count == 1 ? trace.Reading.Calls[0] : null;

    /// <summary>The trace that a record belongs to, with the record as one of its spans; null while its call is not known.</summary>
    private (TraceRow Row, PreparedTrace Trace)? Home(Call record, PreparedTrace trace)
    {
        var call = record.RequestId.Length > 0 ? First(store.Doors.OfRequest(record.RequestId)) : null;
        if (call is null && record.TokenState == TokenState.Reported)
        {
            var at = UtcTime.ToUnixMs(record.Start);
            var until = at + (store.HaveEvents ? LongestEventMs : EarlierMs);
            call = First(store.Doors.AlikeSpans(at - LaterMs, until, record.Tokens).FindAll(c => c.StartUnixMs <= at + Reach(c.Doors) && IsLike(c, record)), at);
        }
        if (call is not { } found || store.Traces.Find(store.Doors.TraceOf(found.TraceKey)) is not { } row) return null;
        TraceId.TryRead(row.TraceId, out var id);
        store.HaveRecords = true;
        return (row, trace with { Id = id, Spans = [trace.Spans[0] with { TraceId = id, ParentSpanId = found.SpanId }] });
    }

    /// <summary>Brings in the records of a trace's calls that stood alone until now.</summary>
    private (List<Span> Spans, TraceReading Reading) Adopt(TraceRow row, List<Span> spans, TraceReading reading)
    {
        List<Span>? all = null;
        foreach (var call in reading.Calls)
        {
            if ((call.Doors & Doors.InvocationLog) != 0 || call.IsOffBill || Lone(row, call) is not { } lone) continue;
            var records = new DistinctSpans();
            TraceId.TryRead(lone.TraceId, out var id);
            store.Traces.Spans(id, lone, store.Origins, records);
            if (records.Items.Count == 0) continue;
            TakeApart(lone, records.Items);
            all ??= [.. spans];
            foreach (var record in records.Items)
            {
                var span = record with { TraceId = spans[0].TraceId, ParentSpanId = call.SpanId };
                store.Traces.Put(row.Key, span, store.Origins.Id(OriginText.Of(span.Resource, span.Scope)), span.Attributes.ToUtf8(), isRollUp: false);
                all.Add(span);
            }
        }
        return all is null ? (spans, reading) : (all, TraceReader.Read(all, owners));
    }

    private TraceRow? Lone(TraceRow row, Call call)
    {
        if (call.RequestId.Length > 0)
            return store.Traces.Find(RequestIds.Of(call.RequestId).Trace) is { } ofRequest && ofRequest.Key != row.Key ? ofRequest : null;
        if (call.TokenState != TokenState.Reported) return null;
        var at = UtcTime.ToUnixMs(call.Start);
        var like = First(store.Doors.AlikeRecords(at - Reach(call.Doors), at + LaterMs, call.Tokens).FindAll(c => c.TraceKey != row.Key && IsLike(c, call)), at);
        return like is { } found ? store.Traces.Find(store.Doors.TraceOf(found.TraceKey)) : null;
    }

    /// <summary>How long after the log's time a call may seem to begin.</summary>
    private static long Reach(Doors doors) => doors == Doors.OtlpLogs ? LongestEventMs : EarlierMs;

    private bool IsLike(OtherCall other, Call call)
    {
        var key = store.Series.CostKeyOf(other.CostSeriesId);
        return !key.IsOffBill && key.Model == Calls.Id(DimensionKind.Model, call.Model.Canonical, call.Model.Display)
            && Fits(key.Account, DimensionKind.Account, call.AccountId) && Fits(key.Region, DimensionKind.Region, call.Region);
    }

    // What one side does not say cannot contradict.
    private bool Fits(int known, DimensionKind kind, string name) => known == 0 || name.Length == 0 || known == Calls.Id(kind, name);

    private static OtherCall? First(List<OtherCall> calls) =>
        calls.Count == 0 ? null : calls.OrderBy(c => CallDoors.Rank(c.Doors)).ThenBy(c => c.TraceKey).ThenBy(c => c.SpanId.Value).First();

    private static OtherCall? First(List<OtherCall> calls, long nearUnixMs) =>
        calls.Count == 0 ? null : calls.OrderBy(c => Math.Abs(c.StartUnixMs - nearUnixMs)).ThenBy(c => c.TraceKey).ThenBy(c => c.SpanId.Value).First();

    private void TakeApart(TraceRow lone, List<Span> spans)
    {
        foreach (var call in store.Traces.Calls(lone.Key).Values)
        {
            TakeOut(call);
            store.Traces.DeleteCall(lone.Key, call.SpanId);
            Tally(spans, new SpanId((ulong)call.SpanId), new(0, -1, 0));
        }
        store.Traces.Delete(lone.Key);
    }

    /// <summary>
    /// Whether another trace counts this call: the door that knows more wins, then the lower trace id, whatever came first. Where
    /// this one wins the other is settled again.
    /// </summary>
    private bool IsCountedElsewhere(TraceRow row, Call call)
    {
        foreach (var other in store.Doors.OfRequest(call.RequestId))
        {
            if (other.TraceKey == row.Key || !CallDoors.MayMeet(other.Doors, call.Doors)) continue;
            var rank = CallDoors.Rank(other.Doors).CompareTo(CallDoors.Rank(call.Doors));
            if (rank == 0) rank = string.CompareOrdinal(store.Doors.TraceOf(other.TraceKey).ToString(), call.TraceId.ToString());
            // What cannot be read again stays where it was counted.
            if (rank < 0 || Stored(other.TraceKey) is null) return true;
            _queued.Enqueue(other.TraceKey);
        }
        return false;
    }

    private void SettleQueued()
    {
        while (_queued.TryDequeue(out var key))
        {
            if (Stored(key) is not { } stored) continue;
            Settle(stored.Row, stored.Spans, TraceReader.Read(stored.Spans, owners), store.Traces.Calls(key), stored.Wrappers);
        }
    }

    /// <summary>A stored trace with all its spans; null when some have left with their retention.</summary>
    private (TraceRow Row, List<Span> Spans, IReadOnlySet<SpanId> Wrappers)? Stored(long key)
    {
        var id = store.Doors.TraceOf(key);
        if (store.Traces.Find(id) is not { } row) return null;
        var all = new DistinctSpans();
        var wrappers = store.Traces.Spans(id, row, store.Origins, all);
        return all.Items.Count < row.Spans ? null : (row, all.Items, wrappers);
    }
}
