using GenAiCostPortal.Ledger.Owners;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>A temporary folder for one test's store. A migrated, empty SQLite file is made once per test run and copied in, which is many times faster than migrating.</summary>
internal sealed class StoreFolder(string prefix) : IDisposable
{
    private static readonly Lazy<Task<byte[]>> Migrated = new(MigrateAsync);

    public string Path { get; } = Directory.CreateTempSubdirectory(prefix).FullName;

    public string FileOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Puts the migrated, empty file there. For a constructor, hence not asynchronous.</summary>
    public string Migrate(string name)
    {
        var file = FileOf(name);
        File.WriteAllBytes(file, Migrated.Value.GetAwaiter().GetResult());
        return file;
    }

    /// <summary>Removes the folder.</summary>
    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        try { Directory.Delete(Path, recursive: true); }
        catch (IOException) { /* A page left in the middle of a read has its file open: no failure of the test; what stays goes with the temp folder. */ }
    }

    private static async Task<byte[]> MigrateAsync()
    {
        using var folder = new StoreFolder("store-template-");
        var file = folder.FileOf("empty.db");
        await using (var services = new ServiceCollection().AddLedger(new StoreOptions { ConnectionString = $"Data Source={file};Pooling=False" }, new OwnerKeys()).BuildServiceProvider())
            await AddStore.MigrateAsync(services.GetRequiredService<IDbContextFactory<LedgerDb>>());
        // The last connection to close folds the log into the file.
        return await File.ReadAllBytesAsync(file);
    }
}
