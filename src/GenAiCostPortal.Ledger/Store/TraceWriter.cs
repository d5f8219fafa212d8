using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.Data.Sqlite;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// Writes spans: upserts them, reads each touched trace anew, and in the same transaction moves calls, trace row and both rollups
/// by the difference. Returns after the commit is synced to disk; the same spans again change no number.
/// </summary>
public sealed partial class TraceWriter(
    StoreOptions options, WriteGate gate, Dimensions dimensions, PriceFinder prices, OwnerKeys owners, LedgerChanges changes, TimeProvider clock) : IDisposable
{
    private const int MostSpansPerTransaction = 2_000, FewestSpansPerTransaction = 125;
    private static readonly TimeSpan LongestTransaction = TimeSpan.FromMilliseconds(100);
    // The log grows by 3–4 KB a span. Aside, it is folded back while writing goes on; a short held turn then lets it start over.
    // Late calls of many hours with summed logs are settled a few hours at a time.
    private const int MostHoursToSettle = 4;
    private const int CheckpointSpans = 10_000, HeldCheckpointSpans = 40_000;
    private static readonly TimeSpan IdleUntilClosed = TimeSpan.FromMinutes(2);
    private readonly Lock _checkpointing = new();
    private ITimer? _idle;
    private SqliteSpanStore? _store;
    private Task _checkpoint = Task.CompletedTask;
    private int _sinceCheckpoint, _sinceHeld;
    // Begins small, because the first transactions of a process are slow, and follows what the machine manages.
    private int _spansPerTransaction = FewestSpansPerTransaction;

    /// <summary>Makes a delivery ready: groups, reads and formats it. Pure and costly, so it belongs on the deliverer's thread.</summary>
    /// <param name="rejected">Spans of the delivery that were refused before; they are counted with it.</param>
    public PreparedSpans Prepare(IReadOnlyList<Span> spans, int rejected = 0, string signal = "traces") =>
        PreparedSpans.Read(spans, owners, rejected, signal);

    /// <summary>Stores a group of spans (the inbox keeps it ≤ 2,000).</summary>
    public Task WriteAsync(IReadOnlyList<Span> spans, CancellationToken cancel = default) => WriteAsync([Prepare(spans)], cancel);

    /// <summary>
    /// Stores deliveries. A group is one transaction; beyond 2,000 spans (fewer on a slow machine) or 100 ms it goes on in the next one, at the border of a
    /// trace. After a failure nothing of the running transaction is kept, and the same deliveries may be written again.
    /// </summary>
    public async Task WriteAsync(IReadOnlyList<PreparedSpans> deliveries, CancellationToken cancel = default)
    {
        if (options.Provider != StoreProvider.Sqlite) throw new NotSupportedException("Traces are stored on SQLite only.");
        await dimensions.LoadAsync(cancel);
        if (prices.LoadedAt is null) await prices.LoadAsync(cancel);
        var place = (Delivery: 0, Trace: 0);
        var changed = false;
        while (place.Delivery < deliveries.Count)
        {
            // Opened before the turn: reading the names takes longer than a turn should.
            var store = OpenStore();
            using var turn = await gate.EnterAsync(cancel);
            if (!ReferenceEquals(store, _store)) continue;
            changed |= WriteSome(store, deliveries, ref place);
            if (_sinceHeld >= HeldCheckpointSpans && _checkpoint.IsCompleted)
            {
                SqliteSpanStore.Checkpoint(_store!.Connection);
                _sinceHeld = 0;
            }
        }
        CheckpointAside();
        (_idle ??= clock.CreateTimer(_ => CloseWhenFree(), null, IdleUntilClosed, Timeout.InfiniteTimeSpan)).Change(IdleUntilClosed, Timeout.InfiniteTimeSpan);
        if (!changed) return;
        changes.Say(LedgerPart.Usage);
        changes.Say(LedgerPart.Traces);
    }

    /// <summary>Forgets what is cached of the rollups; to be called while holding the gate, after another hand changed them.</summary>
    internal void ForgetCells() => _store?.Cells.Forget();

    public void Dispose()
    {
        _idle?.Dispose();
        Task running;
        lock (_checkpointing) running = _checkpoint;
        running.GetAwaiter().GetResult();
        _store?.Dispose();
        _store = null;
    }

    private SqliteSpanStore OpenStore()
    {
        if (_store is { } open) return open;
        var made = new SqliteSpanStore(options, prices);
        if (Interlocked.CompareExchange(ref _store, made, null) is not { } first) return made;
        made.Dispose();
        return first;
    }

    private bool WriteSome(SqliteSpanStore store, IReadOnlyList<PreparedSpans> deliveries, ref (int Delivery, int Trace) place)
    {
        var now = UtcTime.ToUnixMs(clock.GetUtcNow().UtcDateTime);
        var book = new TraceBook(store, dimensions, prices, owners, now);
        var (delivery, trace) = place;
        try
        {
            store.Begin();
            var started = clock.GetTimestamp();
            var spans = 0;
            for (; delivery < deliveries.Count; delivery++, trace = 0)
            {
                var prepared = deliveries[delivery];
                for (; trace < prepared.Traces.Count; trace++)
                {
                    if (spans > 0 && (spans + prepared.Traces[trace].Spans.Count > _spansPerTransaction || book.HoursToSettle >= MostHoursToSettle
                        || clock.GetElapsedTime(started) > LongestTransaction)) goto full;
                    book.Write(prepared.Traces[trace]);
                    spans += prepared.Traces[trace].Spans.Count;
                }
                store.Names.AddSignal(prepared.Signal, prepared.Count, prepared.Rejected, now);
            }
        full:
            book.Finish();
            store.Commit();
            var took = clock.GetElapsedTime(started);
            if (took > LongestTransaction) _spansPerTransaction = Math.Max(FewestSpansPerTransaction, _spansPerTransaction / 2);
            else if (took < LongestTransaction / 2) _spansPerTransaction = Math.Min(MostSpansPerTransaction, _spansPerTransaction * 2);
            _sinceCheckpoint += spans;
            _sinceHeld += spans;
        }
        catch
        {
            // Caches may hold what was never stored: all of them go, and the connection with its open transaction.
            dimensions.Forget(book.Added);
            _store = null;
            store.Dispose();
            throw;
        }
        place = (delivery, trace);
        return book.Changed;
    }

    // Caches for a busy minute are a burden on a quiet day: they and the connection go, and come back with the next span.
    private void CloseWhenFree()
    {
        if (!gate.TryEnter(out var turn)) return;
        using (turn)
        {
            _store?.Dispose();
            _store = null;
        }
    }

    private void CheckpointAside()
    {
        lock (_checkpointing)
        {
            if (!_checkpoint.IsCompleted || _store is not { } store || _sinceCheckpoint < CheckpointSpans) return;
            _sinceCheckpoint = 0;
            _checkpoint = Task.Run(() =>
            {
                using var connection = new SqliteConnection(store.Connection.ConnectionString);
                connection.Open();
                SqlitePragmas.Apply(connection);
                SqliteSpanStore.Checkpoint(connection);
            });
        }
    }
}
