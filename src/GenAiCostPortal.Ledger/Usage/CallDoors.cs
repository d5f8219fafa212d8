using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// One call that came through many doors is one call (algorithms §2.6). Within a trace: log records join the call they were made
/// for, and two calls with one Bedrock request id are the same. Across traces the writer brings them together.
/// </summary>
internal static class CallDoors
{
    /// <summary>Whether a span is a record of the invocation log: it stands for a call but has no place of its own in the trace.</summary>
    public static bool IsRecord(Span span) => span.Doors == Doors.InvocationLog;

    /// <summary>Merges the calls of a trace; spans that only repeat another's call are added to <paramref name="rollUps"/>.</summary>
    /// <param name="calls">Calls of spans, in order.</param>
    /// <param name="records">Call candidates of log records.</param>
    public static List<MergedCall> Merge(List<MergedCall> calls, List<CallCandidate>? records, HashSet<SpanId> rollUps)
    {
        if (calls.Count > 1) calls = OnePerRequest(calls, rollUps);
        if (records is null) return calls;
        foreach (var record in records)
        {
            if (CallOf(record, calls) is { } call)
            {
                call.TakeRecord(record);
                rollUps.Add(record.Node.Span.SpanId);
            }
            else calls.Add(new MergedCall(record));
        }
        calls.Sort((a, b) => a.Innermost.Node.Order.CompareTo(b.Innermost.Node.Order));
        return calls;
    }

    // The writer made the span of the call the record's parent; the request id still tells if that span is no call any more.
    private static MergedCall? CallOf(CallCandidate record, List<MergedCall> calls)
    {
        var parent = record.Node.Span.ParentSpanId;
        if (!parent.IsNone && calls.Find(c => !c.HasRecord && c.Holds(parent)) is { } made) return made;
        return record.Facts.Text(SpanField.RequestId) is { } id ? calls.Find(c => !c.HasRecord && c.Facts.Text(SpanField.RequestId) == id) : null;
    }

    /// <summary>
    /// Whether two calls with one request id may be the same: only where different doors tell of them. One door that gives the same
    /// id to several spans means several calls, and says nothing by the id.
    /// </summary>
    public static bool MayMeet(Doors a, Doors b) => (a & b) == 0;

    // Segment and span of the same request under different ids.
    private static List<MergedCall> OnePerRequest(List<MergedCall> calls, HashSet<SpanId> rollUps)
    {
        Dictionary<string, MergedCall>? byRequest = null;
        List<MergedCall>? kept = null;
        for (var i = 0; i < calls.Count; i++)
        {
            var call = calls[i];
            if (call.Facts.Text(SpanField.RequestId) is not { } id)
            {
                kept?.Add(call);
                continue;
            }
            byRequest ??= new(StringComparer.Ordinal);
            if (byRequest.TryAdd(id, call))
            {
                kept?.Add(call);
                continue;
            }
            var first = byRequest[id];
            if (!MayMeet(call.Doors, first.Doors))
            {
                kept?.Add(call);
                continue;
            }
            kept ??= calls.GetRange(0, i);
            var (keeps, goes) = Rank(call.Doors) < Rank(first.Doors) ? (call, first) : (first, call);
            keeps.Absorb(goes.Innermost);
            rollUps.Add(goes.Span.SpanId);
            if (keeps != call) continue;
            kept[kept.IndexOf(first)] = call;
            byRequest[id] = call;
        }
        if (kept is null) return calls;
        kept.Sort((a, b) => a.Innermost.Node.Order.CompareTo(b.Innermost.Node.Order));
        return kept;
    }

    /// <summary>Whose account of a call is taken first: 0 knows it best.</summary>
    public static int Rank(Doors doors) => (doors & Doors.Otlp) != 0 ? 0 : (doors & Doors.OtlpLogs) != 0 ? 1 : (doors & Doors.XRay) != 0 ? 2 : 3;
}
