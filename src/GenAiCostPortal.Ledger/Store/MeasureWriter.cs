using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// Writes data points of metrics: each once, and in the same transaction the difference to its neighbours into the slots of
/// <see cref="MeasuredUsage"/>. What is stored is a function of the set of points, so their order and repetition do not matter.
/// Returns after the commit is synced to disk.
/// </summary>
public sealed class MeasureWriter(StoreOptions options, WriteGate gate, Dimensions dimensions, OwnerKeys owners, LedgerChanges changes, TimeProvider clock) : IDisposable
{
    /// <summary>Points older than this are refused: the slots they belong to are settled and gone.</summary>
    public const int TakenForDays = 14;

    private const int PointsPerTransaction = 1_000, CheckpointPoints = 5_000;
    private static readonly TimeSpan LongestTransaction = TimeSpan.FromMilliseconds(120);
    private SqliteMeasures? _store;
    private bool _isStale;
    private int _sinceCheckpoint;

    /// <summary>Makes points ready; pure and costly.</summary>
    /// <param name="rejected">Points of the delivery that were refused before.</param>
    /// <param name="ignored">Points of the delivery that were found to be none of the portal's business.</param>
    public PreparedMeasures Prepare(IReadOnlyList<MeasuredPointRead> points, int rejected = 0, int ignored = 0)
    {
        var readings = new List<MeasuredReading>(points.Count);
        var stored = 0;
        // Coming names first: the old ones of the same usage are then silent from the start.
        foreach (var point in points.OrderByDescending(p => MeasuredReader.IsComing(p.Instrument)))
        {
            var said = MeasuredReader.Read(point, owners);
            readings.AddRange(said);
            if (said.Count > 0) stored++;
        }
        return new PreparedMeasures(readings, stored, rejected, ignored + points.Count - stored);
    }

    /// <summary>Stores deliveries, in transactions of at most 1,000 points or 120 ms. After a failure they may be written again.</summary>
    public async Task WriteAsync(IReadOnlyList<PreparedMeasures> deliveries, CancellationToken cancel = default)
    {
        if (options.Provider != StoreProvider.Sqlite) throw new NotSupportedException("Metrics are stored on SQLite only.");
        await dimensions.LoadAsync(cancel);
        var place = (Delivery: 0, Reading: 0);
        while (place.Delivery < deliveries.Count)
        {
            using var turn = await gate.EnterAsync(cancel);
            WriteSome(deliveries, ref place);
        }
        changes.Say(LedgerPart.Usage);
        if (_sinceCheckpoint < CheckpointPoints || _store is null) return;
        _sinceCheckpoint = 0;
        SqliteSpanStore.Checkpoint(_store.Connection);
    }

    /// <summary>Forgets what is cached of the series; to be called while holding the gate, after another hand took some away.</summary>
    internal void ForgetStreams() => _isStale = true;

    public void Dispose() => Close();

    private void WriteSome(IReadOnlyList<PreparedMeasures> deliveries, ref (int Delivery, int Reading) place)
    {
        if (_isStale) Close();
        var store = _store ??= new SqliteMeasures(options);
        var book = new MeasureBook(store, dimensions, UtcTime.ToUnixMs(clock.GetUtcNow().UtcDateTime.Date.AddDays(-TakenForDays)));
        var (delivery, reading) = place;
        try
        {
            store.Begin();
            var started = clock.GetTimestamp();
            var points = 0;
            for (; delivery < deliveries.Count; delivery++, reading = 0)
            {
                var prepared = deliveries[delivery];
                for (; reading < prepared.Readings.Count; reading++, points++)
                {
                    if (points >= PointsPerTransaction || clock.GetElapsedTime(started) > LongestTransaction) goto full;
                    book.Write(prepared.Readings[reading]);
                }
                store.AddSignal(prepared.Count, prepared.Rejected, UtcTime.ToUnixMs(clock.GetUtcNow().UtcDateTime));
            }
        full:
            book.Finish();
            store.Commit();
            _sinceCheckpoint += points;
        }
        catch
        {
            dimensions.Forget(book.Added);
            Close();
            throw;
        }
        place = (delivery, reading);
    }

    private void Close()
    {
        _store?.Dispose();
        _store = null;
        _isStale = false;
    }
}
