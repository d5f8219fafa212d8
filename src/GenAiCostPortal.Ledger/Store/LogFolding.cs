using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// When SQLite's write-ahead log is folded back into the file. Left alone, the commit that crosses a thousand pages does it, in its
/// writer's turn and for all that others wrote before; who writes much holds that off and folds between its turns.
/// </summary>
internal static class LogFolding
{
    /// <summary>SQLite's own measure, for the connection's next user.</summary>
    private const string Usual = "PRAGMA wal_autocheckpoint=1000";

    /// <summary>Commits of the open connection no longer fold.</summary>
    public static Task HoldAsync(LedgerDb db, CancellationToken cancel = default) => SayAsync(db, "PRAGMA wal_autocheckpoint=0", cancel);

    /// <summary>Commits of the open connection fold again.</summary>
    public static Task ReleaseAsync(LedgerDb db) => SayAsync(db, Usual, CancellationToken.None);

    /// <summary>Folds what no reader needs any more, without making anybody wait. To be called outside of a turn.</summary>
    public static Task FoldAsync(LedgerDb db, CancellationToken cancel = default) => SayAsync(db, "PRAGMA wal_checkpoint(PASSIVE)", cancel);

    private static async Task SayAsync(LedgerDb db, string text, CancellationToken cancel)
    {
        if (db.Database.GetDbConnection() is not SqliteConnection connection) return;
        await db.Database.OpenConnectionAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync(cancel);
    }
}
