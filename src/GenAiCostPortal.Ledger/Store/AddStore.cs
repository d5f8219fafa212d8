using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Registers the store; a context per database behind one <see cref="IDbContextFactory{LedgerDb}"/>.</summary>
public static class AddStore
{
    /// <summary>Adds contexts, dimensions, the write gate and change notices for the chosen database.</summary>
    public static IServiceCollection AddLedgerStore(this IServiceCollection services, StoreOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        if (options.Provider == StoreProvider.Sqlite)
        {
            services.AddDbContextFactory<SqliteLedgerDb>(b => b.UseSqlite(options.ConnectionString).AddInterceptors(new SqlitePragmas()));
            services.AddSingleton<IDbContextFactory<LedgerDb>, FactoryOf<SqliteLedgerDb>>();
        }
        else
        {
            services.AddDbContextFactory<PostgresLedgerDb>(b => b.UseNpgsql(options.ConnectionString));
            services.AddSingleton<IDbContextFactory<LedgerDb>, FactoryOf<PostgresLedgerDb>>();
        }
        services.AddSingleton<WriteGate>();
        services.AddSingleton<Dimensions>();
        services.AddSingleton<LedgerChanges>();
        return services;
    }

    /// <summary>Creates or migrates the database. On SQLite also creates its folder.</summary>
    public static async Task MigrateAsync(IDbContextFactory<LedgerDb> stores, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        if (db is SqliteLedgerDb)
        {
            var file = new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource;
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { Length: > 0 } folder && !file.StartsWith(':')) Directory.CreateDirectory(folder);
        }
        await db.Database.MigrateAsync(cancel);
    }

    private sealed class FactoryOf<TDb>(IDbContextFactory<TDb> inner) : IDbContextFactory<LedgerDb> where TDb : LedgerDb
    {
        public LedgerDb CreateDbContext() => inner.CreateDbContext();
        public async Task<LedgerDb> CreateDbContextAsync(CancellationToken cancellationToken = default) => await inner.CreateDbContextAsync(cancellationToken);
    }
}

/// <summary>For <c>dotnet ef migrations add NAME --context SqliteLedgerDb --output-dir Store/Migrations/Sqlite -- -p:AuthorMigrations=true</c>.</summary>
internal sealed class SqliteAtDesign : IDesignTimeDbContextFactory<SqliteLedgerDb>
{
    public SqliteLedgerDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteLedgerDb>().UseSqlite("Data Source=design.db").Options);
}

/// <summary>The same for PostgreSQL.</summary>
internal sealed class PostgresAtDesign : IDesignTimeDbContextFactory<PostgresLedgerDb>
{
    public PostgresLedgerDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresLedgerDb>().UseNpgsql("Host=localhost;Database=design").Options);
}
