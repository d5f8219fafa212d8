using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Feeds;

/// <summary>Keeps how far each feed has read at each place.</summary>
public sealed class FeedCursors(IDbContextFactory<LedgerDb> stores, WriteGate gate, TimeProvider time)
{
    /// <summary>What the feed noted of a place; null when it noted nothing yet.</summary>
    public async Task<string?> FindAsync(string feed, string connection, string place, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return (await db.FeedCursors.FindAsync([feed, connection, place], cancel))?.Value;
    }

    /// <summary>Notes how far the feed has read; replaces what was noted before.</summary>
    public async Task SetAsync(string feed, string connection, string place, string value, CancellationToken cancel = default)
    {
        using var turn = await gate.EnterAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var cursor = await db.FeedCursors.FindAsync([feed, connection, place], cancel);
        if (cursor is null) db.FeedCursors.Add(cursor = new FeedCursor { Feed = feed, Connection = connection, Place = place, Value = value });
        (cursor.Value, cursor.UpdatedAt) = (value, time.GetUtcNow().UtcDateTime);
        await db.SaveChangesAsync(cancel);
    }
}
