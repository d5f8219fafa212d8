using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using GenAiCostPortal.Ledger;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Stories;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Benchmarks;

/// <summary>How well and how fast spikes are found and explained.</summary>
internal static class SpikeSpeed
{
    /// <summary>Precision, recall and delay beside the usual alternatives; then the time to check a thousand series.</summary>
    public static int Detection()
    {
        Console.WriteLine("seeds 11-15, 100 series each of 8 weeks; spikes, level shifts and ramps planted at 5 to 8 spreads of the noise (CV 0.1-0.5)");
        var corpus = Enumerable.Range(11, 5).SelectMany(seed => SeriesCorpus.Make(100, seed)).ToList();
        foreach (var (name, rule) in new (string, Func<MadeSeries, IReadOnlyList<(int, int, double)>>)[]
            { ("detector", DetectionScore.Detected), ("fixed threshold (2 x the largest hour taught)", DetectionScore.Fixed), ("3 sigma on 7 days", DetectionScore.ThreeSigma) })
        {
            var s = DetectionScore.Of(corpus, rule);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: precision {s.Precision:0.000}, recall {s.Recall:0.000}, median delay {s.DelayHours:0.00} h ({s.Met} of {s.Planted} met, {s.Wrong} wrong)"));
        }
        var series = SeriesCorpus.Make(1_000, 3).Select(m => new SpikeSeries(new DateTime(2026, 9, 21, 0, 0, 0, DateTimeKind.Utc), SpikeSteps.Hours, m.Values[(14 * 24)..], true)).ToList();
        foreach (var run in Enumerable.Range(1, 3))
        {
            var (wall, cpu) = (Stopwatch.StartNew(), Process.GetCurrentProcess().TotalProcessorTime);
            Parallel.ForEach(series, one => Detector.Read(one, SpikeSettings.CostPerHour, 40 * 24));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"1,000 series of six weeks, the last 48 hours tested: {wall.ElapsedMilliseconds} ms, {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds:0} ms of CPU"));
        }
        return 0;
    }

    /// <summary>Explains 30 days against the 30 before over rollups of 10 million calls each.</summary>
    /// <param name="kept">Keeps the rollups for the next process, which then tells what the first explanation of a process takes; null = nothing is kept.</param>
    public static async Task<int> ExplainAsync(string? kept)
    {
        var now = new DateTime(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc);
        var file = kept ?? Path.Combine(Directory.CreateTempSubdirectory("explain-").FullName, "ledger.db");
        await using var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(new StandingClock(now))
            .AddLedger(new StoreOptions { ConnectionString = $"Data Source={file}" }, new OwnerKeys()).BuildServiceProvider();
        var stores = services.GetRequiredService<IDbContextFactory<LedgerDb>>();
        if (!File.Exists(file))
        {
            await AddStore.MigrateAsync(stores);
            await FillAsync(stores, now);
            SqliteConnection.ClearAllPools();
        }
        var calls = await CallsAsync(stores);
        await services.GetRequiredService<PriceFinder>().LoadAsync();
        var report = services.GetRequiredService<ChangeReport>();
        foreach (var (name, query) in new (string, ChangeQuery)[]
        {
            ("30 days against the 30 before", new ChangeQuery(now.AddDays(-30), now, now.AddDays(-60), now.AddDays(-30), SpendFilter.None)),
            ("12 hours against the same hours of four weeks", new ChangeQuery(now.AddHours(-12), now, null, null, SpendFilter.None)),
        })
        {
            var (times, cpus) = (new List<double>(), new List<double>());
            for (var i = 0; i < 10; i++)
            {
                var (watch, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
                var answer = await report.ReadAsync(query);
                times.Add(watch.Elapsed.TotalMilliseconds);
                cpus.Add((Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
                if (i == 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{answer.Sentence} (compiled so far: {JitInfo.GetCompiledMethodCount():#,0} methods in {JitInfo.GetCompilationTime().TotalMilliseconds:0} ms)"));
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, {calls / 2:#,0} calls a window: first {times[0]:0} ms, then median {times.Skip(1).Order().ElementAt(4):0} ms, worst {times.Skip(1).Max():0} ms; of CPU first {cpus[0]:0} ms, then median {cpus.Skip(1).Order().ElementAt(4):0} ms"));
        }
        return 0;
    }

    private static async Task<long> CallsAsync(IDbContextFactory<LedgerDb> stores)
    {
        await using var db = await stores.CreateDbContextAsync();
        return await db.CostRollups.Where(r => r.Span == RollupSpan.Day).SumAsync(r => r.Calls);
    }

    /// <summary>A first look over a built month (<c>ledger</c> makes it): what it finds, and what it takes.</summary>
    public static async Task<int> WatchAsync(string file)
    {
        var looked = file + ".looked";
        File.Copy(file, looked, overwrite: true);
        await using var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(new StandingClock(new DateTime(2026, 11, 12, 0, 0, 0, DateTimeKind.Utc)))
            .AddLedger(new StoreOptions { ConnectionString = $"Data Source={looked}" }, new OwnerKeys()).BuildServiceProvider();
        await services.GetRequiredService<PriceFinder>().LoadAsync();
        var list = services.GetRequiredService<SpikeList>();
        await list.ReadAsync(DateTime.UnixEpoch, DateTime.MaxValue);
        using var process = Process.GetCurrentProcess();
        var (before, clock) = (process.WorkingSet64, new TwoClocks());
        var outcome = await services.GetRequiredService<SpikeWatch>().LookAsync(isAnew: true);
        process.Refresh();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcome}: {clock}; {before / 1e6:0} MB before, {process.PeakWorkingSet64 / 1e6:0} MB at most"));
        foreach (var spike in await list.ReadAsync(DateTime.UnixEpoch, DateTime.MaxValue))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{spike.ScopeName} {spike.Grain} {spike.Start:yyyy-MM-dd} {spike.ImpactUsd} of {spike.ActualUsd}: {spike.Sentence}"));
        File.Delete(looked);
        return 0;
    }

    private static async Task FillAsync(IDbContextFactory<LedgerDb> stores, DateTime now)
    {
        const int features = 20, models = 4, releases = 3, callsPerSlot = 58;
        await using var db = await stores.CreateDbContextAsync();
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        for (var m = 1; m <= models; m++)
        {
            db.Dimensions.Add(new DimensionValue { Id = m, Kind = DimensionKind.Model, Name = $"model-{m}" });
            db.Prices.Add(new Price { Id = 900_000 + m, Model = $"model-{m}", Provider = "p", Source = PriceSource.Override, InputNanoUsd = 3_000_000_000, CacheReadNanoUsd = 300_000_000, OutputNanoUsd = 15_000_000_000 });
        }
        for (var f = 1; f <= features; f++) db.Dimensions.Add(new DimensionValue { Id = 100 + f, Kind = DimensionKind.Feature, Name = $"feature-{f}" });
        for (var r = 1; r <= releases; r++) db.Dimensions.Add(new DimensionValue { Id = 200 + r, Kind = DimensionKind.Release, Name = $"1.{r}" });
        var series = 0;
        for (var f = 1; f <= features; f++)
            for (var m = 1; m <= models; m++)
                for (var r = 1; r <= releases; r++)
                {
                    var id = ++series;
                    db.CostSeries.Add(new CostSeries { Id = id, ModelId = m, FeatureId = 100 + f, ReleaseId = 200 + r, IsBillable = true, PriceId = 900_000 + m });
                    db.UsageSeries.Add(new UsageSeries { Id = id, ModelId = m, FeatureId = 100 + f, ReleaseId = 200 + r });
                    for (var day = now.AddDays(-60); day < now; day = day.AddDays(1))
                    {
                        var prompt = f == 1 && day >= now.AddDays(-30) ? 9_000 : 2_000;
                        for (var h = 0; h < 24; h++) Add(db, RollupSpan.Hour, day.AddHours(h), id, callsPerSlot, prompt);
                        Add(db, RollupSpan.Day, day, id, callsPerSlot * 24, prompt);
                    }
                    await db.SaveChangesAsync();
                    db.ChangeTracker.Clear();
                }
    }

    private static void Add(LedgerDb db, RollupSpan span, DateTime at, int series, long calls, long prompt)
    {
        var slot = UtcTime.ToUnixSeconds(at);
        db.CostRollups.Add(new CostRollup
        {
            Span = span, SlotUnixSeconds = slot, SeriesId = series, Calls = calls, Input = calls * prompt / 2, CacheRead = calls * prompt / 2, Output = calls * 300,
            EstimatedCostNanoUsd = calls * (prompt / 2 * 3_300 + 300 * 15_000),
        });
        db.UsageRollups.Add(new UsageRollup { Span = span, SlotUnixSeconds = slot, SeriesId = series, Calls = calls, Requests = calls / 4, Latency = new byte[400] });
    }

    private sealed class StandingClock(DateTime now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(now, TimeSpan.Zero);
    }
}
