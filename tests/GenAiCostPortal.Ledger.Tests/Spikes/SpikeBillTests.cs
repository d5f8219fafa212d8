using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>What the bill says of a spike that was estimated.</summary>
public sealed class SpikeBillTests
{
    private static readonly DateOnly Day = new(2026, 11, 17);
    private static readonly DateTime Noon = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>A feature's calls hold 1,000 M tokens on the day: $60 estimated, against a usual $6. The bill holds as many as told.</summary>
    private static async Task<(LedgerFixture, Spike)> SpikeAsync(long billedMillions, bool isClosed = true)
    {
        var f = await TestBill.FixtureAsync(Noon);
        await RecordedCalls.AddAsync(f, TestBill.Calls(f, UtcTime.Start(Day).AddHours(9), "a", 1_000_000_000));
        var line = TestBill.Input(Day, billedMillions * 1_000_000);
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Noon.AddHours(-25), line));
        if (isClosed) await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(1), Noon, line));
        await f.Get<LedgerBuild>().BuildDueAsync();
        await using var db = await f.OpenAsync();
        var spike = new Spike
        {
            Scope = SpikeScope.Feature, ScopeId = await f.DimensionAsync(DimensionKind.Feature, "a"), Grain = SpikeGrain.Hour, Start = UtcTime.Start(Day).AddHours(9), End = UtcTime.Start(Day).AddHours(10),
            BaselineNanoUsd = 6_000_000_000, ActualNanoUsd = 60_000_000_000, ImpactNanoUsd = 54_000_000_000, DetectedAt = Noon.AddDays(-3), UpdatedAt = Noon.AddDays(-3), Version = 1,
        };
        db.Spikes.Add(spike);
        await db.SaveChangesAsync();
        return (f, spike);
    }

    // Billed $57 is 5 % beside $60; $30 shows 24 of 54 dollars of the excess (44 %); $12 shows 6 of 54 (11 %).
    [Theory]
    [InlineData(950, 57, SpikeConfirmation.Confirmed)]
    [InlineData(500, 30, SpikeConfirmation.Corrected)]
    [InlineData(200, 12, SpikeConfirmation.Denied)]
    public async Task The_bill_confirms_corrects_or_denies(long billedMillions, int billedUsd, SpikeConfirmation verdict)
    {
        var (f, spike) = await SpikeAsync(billedMillions);
        await using var store = f;
        Assert.Equal([spike.Id], await f.Get<SpikeBill>().ConfirmAsync());
        await using var db = await f.OpenAsync();
        var row = await db.Spikes.AsNoTracking().SingleAsync();
        Assert.Equal((verdict, billedUsd * 1_000_000_000L, 60_000_000_000L, 2), (row.Confirmation, row.BilledNanoUsd, row.EstimatedNanoUsd, row.Version));
        Assert.Empty(await f.Get<SpikeBill>().ConfirmAsync());
    }

    [Fact]
    public async Task A_day_that_is_not_closed_confirms_nothing()
    {
        var (f, _) = await SpikeAsync(950, isClosed: false);
        await using var store = f;
        Assert.Empty(await f.Get<SpikeBill>().ConfirmAsync());
    }
}
