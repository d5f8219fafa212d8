using System.Data;
using System.Diagnostics;
using System.Globalization;
using GenAiCostPortal.Ledger;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Benchmarks;

/// <summary>The rollups of ten million calls priced anew: 90 days of 300 series by the hour, preview, run and undo.</summary>
internal static class RepriceSpeed
{
    private const int Days = 90, Series = 300, CallsPerHour = 16;

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("genai-reprice-");
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        await using (var services = Services(folder))
        {
            var stores = services.GetRequiredService<IDbContextFactory<LedgerDb>>();
            await AddStore.MigrateAsync(stores);
            var prices = services.GetRequiredService<PriceFinder>();
            await prices.LoadAsync();
            await FillAsync(stores, today, prices.FindList(ModelNameReader.Read("amazon.nova-pro-v1:0"), default, default, "us-east-1", UtcTime.Start(today))!.Id);
        }
        // Anew, so that the longest turn is one of the re-pricing.
        await using (var services = Services(folder))
        {
            await services.GetRequiredService<PriceFinder>().LoadAsync();
            var right = await services.GetRequiredService<OwnPrices>().AddAsync(new OwnPrice("amazon.nova-pro-v1:0", default, default, "", default, today.AddDays(-Days), new Dictionary<TokenKind, decimal> { [TokenKind.Input] = 0.4m }, ""), "bench");

            var orders = services.GetRequiredService<Repricings>();
            var run = services.GetRequiredService<RepricingRun>();
            var ask = new RepricingAsk(RepricingOperation.Correct, today.AddDays(-Days), today, right.Id);
            var watch = Stopwatch.StartNew();
            var preview = await orders.PreviewAsync(ask);
            Say(string.Create(CultureInfo.InvariantCulture, $"preview, {preview.Calls:#,0} calls, ${preview.BeforeUsd:#,0.00} to ${preview.AfterUsd:#,0.00}"), watch);
            var id = await orders.AskAsync(ask, "bench");
            await run.RunDueAsync();
            Say("run", watch);
            await orders.UndoAsync(id, "bench");
            await run.RunDueAsync();
            Say("undo", watch);
            var longest = services.GetRequiredService<WriteGate>().Longest;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"longest write turn {longest.Length.TotalMilliseconds:F0} ms ({longest.Writer})"));
        }
        folder.Delete(recursive: true);
        return 0;
    }

    private static ServiceProvider Services(DirectoryInfo folder) => new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System)
        .AddLedger(new StoreOptions { ConnectionString = $"Data Source={Path.Combine(folder.FullName, "bench.db")};Pooling=False" }, new OwnerKeys()).BuildServiceProvider();

    private static void Say(string what, Stopwatch watch)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {watch.Elapsed.TotalSeconds:F1} s"));
        watch.Restart();
    }

    private static async Task FillAsync(IDbContextFactory<LedgerDb> stores, DateOnly today, int price)
    {
        await using var db = await stores.CreateDbContextAsync();
        db.Dimensions.AddRange(new DimensionValue { Id = 1, Kind = DimensionKind.Model, Name = "amazon.nova-pro" }, new DimensionValue { Id = 2, Kind = DimensionKind.Provider, Name = "amazon" }, new DimensionValue { Id = 3, Kind = DimensionKind.Region, Name = "us-east-1" });
        db.CostSeries.AddRange(Enumerable.Range(1, Series).Select(i => new CostSeries { Id = i, ModelId = 1, ProviderId = 2, RegionId = 3, FeatureId = i, IsBillable = true, PriceId = price }));
        await db.SaveChangesAsync();
        var connection = db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.Unspecified);
        await using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        // 1,000 in and 200 out a call: at $0.80 and $3.20 a million 1,440,000 nano-USD, rounded nowhere.
        insert.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {Series}), h(t) AS (SELECT {UtcTime.ToUnixSeconds(today.AddDays(-Days))} UNION ALL SELECT t + 3600 FROM h WHERE t + 3600 < {UtcTime.ToUnixSeconds(today)})
            INSERT INTO cost_rollup(Span, SlotUnixSeconds, SeriesId, Calls, Input, CacheRead, CacheWrite5m, CacheWrite30m, CacheWrite1h, Output, Reasoning, EstimatedCostNanoUsd, UnpricedTokens, CallsWithoutCost)
            SELECT 1, t, i, {CallsPerHour}, {CallsPerHour * 1000}, 0, 0, 0, 0, {CallsPerHour * 200}, 0, {CallsPerHour * 1_440_000}, 0, 0 FROM h, s;
            INSERT INTO cost_rollup(Span, SlotUnixSeconds, SeriesId, Calls, Input, CacheRead, CacheWrite5m, CacheWrite30m, CacheWrite1h, Output, Reasoning, EstimatedCostNanoUsd, UnpricedTokens, CallsWithoutCost)
            SELECT 2, SlotUnixSeconds - SlotUnixSeconds % 86400, SeriesId, SUM(Calls), SUM(Input), 0, 0, 0, 0, SUM(Output), 0, SUM(EstimatedCostNanoUsd), 0, 0 FROM cost_rollup WHERE Span = 1 GROUP BY 2, 3
            """);
        await insert.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Days * 24 * Series:#,0} hours of {Series} series, {(long)Days * 24 * Series * CallsPerHour:#,0} calls"));
    }
}
