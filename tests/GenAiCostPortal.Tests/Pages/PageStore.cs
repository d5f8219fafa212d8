using Bunit;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Settings;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Radzen;

namespace GenAiCostPortal.Pages;

/// <summary>A store that can be made to fail or to keep a reader waiting.</summary>
internal sealed class TroubledStores(Func<IDbContextFactory<LedgerDb>> inner) : IDbContextFactory<LedgerDb>
{
    /// <summary>The next readers get a fault with this text, which nobody may ever see.</summary>
    public string? Fault { get; set; }
    /// <summary>Readers wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public LedgerDb CreateDbContext() => Fault is null ? inner().CreateDbContext() : throw new InvalidOperationException(Fault);

    public async Task<LedgerDb> CreateDbContextAsync(CancellationToken cancellationToken = default)
    {
        await Gate.WaitAsync(cancellationToken);
        return Fault is null ? await inner().CreateDbContextAsync(cancellationToken) : throw new InvalidOperationException(Fault);
    }
}

/// <summary>Pages over a real SQLite file, as on 21 Nov 2026, 14:20 UTC.</summary>
internal sealed class PageStore : IAsyncDisposable
{
    public static readonly DateTime Now = new(2026, 11, 21, 14, 20, 0, DateTimeKind.Utc);
    private const string Account = "111122223333";
    private readonly StoreFolder _folder = new("pages-");

    public BunitContext Pages { get; } = new();
    public TroubledStores Stores { get; private set; } = default!;

    public static async Task<PageStore> CreateAsync(bool isSample = false)
    {
        var store = new PageStore();
        var services = store.Pages.Services;
        services.AddSingleton<TimeProvider>(new StandingClock(Now));
        services.AddLogging();
        services.AddLedger(new StoreOptions { ConnectionString = $"Data Source={store._folder.Migrate("pages.db")}" }, new OwnerKeys());
        services.TryAddSingleton<FeedPlans>();
        services.AddSingleton(new GenAiCostPortal.Sources.Aws.AwsOptions());
        var settings = new PortalSettings();
        settings.Sample.Enabled = isSample;
        services.AddSingleton(settings);
        services.AddPages();
        services.AddRadzenComponents();
        var real = services.Last(s => s.ServiceType == typeof(IDbContextFactory<LedgerDb>));
        services.Remove(real);
        services.AddSingleton<IDbContextFactory<LedgerDb>>(provider =>
            store.Stores = new TroubledStores(() => (IDbContextFactory<LedgerDb>)ActivatorUtilities.CreateInstance(provider, real.ImplementationType!)));
        store.Pages.JSInterop.Mode = JSRuntimeMode.Loose;
        store.Pages.AddBunitPersistentComponentState();
        store.Pages.Renderer.SetRendererInfo(new RendererInfo("Server", true));
        await store.Get<Dimensions>().LoadAsync();
        return store;
    }

    public T Get<T>() where T : notnull => Pages.Services.GetRequiredService<T>();

    /// <summary>
    /// A bill of two features and an untagged rest: 10, 5 and 1 USD a day from 1 Oct to 19 Nov; on 17 Nov contract-summary cost
    /// 110. So November up to the 19th is 190 + 100 + 95 + 19 = 404 USD, and 1–19 Oct 304.
    /// </summary>
    public async Task BillAsync()
    {
        var from = new DateOnly(2026, 10, 1);
        var to = new DateOnly(2026, 11, 20);
        var lines = new List<BilledLineRead>();
        for (var day = from; day < to; day = day.AddDays(1))
        {
            void Line(string usageType, string? feature, decimal usd) =>
                lines.Add(new BilledLineRead(day, Account, "us-east-1", "Amazon Bedrock", usageType, ChargeCategory.Usage, feature, usd, usd * 1000, "1K tokens", false));
            Line("USE1-NovaPro-input-tokens", "contract-summary", day == new DateOnly(2026, 11, 17) ? 110m : 10m);
            Line("USE1-NovaPro-output-tokens", "support-copilot", 5m);
            Line("USE1-Guardrail-ContentPolicyUnits", null, 1m);
        }
        var names = new Dictionary<string, string> { [Account] = "production" };
        await Get<BillWriter>().ReplaceAsync(new BilledDaysRead("CostExplorer", from, to, Now.AddHours(-14), lines, [], names));
        await Get<BillWriter>().ReplaceAsync(new BilledDaysRead("CostExplorer", from, to, Now.AddHours(-1), lines, [], names));
        await Get<LedgerBuild>().BuildDueAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Stores.Fault = null;
        await Pages.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Says always the same time; timers run as usual.</summary>
    private sealed class StandingClock(DateTime now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(now, TimeSpan.Zero);
    }
}
