using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Ledger.Store;

public sealed class SqlitePragmasTests : IDisposable
{
    private readonly StoreFolder _folder = new("pragmas-");

    [Fact]
    public async Task Every_connection_that_writes_syncs_each_commit_to_disk()
    {
        await using var services = Services();
        var stores = services.GetRequiredService<IDbContextFactory<LedgerDb>>();
        await AddStore.MigrateAsync(stores);
        await using var db = await stores.CreateDbContextAsync();
        await db.Database.OpenConnectionAsync();
        // 2 is FULL in SQLite's documentation of the pragma.
        Assert.Equal(2L, Read(db, "synchronous"));
        Assert.Equal("wal", Read(db, "journal_mode"));
    }

    [Fact]
    public async Task An_empty_file_is_migrated_like_a_missing_one()
    {
        await File.WriteAllBytesAsync(_folder.FileOf("portal.db"), []);
        await using var services = Services();
        var stores = services.GetRequiredService<IDbContextFactory<LedgerDb>>();
        await AddStore.MigrateAsync(stores);
        await using var db = await stores.CreateDbContextAsync();
        Assert.Empty(await db.Facts.ToListAsync());
        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public void The_PostgreSQL_context_has_no_pending_model_change()
    {
        using var db = new PostgresLedgerDb(new DbContextOptionsBuilder<PostgresLedgerDb>().UseNpgsql("Host=localhost;Database=none").Options);
        Assert.False(db.Database.HasPendingModelChanges());
    }

    private static object? Read(LedgerDb db, string pragma)
    {
        using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA " + pragma;
        return command.ExecuteScalar();
    }

    private ServiceProvider Services() => new ServiceCollection()
        .AddLedgerStore(new StoreOptions { ConnectionString = $"Data Source={_folder.FileOf("portal.db")}" }).BuildServiceProvider();

    public void Dispose() => _folder.Dispose();
}
