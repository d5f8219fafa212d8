using GenAiCostPortal.Ledger.Costs;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Rows written by hand read as if EF had written them.</summary>
public sealed class StoredRowsTests
{
    private static readonly string[] Columns =
    [
        "Day", "AccountId", "RegionId", "BilledServiceId", "UsageTypeId", "Category", "TagFeatureId", "TagSetId", "ResourceId", "PrincipalId", "AmountNanoUsd", "Quantity", "Unit", "IsPreliminary", "Feed",
    ];

    [Fact]
    public async Task Values_that_stay_from_row_to_row_and_those_that_change_are_all_stored()
    {
        await using var fixture = await TestBill.FixtureAsync();
        await using var db = await fixture.Get<IDbContextFactory<LedgerDb>>().CreateDbContextAsync();
        var day = new DateOnly(2026, 10, 3);
        object[] Row(int account, long nano, object quantity, string unit, bool isPreliminary) =>
            [day.DayNumber, account, 2, 3, 4, 0, 0, 0, 0, 0, nano, quantity, unit, isPreliminary, "CostExplorer"];

        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            await StoredRows.InsertAsync(db, "billed_line", Columns,
            [
                Row(1, 5_000_000_000_000, 1.50m, "1K tokens", true), Row(1, 5_000_000_000_000, 1.5m, "1K tokens", true), Row(1, -7, DBNull.Value, "", false),
                Row(1, -7, DBNull.Value, "", false), Row(2, -7, 0.000000000001m, "Hrs", false),
            ]);
            await transaction.CommitAsync();
        }

        var lines = await db.BilledLines.AsNoTracking().OrderBy(l => l.Id).ToListAsync();
        Assert.Equal(
            [(1, 5_000_000_000_000, 1.5m, "1K tokens", true), (1, 5_000_000_000_000, 1.5m, "1K tokens", true), (1, -7, null, "", false), (1, -7, null, "", false), (2, -7, (decimal?)0.000000000001m, "Hrs", false)],
            lines.Select(l => (l.AccountId, l.AmountNanoUsd, l.Quantity, l.Unit, l.IsPreliminary)));
        Assert.All(lines, l => Assert.Equal((day, 2, 3, 4, "CostExplorer"), (l.Day, l.RegionId, l.BilledServiceId, l.UsageTypeId, l.Feed)));
    }
}
