using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Ledger.Prices;

public sealed class PriceFinderTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTime Now = new(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc);
    private readonly StoreFolder _folder = new("prices-");
    private ServiceProvider _services = null!;
    private IDbContextFactory<LedgerDb> _stores = null!;

    public Task InitializeAsync()
    {
        var services = new ServiceCollection();
        services.AddLedgerStore(new StoreOptions { Provider = StoreProvider.Sqlite, ConnectionString = $"Data Source={_folder.Migrate("p.db")};Pooling=False" });
        services.AddSingleton<PriceFinder>();
        _services = services.BuildServiceProvider();
        _stores = _services.GetRequiredService<IDbContextFactory<LedgerDb>>();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _services.DisposeAsync().AsTask();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_first_load_fills_the_table_and_the_second_adds_nothing()
    {
        var finder = _services.GetRequiredService<PriceFinder>();
        var told = 0;
        using var subscription = _services.GetRequiredService<LedgerChanges>().Subscribe(part => told += part == LedgerPart.Prices ? 1 : 0);
        await finder.LoadAsync();
        var first = await CountAsync();
        await finder.LoadAsync();
        Assert.Equal(PriceBookReader.ReadShipped().Count, first);
        Assert.Equal((first, 1), (await CountAsync(), told));

        var price = finder.Find(ModelNameReader.Read("us.anthropic.claude-sonnet-4-6"), ServiceTier.Standard, ContextBand.Normal, "us-east-1", Now)!;
        Assert.Equal(3_300_000_000, price.InputNanoUsd);
        Assert.Same(price, finder.ById(price.Id));
        Assert.Null(finder.ById(0));
        Assert.NotNull(finder.LoadedAt);
    }

    [Fact]
    public async Task A_changed_book_adds_rows_and_changes_none()
    {
        var finder = _services.GetRequiredService<PriceFinder>();
        await finder.LoadAsync();
        await using (var db = await _stores.CreateDbContextAsync())
        {
            // As if an older book had been shipped: another hash, one row less, one row with another price.
            (await db.Facts.SingleAsync(f => f.Name == "prices.shipped")).Value = "older";
            var rows = await db.Prices.Where(p => p.Model == "amazon.nova-pro").OrderBy(p => p.Id).ToListAsync();
            db.Prices.Remove(rows[0]);
            rows[1].InputNanoUsd = 1;
            await db.SaveChangesAsync();
        }
        var before = await CountAsync();
        await finder.LoadAsync();
        Assert.Equal(before + 2, await CountAsync());
        await using var after = await _stores.CreateDbContextAsync();
        Assert.Equal(1, await after.Prices.CountAsync(p => p.InputNanoUsd == 1));
    }

    [Fact]
    public async Task An_own_override_comes_before_every_list_price_from_its_day_on()
    {
        var finder = _services.GetRequiredService<PriceFinder>();
        await finder.LoadAsync();
        await using (var db = await _stores.CreateDbContextAsync())
        {
            db.Prices.Add(new Price { Model = "amazon.nova-2-lite", Provider = "amazon", Source = PriceSource.Override, EffectiveFrom = new DateOnly(2026, 10, 1), InputNanoUsd = 7 });
            await db.SaveChangesAsync();
        }
        await finder.LoadAsync();
        var model = ModelNameReader.Read("amazon.nova-2-lite-v1:0");
        Assert.Equal(7, finder.Find(model, ServiceTier.Standard, ContextBand.Normal, "us-east-1", Now)!.InputNanoUsd);
        Assert.Equal(330_000_000, finder.Find(model, ServiceTier.Standard, ContextBand.Normal, "us-east-1", new DateTime(2026, 9, 30, 0, 0, 0, DateTimeKind.Utc))!.InputNanoUsd);
    }

    private async Task<int> CountAsync()
    {
        await using var db = await _stores.CreateDbContextAsync();
        return await db.Prices.CountAsync();
    }
}
