using System.Runtime.InteropServices;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// One transaction's work, trace by trace. The trace is the unit: what is stored of it and what arrives are merged, read anew,
/// and rows and rollups move by the difference. So late, repeated and split spans come out as if all had come at once.
/// </summary>
internal sealed partial class TraceBook(SqliteSpanStore store, Dimensions dimensions, PriceFinder prices, OwnerKeys owners, long nowUnixMs)
{
    private static readonly Dictionary<long, CallRow> NoCalls = [];
    private readonly List<DimensionValue> _added = [];
    private readonly Dictionary<SenderKey, SenderTally> _senders = [];
    private readonly HashSet<int> _days = [];
    private readonly SortedSet<long> _loggedHours = [];
    private CallBooking? _calls;

    /// <summary>Names first seen in this transaction; taken back if it fails.</summary>
    public IReadOnlyCollection<DimensionValue> Added => _added;

    /// <summary>Whether any trace changed.</summary>
    public bool Changed { get; private set; }

    /// <summary>Hours of summed logs that <see cref="Finish"/> will weigh against the calls anew.</summary>
    public int HoursToSettle => _loggedHours.Count;

    private CallBooking Calls => _calls ??= new CallBooking(dimensions, prices, store.Series, _added);

    /// <summary>Stores what a delivery brings of a trace.</summary>
    public void Write(PreparedTrace trace)
    {
        if (store.Traces.Find(trace.Id) is { } known) Add(known, trace);
        else if (Record(trace) is { } record && Home(record, trace) is { } home) Add(home.Row, home.Trace);
        else WriteNew(trace);
        SettleQueued();
    }

    /// <summary>Writes what was gathered beside the traces: rollup cells, names, senders, days to build again.</summary>
    public void Finish()
    {
        store.Cells.Write();
        if (_loggedHours.Count > 0)
        {
            var logged = new LoggedBook(store, dimensions);
            foreach (var hour in _loggedHours) logged.Settle(hour);
            store.Cells.Write();
        }
        store.UserCells.Write();
        store.Guardrails.Write();
        foreach (var value in _added) store.Names.Insert(value);
        foreach (var (sender, tally) in _senders) store.Names.AddSender(sender, tally, nowUnixMs);
        foreach (var day in _days) store.Names.MarkDay(day);
    }

    private void WriteNew(PreparedTrace trace)
    {
        var row = new TraceRow { Key = ++store.LastTraceKey, TraceId = trace.Id.ToBytes() };
        for (var i = 0; i < trace.Spans.Count; i++)
        {
            var text = trace.Texts[i];
            var span = trace.Spans[i];
            var isWrapper = trace.Reading.Wrappers.Contains(span.SpanId);
            store.Traces.Put(row.Key, span, store.Origins.Id(text.Origin), text.Attributes, isWrapper);
            Tally(span, new(1, 0, isWrapper ? 1 : 0));
        }
        Settle(row, trace.Spans, trace.Reading, NoCalls, trace.Reading.Wrappers);
    }

    private void Add(TraceRow known, PreparedTrace trace)
    {
        var all = new DistinctSpans();
        var wrappers = store.Traces.Spans(trace.Id, known, store.Origins, all);
        if (all.Items.Count < known.Spans)
        {
            // A record that has found its home is counted there already.
            if (Record(trace) is null || known.Source == nameof(Doors.InvocationLog)) AddToExpired(known, trace);
            return;
        }
        var before = all.Items.Count;
        var changed = new HashSet<int>();
        foreach (var span in trace.Spans)
            if (all.Add(span) is { Changed: true, At: var at }) changed.Add(at);
        if (changed.Count == 0) return;

        var origins = new Dictionary<(SpanResource, SpanScope), OriginText>();
        foreach (var at in changed)
        {
            var span = all.Items[at];
            store.Traces.Put(known.Key, span, store.Origins.Id(OriginText.Of(span, origins)), span.Attributes.ToUtf8(), wrappers.Contains(span.SpanId));
            if (at >= before) Tally(span, new(1, 0, 0));
        }
        Settle(known, all.Items, TraceReader.Read(all.Items, owners), store.Traces.Calls(known.Key), wrappers);
    }

    // Spans have left with their retention, the calls are still counted: they stay as they are and unknown calls are added.
    private void AddToExpired(TraceRow known, PreparedTrace trace)
    {
        var stored = store.Traces.Calls(known.Key);
        var late = new List<CallRow>();
        foreach (var call in trace.Reading.Calls)
            if (!stored.ContainsKey((long)call.SpanId.Value)) late.Add(Calls.Row(known.Key, call, null));
        if (late.Count == 0) return;
        foreach (var row in late) PutCall(row);
        var sum = TraceSummary.Of(new TraceRow { Key = known.Key, TraceId = known.TraceId }, late);
        (sum.IsRequest, sum.RequestSeriesId, sum.RequestUnixMs, sum.KeptOf2Pow56) = (known.IsRequest, known.RequestSeriesId, known.RequestUnixMs, known.KeptOf2Pow56);
        if (!known.IsRequest) BookRequest(sum, trace.Reading, late);
        sum.UserHash = known.UserHash != 0 ? known.UserHash : store.Users.HashOf(trace.Reading.User);
        sum.CostState = TraceSummary.Worse(known.CostState, sum.CostState);
        var was = UserBooking.Of(known);
        store.UserCells.Move(was, UserBooking.Of(sum) is { } now ? now with { EstimatedCostNanoUsd = known.EstimatedCostNanoUsd + now.EstimatedCostNanoUsd } : null);
        store.Traces.AddCalls(sum);
        Changed = true;
    }

