using GenAiCostPortal.Access;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Settings;
using GenAiCostPortal.Sources.Otlp;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal;

/// <summary>What must be true of the store before anybody is let in.</summary>
internal static class StoreOpening
{
    private const string SampleFact = "sample", PromptKeyFact = "prompt-hash-key";

    public static async Task OpenStoreAsync(this WebApplication app, PortalSettings settings)
    {
        var stores = app.Services.GetRequiredService<IDbContextFactory<LedgerDb>>();
        await AddStore.MigrateAsync(stores);
        await MarkAsync(stores, settings);
        await app.Services.GetRequiredService<Dimensions>().LoadAsync();
        await app.Services.GetRequiredService<OwnerSettings>().LoadAsync();
        await app.Services.GetRequiredService<PriceFinder>().LoadAsync();
        await app.Services.GetRequiredService<InferenceProfiles>().LoadAsync();
        if (settings.Access.Mode == AccessMode.Local && await app.Services.GetRequiredService<LocalAccounts>().IssueSetUpTokenAsync() is { } token)
            Console.WriteLine($"No account yet. Open {settings.Urls[0]}/set-up and use this one-time token: {token}");
    }

    /// <summary>Cookies must outlive a restart, so their keys lie beside the store.</summary>
    public static DirectoryInfo KeyFolder(PortalSettings settings)
    {
        if (settings.Store.Provider != StoreProvider.Sqlite) return new DirectoryInfo("data/keys");
        var file = Path.GetFullPath(new SqliteConnectionStringBuilder(settings.Store.ConnectionString).DataSource);
        return new DirectoryInfo(Path.Combine(Path.GetDirectoryName(file) ?? ".", "keys"));
    }

    /// <summary>The key of the prompt hash, made once per store: loops are found across restarts, and hashes of two stores say nothing about each other.</summary>
    public static PromptHashKey PromptKey(IServiceProvider services)
    {
        using var db = services.GetRequiredService<IDbContextFactory<LedgerDb>>().CreateDbContext();
        if (db.Facts.FirstOrDefault(f => f.Name == PromptKeyFact) is { } kept) return new PromptHashKey(Convert.FromHexString(kept.Value));
        var made = PromptHashKey.Random();
        db.Facts.Add(new StoreFact { Name = PromptKeyFact, Value = Convert.ToHexStringLower(made.Key) });
        db.SaveChanges();
        return made;
    }

    // Made and real money must never lie in one store.
    private static async Task MarkAsync(IDbContextFactory<LedgerDb> stores, PortalSettings settings)
    {
        await using var db = await stores.CreateDbContextAsync();
        var fact = await db.Facts.FirstOrDefaultAsync(f => f.Name == SampleFact);
        if (fact is null)
        {
            db.Facts.Add(new StoreFact { Name = SampleFact, Value = settings.Sample.Enabled ? "true" : "false" });
            await db.SaveChangesAsync();
        }
        else if (fact.Value != (settings.Sample.Enabled ? "true" : "false"))
        {
            throw new ConfigurationException([settings.Sample.Enabled
                ? "Sample:Enabled: this store holds a real organisation; the sample needs a store of its own (Store:ConnectionString)"
                : "Store:ConnectionString: this store holds the sample organisation; start with --sample, or name another store"]);
        }
    }
}
