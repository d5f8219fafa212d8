using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Shares of recorded usage that the assessment asks for.</summary>
public sealed class UsageShares(IDbContextFactory<LedgerDb> stores)
{
    /// <summary>Share (0–1) of recorded tokens whose call names a feature; null when no tokens were recorded. <paramref name="to"/> exclusive.</summary>
    public async Task<decimal?> TokensWithFeatureAsync(DateOnly from, DateOnly to, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        long all = 0, known = 0;
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT CASE WHEN s."FeatureId" = 0 THEN 0 ELSE 1 END,
                SUM(r."Input" + r."CacheRead" + r."CacheWrite5m" + r."CacheWrite30m" + r."CacheWrite1h" + r."Output")
            FROM usage_rollup r JOIN usage_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 2 AND r."SlotUnixSeconds" >= {UtcTime.ToUnixSeconds(from)} AND r."SlotUnixSeconds" < {UtcTime.ToUnixSeconds(to)} GROUP BY 1
            """), row =>
        {
            all += row.GetInt64(1);
            if (row.GetInt32(0) == 1) known += row.GetInt64(1);
        }, cancel);
        return all > 0 ? (decimal)known / all : null;
    }
}
