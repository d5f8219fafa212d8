using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>A ledger on a temporary SQLite file, with the means to put trace rows into it.</summary>
internal sealed class TraceStore : IAsyncDisposable
{
    private readonly StoreFolder _folder = new("traces-");
    private readonly ServiceProvider _services;

    private TraceStore(TimeProvider? clock)
    {
        var services = new ServiceCollection();
        if (clock is not null) services.AddSingleton(clock);
        services.AddLedger(new StoreOptions { ConnectionString = $"Data Source={_folder.Migrate("test.db")};Pooling=False" }, new OwnerKeys());
        _services = services.BuildServiceProvider();
    }

    public static readonly DateTime Start = new(2026, 11, 17, 11, 0, 0, DateTimeKind.Utc);

    public static async Task<TraceStore> OpenAsync(TimeProvider? clock = null)
    {
        var store = new TraceStore(clock);
        await store.Get<Dimensions>().LoadAsync();
        return store;
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public LedgerDb Db() => Get<IDbContextFactory<LedgerDb>>().CreateDbContext();

    public int Name(LedgerDb db, DimensionKind kind, string name, string? label = null)
    {
        var added = new List<DimensionValue>();
        var id = Get<Dimensions>().GetOrAdd(kind, name, added, label);
        db.Dimensions.AddRange(added);
        return id;
    }

    /// <summary>A trace row; key and trace id from <paramref name="number"/>.</summary>
    public TraceRow Trace(LedgerDb db, int number, string workflow = "summarise", string feature = "contract-summary", Action<TraceRow>? with = null)
    {
        var row = new TraceRow
        {
            Key = number, TraceId = new TraceId(0xab00_0000_0000_0000, (ulong)number).ToBytes(), StartUnixMs = UtcTime.ToUnixMs(Start.AddMinutes(number)),
            DurationMs = number * 10, WorkflowId = Name(db, DimensionKind.Workflow, workflow), FeatureId = Name(db, DimensionKind.Feature, feature),
            Calls = 1, Spans = 2, Tokens = number * 100, EstimatedCostNanoUsd = Money.ToNanoUsd(number / 100m), IsRequest = true, HasRoot = true,
        };
        with?.Invoke(row);
        db.Traces.Add(row);
        return row;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
