using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Who pays for folding the write-ahead log back.</summary>
public sealed class LogFoldingTests
{
    private static readonly DateOnly Day = new(2026, 11, 10);

    private static async Task<long> NumberAsync(LedgerDb db, string text, int column = 0)
    {
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = text;
        await using var row = await command.ExecuteReaderAsync();
        return await row.ReadAsync() ? row.GetInt64(column) : -1;
    }

    /// <summary>Writes some twelve megabytes in one commit.</summary>
    private static async Task WriteMuchAsync(LedgerDb db)
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        await StoredRows.InsertAsync(db, "store_fact", ["Name", "Value"], Enumerable.Range(0, 3_000).Select(i => (object[])[string.Create(CultureInfo.InvariantCulture, $"much{i}"), new string('x', 4_000)]));
        await transaction.CommitAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_folds_the_log_unless_that_is_held_off(bool isHeld)
    {
        await using var f = await LedgerFixture.CreateAsync();
        await using var db = await f.OpenAsync();
        if (isHeld) await LogFolding.HoldAsync(db);
        var before = new FileInfo(f.DatabaseFile).Length;
        await WriteMuchAsync(db);
        Assert.Equal(!isHeld, new FileInfo(f.DatabaseFile).Length > before + 8_000_000);
        await LogFolding.FoldAsync(db);
        Assert.True(new FileInfo(f.DatabaseFile).Length > before + 8_000_000);
    }

    [Fact]
    public async Task After_the_swap_of_a_day_connections_fold_as_they_did()
    {
        await using var f = await TestBill.FixtureAsync();
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), UtcTime.Start(Day).AddDays(4), TestBill.Input(Day, 1_000_000)));
        Assert.Equal(1, (await f.Get<LedgerBuild>().BuildDueAsync()).Days);
        // All at once: what the pool has is handed out, the swap's connection among it.
        var open = new List<LedgerDb>();
        for (var i = 0; i < 8; i++)
        {
            open.Add(await f.OpenAsync());
            Assert.Equal(1_000, await NumberAsync(open[^1], "PRAGMA wal_autocheckpoint"));
        }
        foreach (var db in open) await db.DisposeAsync();
    }
}
