using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>What looping requests of a feature cost above its usual request (algorithms §5).</summary>
/// <param name="AreLoopsNew">A good part of the requests loops now, and much fewer did before.</param>
internal sealed record LoopWaste(decimal? LoopUsd, int LoopedRequests, bool AreLoopsNew)
{
    private const int UsualAtMost = 500, UsualAtLeast = 20;
    private static readonly LoopWaste None = new(null, 0, false);
    private static readonly long Before = (long)TimeSpan.FromDays(28).TotalMilliseconds;

    public static async Task<LoopWaste> ReadAsync(LedgerDb db, ChangeFilter filter, DateTime from, DateTime to, int feature, CancellationToken cancel)
    {
        if (feature <= 0 || filter.IsOfMoneyOnly) return None;
        var (first, end) = (UtcTime.ToUnixMs(from), UtcTime.ToUnixMs(to));
        var looped = (Count: 0, Cost: 0L);
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT COUNT(*), COALESCE(SUM("EstimatedCostNanoUsd"), 0) FROM trace
            WHERE "StartUnixMs" >= {first} AND "StartUnixMs" < {end} AND "Loops" > 0 AND "FeatureId" = {feature}
            """), row => looped = (row.GetInt32(0), row.GetInt64(1)), cancel);
        if (looped.Count == 0) return None;
        var earliest = first - Before;
        var usual = await db.Traces.AsNoTracking().Where(t => t.StartUnixMs >= earliest && t.StartUnixMs < first && t.FeatureId == feature && t.IsRequest)
            .OrderByDescending(t => t.StartUnixMs).Take(UsualAtMost).Select(t => new { t.EstimatedCostNanoUsd, t.Loops }).ToListAsync(cancel);
        if (usual.Count < UsualAtLeast) return new LoopWaste(null, looped.Count, false);
        var costs = usual.Select(t => t.EstimatedCostNanoUsd).Order().ToList();
        var above = looped.Cost - (long)looped.Count * costs[(costs.Count - 1) / 2];
        var loopedBefore = usual.Count(t => t.Loops > 0) / (double)usual.Count;
        var some = await db.Traces.AsNoTracking().Where(t => t.StartUnixMs >= first && t.StartUnixMs < end && t.FeatureId == feature && t.IsRequest)
            .OrderByDescending(t => t.StartUnixMs).Take(UsualAtMost).Select(t => t.Loops).ToListAsync(cancel);
        var loopedNow = some.Count == 0 ? 0 : some.Count(l => l > 0) / (double)some.Count;
        return new LoopWaste(above > 0 ? Money.ToUsd(above) : 0, looped.Count, loopedNow >= 0.2 && loopedNow > 2 * loopedBefore);
    }
}
