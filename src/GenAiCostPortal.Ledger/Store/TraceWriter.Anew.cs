namespace GenAiCostPortal.Ledger.Store;

/// <summary>Stored traces read again, in the same short transactions as new spans.</summary>
public sealed partial class TraceWriter
{
    /// <summary>Reads stored traces anew and moves their calls and rollups by the difference.</summary>
    internal async Task ReadAnewAsync(IReadOnlyList<long> traceKeys, CancellationToken cancel)
    {
        await dimensions.LoadAsync(cancel);
        if (prices.LoadedAt is null) await prices.LoadAsync(cancel);
        var at = 0;
        while (at < traceKeys.Count)
        {
            using var turn = await gate.EnterAsync(cancel);
            at = ReadSomeAnew(traceKeys, at);
        }
        if (traceKeys.Count == 0) return;
        changes.Say(LedgerPart.Usage);
        changes.Say(LedgerPart.Traces);
    }

    private int ReadSomeAnew(IReadOnlyList<long> traceKeys, int at)
    {
        var store = OpenStore();
        var book = new TraceBook(store, dimensions, prices, owners, UtcTime.ToUnixMs(clock.GetUtcNow().UtcDateTime));
        try
        {
            store.Begin();
            var started = clock.GetTimestamp();
            do book.ReadAnew(traceKeys[at++]);
            while (at < traceKeys.Count && book.HoursToSettle < MostHoursToSettle && clock.GetElapsedTime(started) < LongestTransaction);
            book.Finish();
            store.Commit();
        }
        catch
        {
            dimensions.Forget(book.Added);
            _store = null;
            store.Dispose();
            throw;
        }
        return at;
    }
}
