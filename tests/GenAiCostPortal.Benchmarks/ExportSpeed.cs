using System.Diagnostics;
using System.Globalization;
using GenAiCostPortal.Ledger;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.DataExports;
using GenAiCostPortal.Sources.Otlp;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Benchmarks;

/// <summary>An export, from packed bytes to cells (memory and lines a second), or from packed bytes to the built ledger (time).</summary>
internal static class ExportSpeed
{
    private static readonly DateOnly First = new(2026, 10, 1);

    /// <summary>Streams one file of so many packed bytes.</summary>
    public static async Task<int> FileAsync(double gigabytes)
    {
        // 10,000 things billed: 155,000 cells a month.
        using var made = new MadeCur(series: 10_000, hours: 1);
        var rounds = Math.Max(1, (int)(gigabytes * 1e9 / made.PackedBytes));
        var before = Peak();
        var clock = Stopwatch.StartNew();
        var cells = await ReadAsync(made, rounds);
        var seconds = clock.Elapsed.TotalSeconds;
        Say($"one file of {rounds * made.PackedBytes / 1e9:0.00} GB packed, {rounds * made.PlainBytes / 1e9:0.0} GB unpacked: {cells.Lines:N0} lines into {cells.Count:N0} cells in {seconds:0} s");
        Say($"{cells.Lines / seconds:N0} lines a second, {rounds * made.PlainBytes / 1e6 / seconds:0} MB a second; peak memory of the process {Peak() / 1e6:0} MB ({before / 1e6:0} MB before)");
        return 0;
    }

    /// <summary>Reads a month of so many lines, hour by hour, writes it and builds the ledger of its days.</summary>
    public static async Task<int> MonthAsync(int lines)
    {
        using var made = new MadeCur(series: Math.Max(2, lines / 31 / 24), hours: 24);
        var folder = Directory.CreateTempSubdirectory("genai-exports-");
        await using (var services = new ServiceCollection().AddLogging()
            .AddLedger(new StoreOptions { ConnectionString = $"Data Source={Path.Combine(folder.FullName, "bench.db")};Pooling=False" }, new OwnerKeys())
            .AddSources(new OtlpOptions(), new AwsOptions()).BuildServiceProvider())
        {
            await AddStore.MigrateAsync(services.GetRequiredService<IDbContextFactory<LedgerDb>>());
            var clock = Stopwatch.StartNew();
            var cells = await ReadAsync(made, 1);
            var read = clock.Elapsed;
            var (written, _) = await services.GetRequiredService<ExportBill>().WriteAsync(
                BillFeeds.DataExports, cells, First, First.AddMonths(1), "100000000000", new DateTime(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc), new Progress<double>(), CancellationToken.None);
            var stored = clock.Elapsed;
            var built = await services.GetRequiredService<LedgerBuild>().BuildDueAsync();
            Say($"a month of {cells.Lines:N0} lines: read {read.TotalSeconds:0.0} s, {written:N0} lines of the bill written {(stored - read).TotalSeconds:0.0} s, {built.Days} days of the ledger built ({built.Entries:N0} entries) {(clock.Elapsed - stored).TotalSeconds:0.0} s; {clock.Elapsed.TotalSeconds:0.0} s in all, peak {Peak() / 1e6:0} MB");
        }
        folder.Delete(recursive: true);
        return 0;
    }

    private static async Task<ExportCells> ReadAsync(MadeCur made, int rounds)
    {
        var cells = new ExportCells(First, First.AddMonths(1), new KeptTags(new OwnerTagKeys(), []), ScopeBorder.WithoutRules(new OwnerKeys()));
        await using var file = made.Open(rounds);
        await ExportFiles.ReadAsync(file, "made", header => ExportFormat.Of(header, ExportFormat.Cur2, "UnblendedCost"), cells.Add, () => 0, _ => { }, CancellationToken.None);
        return cells.Lines == made.Lines * rounds ? cells : throw new InvalidOperationException($"{cells.Lines} lines of {made.Lines * rounds} were read.");
    }

    private static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
