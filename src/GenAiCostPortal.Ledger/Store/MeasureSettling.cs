using System.Globalization;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// Settles measured usage before the five-minute calls it is compared with leave: what of it no call stands for goes into hours,
/// and what calls of later slots may still stand for stays, less what the leaving ones took. An hour at a time; an interrupted run
/// goes on where it stopped, because the border moves in the same transaction.
/// </summary>
public sealed class MeasureSettling(IDbContextFactory<LedgerDb> stores, WriteGate gate, MeasureWriter measures)
{
    private const int Hour = 3_600, PointsPerChunk = 4_000;

    /// <summary>Settles all slots before a time (seconds since 1970, a full hour) and takes points away that no later one needs.</summary>
    public async Task RunAsync(long beforeUnixSeconds, CancellationToken cancel = default)
    {
        while (await SettleHourAsync(beforeUnixSeconds, cancel)) { }
        while (await DropPointsAsync(beforeUnixSeconds * 1000, cancel)) { }
    }

    private async Task<bool> SettleHourAsync(long before, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        using var turn = await gate.EnterAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var settled = await MeasuredUsageReport.SettledAsync(db, cancel);
        if (settled >= before) return false;
        var oldest = await OldestAsync(db, settled, cancel);
        var border = oldest is { } slot ? Math.Min(before, slot - (slot % Hour) + Hour) : before;

        foreach (var row in await MeasuredMatch.ReadAsync(db, settled, border, cancel))
        {
            // Later calls may still be its own; what the settled ones took is theirs for good.
            var isDone = MeasuredBeyondCalls.Closes(new(row.SlotUnixSeconds, row.ReachSlots, row.Value)) < border;
            if (isDone && row.Rest > 0) await AddAsync(db, row with { SlotUnixSeconds = row.SlotUnixSeconds - (row.SlotUnixSeconds % Hour), ReachSlots = MeasuredUsage.Settled }, row.Rest, cancel);
            if (isDone || row.Rest < row.Value) await AddAsync(db, row, isDone ? -row.Value : row.Rest - row.Value, cancel);
        }
        await db.MeasuredUsage.Where(u => u.ReachSlots >= 0 && (u.Value == 0 || u.Measure == Measure.DurationMs && u.SlotUnixSeconds < border)).ExecuteDeleteAsync(cancel);
        await db.Facts.Where(f => f.Name == MeasuredMatch.SettledFact).ExecuteDeleteAsync(cancel);
        db.Facts.Add(new StoreFact { Name = MeasuredMatch.SettledFact, Value = border.ToString(CultureInfo.InvariantCulture) });
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    // The next hour in which there is anything: measured usage that closes, or calls that may stand for some.
    private static async Task<long?> OldestAsync(LedgerDb db, long settled, CancellationToken cancel)
    {
        var measured = await db.MeasuredUsage.Where(u => u.ReachSlots >= 0).MinAsync(u => (long?)u.SlotUnixSeconds, cancel);
        if (measured is null) return null;
        var recorded = await db.UsageRollups.Where(r => r.Span == RollupSpan.Minute5 && r.SlotUnixSeconds >= settled).MinAsync(r => (long?)r.SlotUnixSeconds, cancel);
        return Math.Max(settled, Math.Min(measured.Value, recorded ?? measured.Value));
    }

    private static Task AddAsync(LedgerDb db, MatchedMeasure row, double value, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        INSERT INTO measured_usage("SlotUnixSeconds","SeriesId","Measure","ReachSlots","Value") VALUES({row.SlotUnixSeconds},{row.SeriesId},{(int)row.Measure},{row.ReachSlots},{value})
        ON CONFLICT("SlotUnixSeconds","SeriesId","Measure","ReachSlots") DO UPDATE SET "Value"=measured_usage."Value"+excluded."Value"
        """, cancel);

    // The last point before the border stays: the first one after it counts from there.
    private async Task<bool> DropPointsAsync(long beforeUnixMs, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        using var turn = await gate.EnterAsync(cancel);
        var points = await db.Database.ExecuteSqlAsync($"""
            DELETE FROM measured_point WHERE ("StreamId","TimeUnixMs") IN (
            SELECT p."StreamId",p."TimeUnixMs" FROM measured_point p WHERE p."TimeUnixMs"<{beforeUnixMs} AND EXISTS(
            SELECT 1 FROM measured_point n WHERE n."StreamId"=p."StreamId" AND n."StartUnixMs"=p."StartUnixMs" AND n."TimeUnixMs">p."TimeUnixMs" AND n."TimeUnixMs"<{beforeUnixMs}) LIMIT {PointsPerChunk})
            """, cancel);
        var deltas = await db.Database.ExecuteSqlAsync($"""
            DELETE FROM measured_point WHERE ("StreamId","TimeUnixMs") IN (
            SELECT p."StreamId",p."TimeUnixMs" FROM measured_point p JOIN measured_stream s ON s."Id"=p."StreamId"
            WHERE p."TimeUnixMs"<{beforeUnixMs} AND s."IsCumulative"={false} LIMIT {PointsPerChunk})
            """, cancel);
        if (points + deltas > 0) return true;
        var streams = await db.MeasuredStreams.Where(s => !db.MeasuredPoints.Any(p => p.StreamId == s.Id)).ExecuteDeleteAsync(cancel);
        if (streams > 0) measures.ForgetStreams();
        return false;
    }
}
