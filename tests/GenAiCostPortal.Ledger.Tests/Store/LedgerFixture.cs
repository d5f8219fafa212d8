using GenAiCostPortal.Ledger.Owners;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>A clock that stands still until it is moved.</summary>
public sealed class SetClock(DateTime now) : TimeProvider
{
    public DateTime Now { get; set; } = now;
    public override DateTimeOffset GetUtcNow() => new(Now, TimeSpan.Zero);
}

/// <summary>A freshly migrated SQLite file in a folder of its own, with everything of the ledger registered on it.</summary>
public sealed class LedgerFixture : IAsyncDisposable
{
    private readonly StoreFolder _folder;
    private readonly ServiceProvider _services;

    private LedgerFixture(StoreFolder folder, ServiceProvider services, SetClock clock)
    {
        (_folder, _services, Clock) = (folder, services, clock);
    }

    public SetClock Clock { get; }
    public IServiceProvider Services => _services;
    public IDbContextFactory<LedgerDb> Stores => Get<IDbContextFactory<LedgerDb>>();
    public string DatabaseFile => _folder.FileOf("ledger.db");

    /// <summary>Starts at noon of 20 Nov 2026 unless told otherwise.</summary>
    public static async Task<LedgerFixture> CreateAsync(DateTime? now = null, Action<IServiceCollection>? more = null)
    {
        var folder = new StoreFolder("genai-ledger-");
        var clock = new SetClock(now ?? new DateTime(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc));
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        services.AddLogging();
        services.AddLedger(new StoreOptions { ConnectionString = $"Data Source={folder.Migrate("ledger.db")}" }, new OwnerKeys());
        more?.Invoke(services);
        var fixture = new LedgerFixture(folder, services.BuildServiceProvider(), clock);
        await fixture.Get<Dimensions>().LoadAsync();
        return fixture;
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public async Task<LedgerDb> OpenAsync() => await Stores.CreateDbContextAsync();

    /// <summary>One number by plain SQL, for recomputing what a report says.</summary>
    public async Task<long> ScalarAsync(string sql)
    {
        await using var db = await OpenAsync();
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync() is { } value and not DBNull ? Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>The number of a name, stored if new.</summary>
    public async Task<int> DimensionAsync(DimensionKind kind, string name)
    {
        using var turn = await Get<WriteGate>().EnterAsync();
        var added = new List<DimensionValue>();
        var id = Get<Dimensions>().GetOrAdd(kind, name, added);
        await using var db = await OpenAsync();
        db.Dimensions.AddRange(added);
        await db.SaveChangesAsync();
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