    private void Settle(TraceRow row, List<Span> spans, TraceReading reading, Dictionary<long, CallRow> stored, IReadOnlySet<SpanId> wrappers)
    {
        if (store.HaveRecords) (spans, reading) = Adopt(row, spans, reading);
        var calls = new List<CallRow>(reading.Calls.Count);
        foreach (var call in reading.Calls)
        {
            if (call.RequestId.Length > 0 && IsCountedElsewhere(row, call)) continue;
            stored.TryGetValue((long)call.SpanId.Value, out var before);
            var now = Calls.Row(row.Key, call, before);
            calls.Add(now);
            if (before is not null)
            {
                stored.Remove(now.SpanId);
                if (CallRowEquality.AreSame(before, now)) continue;
                TakeOut(before);
            }
            PutCall(now);
            if (before is null) Tally(spans, call.SpanId, new(0, 1, 0, call.Reading));
        }
        foreach (var gone in stored.Values)
        {
            TakeOut(gone);
            store.Traces.DeleteCall(row.Key, gone.SpanId);
            Tally(spans, new SpanId((ulong)gone.SpanId), new(0, -1, 0));
        }
        if (!ReferenceEquals(wrappers, reading.Wrappers)) MarkWrappers(row.Key, spans, wrappers, reading.Wrappers);

        var was = (row.IsRequest, row.RequestSeriesId, row.RequestUnixMs, Sampled: new SampledShare(row.KeptOf2Pow56));
        var user = UserBooking.Of(row);
        TraceSummary.Describe(row, spans, reading, Calls);
        TraceSummary.Of(row, calls);
        TraceSummary.Name(row, calls, reading, Calls);
        if (was.IsRequest) store.Cells.BookRequest(was.RequestSeriesId, was.RequestUnixMs, was.Sampled, -1);
        BookRequest(row, reading, calls);
        row.UserHash = store.Users.HashOf(reading.User);
        store.UserCells.Move(user, UserBooking.Of(row));
        store.Traces.Put(row);
        Changed = true;
    }

    private void MarkWrappers(long traceKey, List<Span> spans, IReadOnlySet<SpanId> before, IReadOnlySet<SpanId> now)
    {
        if (before.Count == 0 && now.Count == 0) return;
        foreach (var span in spans)
        {
            var isWrapper = now.Contains(span.SpanId);
            if (before.Contains(span.SpanId) == isWrapper) continue;
            store.Traces.MarkRollUp(traceKey, span.SpanId, isWrapper);
            Tally(span, new(0, 0, isWrapper ? 1 : -1));
        }
    }

    private void BookRequest(TraceRow row, TraceReading reading, List<CallRow> calls)
    {
        // A record alone says that a model was called, not that a user asked.
        row.IsRequest = calls.Exists(c => c.Doors != Doors.InvocationLog);
        (row.RequestSeriesId, row.RequestUnixMs, row.KeptOf2Pow56) = (0, 0, 0);
        if (!row.IsRequest) return;
        row.RequestSeriesId = Calls.RequestSeries(reading.RequestOwners);
        row.RequestUnixMs = reading.Root is { } root ? root.StartUnixNs / 1_000_000 : TraceSummary.FirstStart(calls);
        row.KeptOf2Pow56 = TraceSummary.KeptOf2Pow56(calls);
        store.Cells.BookRequest(row.RequestSeriesId, row.RequestUnixMs, new SampledShare(row.KeptOf2Pow56), 1);
    }

    private void PutCall(CallRow row)
    {
        store.Traces.Put(row);
        store.HaveRecords |= row.Doors == Doors.InvocationLog;
        store.HaveEvents |= row.Doors == Doors.OtlpLogs;
        Book(row, 1);
        Touch(row);
    }

    private void TakeOut(CallRow row)
    {
        Book(row, -1);
        Touch(row);
    }

    private void Book(CallRow row, int sign)
    {
        // Picked by the very query that summed its hour: the sum has it. Beside OTLP's calls, which may be the same, it would be another.
        if ((row.Flags & CallFlags.IsPicked) == 0) store.Cells.Book(row, sign);
        store.Guardrails.Book(row, sign);
    }

    private void Touch(CallRow row)
    {
        _days.Add(UtcTime.DayOfUnixMs(row.StartUnixMs).DayNumber);
        if (store.LoggedHours.Count > 0 && UtcTime.SlotUnixSeconds(row.StartUnixMs, 3_600) is var hour && store.LoggedHours.Contains(hour)) _loggedHours.Add(hour);
    }

    private void Tally(List<Span> spans, SpanId id, SenderTally add)
    {
        foreach (var span in spans)
            if (span.SpanId == id)
            {
                Tally(span, add);
                return;
            }
    }

    private void Tally(Span span, SenderTally add)
    {
        var key = new SenderKey(span.Scope.Name, span.Scope.Version, span.Resource.Attributes.Text("telemetry.sdk.language") ?? "");
        ref var tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_senders, key, out _);
        tally = tally.With(add);
    }
}
