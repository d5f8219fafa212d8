using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Hours of the invocation log that were summed where they lie.</summary>
public sealed partial class TraceWriter
{
    /// <summary>
    /// Stores what a connection's log says of the hours from <paramref name="from"/> to <paramref name="to"/> (exclusive), in the place of
    /// what it said before: an hour without a use is empty. Booked is what goes beyond recorded calls. An hour is one transaction at least;
    /// what was stored stays when a later hour fails.
    /// </summary>
    public async Task WriteHoursAsync(string connection, DateTime from, DateTime to, IReadOnlyCollection<LoggedUse> uses, CancellationToken cancel = default)
    {
        if (options.Provider != StoreProvider.Sqlite) throw new NotSupportedException("Summed logs are stored on SQLite only.");
        await dimensions.LoadAsync(cancel);
        if (prices.LoadedAt is null) await prices.LoadAsync(cancel);
        var byHour = uses.ToLookup(u => UtcTime.ToUnixSeconds(u.Hour));
        var hour = UtcTime.ToUnixSeconds(from);
        while (hour < UtcTime.ToUnixSeconds(to))
        {
            var store = OpenStore();
            using var turn = await gate.EnterAsync(cancel);
            if (!ReferenceEquals(store, _store)) continue;
            hour = WriteSomeHours(store, connection, hour, UtcTime.ToUnixSeconds(to), byHour);
        }
        changes.Say(LedgerPart.Usage);
    }

    /// <summary>Forgets the sums of hours before a time; to be called while holding the gate, after they were deleted.</summary>
    internal void ForgetLoggedHours(long beforeUnixSeconds) => _store?.LoggedHours.RemoveWhere(h => h < beforeUnixSeconds);

    private long WriteSomeHours(SqliteSpanStore store, string connection, long hour, long end, ILookup<long, LoggedUse> byHour)
    {
        List<DimensionValue> added = [];
        try
        {
            store.Begin();
            var started = clock.GetTimestamp();
            var (calls, book) = (new CallBooking(dimensions, prices, store.Series, added), new LoggedBook(store, dimensions));
            do
            {
                book.Replace(hour, connection, byHour[hour], calls);
                book.Settle(hour);
                hour += 3_600;
            }
            while (hour < end && clock.GetElapsedTime(started) < LongestTransaction / 2);
            store.Cells.Write();
            foreach (var value in added) store.Names.Insert(value);
            store.Commit();
        }
        catch
        {
            dimensions.Forget(added);
            _store = null;
            store.Dispose();
            throw;
        }
        return hour;
    }
}
