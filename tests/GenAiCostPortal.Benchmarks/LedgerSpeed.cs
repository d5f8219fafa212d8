using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GenAiCostPortal.Ledger;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Benchmarks;

/// <summary>The ledger of a month of a million lines that differ: written, built, and its steps alone. The mark of the result shows whether a change moved a figure.</summary>
internal static class LedgerSpeed
{
    private static readonly DateTime ReadAt = new(2026, 11, 10, 0, 0, 0, DateTimeKind.Utc);

    /// <param name="file">Keeps the month beside its ledger; null = neither.</param>
    /// <param name="days">Fewer than the month has, for a quick look at the same days.</param>
    public static async Task<int> RunAsync(int lines, string? file, int days)
    {
        var folder = Directory.CreateTempSubdirectory("genai-ledger-");
        var month = file ?? Path.Combine(folder.FullName, "month.db");
        var made = new MadeMonth(lines / 31, days);
        if (!File.Exists(month)) await WriteAsync(month, made);
        var built = month + ".built";
        File.Copy(month, built, overwrite: true);
        await using (var services = Services(built)) await BuildAsync(services);
        await using (var services = Services(built)) await StepsAsync(services, made.End);
        Say($"mark of ledger, rates and prices: {await MarkAsync(built)}");
        folder.Delete(recursive: true);
        return 0;
    }

    private static async Task WriteAsync(string file, MadeMonth made)
    {
        await using var services = Services(file);
        await AddStore.MigrateAsync(services.GetRequiredService<IDbContextFactory<LedgerDb>>());
        await made.FillAsync(services);
        var writer = services.GetRequiredService<BillWriter>();
        var clock = new TwoClocks();
        var written = 0;
        for (var day = MadeMonth.First; day < made.End; day = day.AddDays(1))
            written += await writer.ReplaceAsync(new BilledDaysRead(BillFeeds.DataExports, day, day.AddDays(1), ReadAt, [.. made.Lines(day)], [], new Dictionary<string, string>()));
        Say($"{written:N0} lines of the bill written: {clock}; longest turn {services.GetRequiredService<WriteGate>().Longest.Length.TotalMilliseconds:0} ms");
        // Asked again later with the same answer: the days close, and closed days teach prices.
        await writer.ConfirmAsync(BillFeeds.DataExports, MadeMonth.First, made.End, ReadAt.AddDays(1));
        // The last connection closed folds the log into the file, which is copied.
        SqliteConnection.ClearAllPools();
    }

    private static async Task BuildAsync(ServiceProvider services)
    {
        await services.GetRequiredService<PriceFinder>().LoadAsync();
        var clock = new TwoClocks();
        var built = await services.GetRequiredService<LedgerBuild>().BuildDueAsync();
        var longest = services.GetRequiredService<WriteGate>().Longest;
        using var process = Process.GetCurrentProcess();
        Say($"{built.Message} {clock}; longest turn {longest.Length.TotalMilliseconds:0} ms ({longest.Writer}); peak memory of the process {process.PeakWorkingSet64 / 1e6:0} MB");
    }

    /// <summary>Reading the inputs and the pure rule, each alone.</summary>
    private static async Task StepsAsync(ServiceProvider services, DateOnly end)
    {
        await services.GetRequiredService<PriceFinder>().LoadAsync();
        await services.GetRequiredService<Dimensions>().LoadAsync();
        var reader = services.GetRequiredService<LedgerDayReader>();
        await using var db = await services.GetRequiredService<IDbContextFactory<LedgerDb>>().CreateDbContextAsync();
        var lookback = await UsageLookback.ReadAsync(db, MadeMonth.First.AddDays(-31), end.AddDays(31), default);
        var rules = await RuleBook.ReadAsync(db, default);
        var resources = await ResourceBook.ReadAsync(db, default);
        var (read, pure, parts) = (new TwoClocks(isRunning: false), new TwoClocks(isRunning: false), 0);
        for (var day = MadeMonth.First; day < end; day = day.AddDays(1))
        {
            read.Start();
            var inputs = await reader.ReadAsync(db, day, lookback.Around(day, rules, reader.NamesWith(resources.Resources), resources), default);
            read.Stop();
            pure.Start();
            parts += LedgerDay.Build(inputs).Billed.Count;
            pure.Stop();
        }
        Say($"alone: inputs read {read}; {parts:N0} parts made of them {pure}");
    }

    private static async Task<string> MarkAsync(string file)
    {
        using var mark = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        foreach (var rows in (string[])["* FROM ledger_entry ORDER BY Id", "* FROM learnt_rate ORDER BY 1, 2, 3, 4", "* FROM price ORDER BY Id"])
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT " + rows;
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync())
                mark.AppendData(Encoding.UTF8.GetBytes(string.Join('|', Enumerable.Range(0, row.FieldCount).Select(i => Convert.ToString(row.GetValue(i), CultureInfo.InvariantCulture))) + "\n"));
        }
        return Convert.ToHexStringLower(mark.GetHashAndReset())[..16];
    }

    private static ServiceProvider Services(string file) => new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(new StandingClock(ReadAt.AddDays(2)))
        .AddLedger(new StoreOptions { ConnectionString = $"Data Source={file}" }, new OwnerKeys()).BuildServiceProvider();

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private sealed class StandingClock(DateTime now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(now, TimeSpan.Zero);
    }
}
