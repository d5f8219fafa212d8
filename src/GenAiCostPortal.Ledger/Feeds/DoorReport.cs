using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Feeds;

/// <summary>Calls that came through the same doors. A call that came through two is in one row and counted once.</summary>
/// <param name="Tokens">All kinds together.</param>
/// <param name="Regions">Regions of these calls by name, the busiest first; "" where the call does not say.</param>
public sealed record DoorCalls(Doors Doors, long Calls, long Tokens, IReadOnlyList<string> Regions);

/// <summary>Which doors tell of the recorded calls, and where only one does.</summary>
public sealed class DoorReport(IDbContextFactory<LedgerDb> stores, Dimensions dimensions)
{
    /// <summary>Calls by doors over whole UTC days, most calls first. <paramref name="to"/> exclusive.</summary>
    public async Task<IReadOnlyList<DoorCalls>> ReadAsync(DateOnly from, DateOnly to, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var rows = new List<(Doors Doors, int Region, long Calls, long Tokens)>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT s."Doors", s."RegionId", SUM(r."Calls"),
                SUM(r."Input" + r."CacheRead" + r."CacheWrite5m" + r."CacheWrite30m" + r."CacheWrite1h" + r."Output")
            FROM usage_rollup r JOIN usage_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 2 AND r."SlotUnixSeconds" >= {UtcTime.ToUnixSeconds(from)} AND r."SlotUnixSeconds" < {UtcTime.ToUnixSeconds(to)}
            GROUP BY 1, 2
            """), row => rows.Add(((Doors)row.GetByte(0), row.GetInt32(1), row.GetInt64(2), row.GetInt64(3))), cancel);
        return
        [
            .. rows.Where(r => r.Calls > 0).GroupBy(r => r.Doors)
                .Select(g => new DoorCalls(g.Key, g.Sum(r => r.Calls), g.Sum(r => r.Tokens),
                    [.. g.OrderByDescending(r => r.Calls).Select(r => dimensions.Label(r.Region))]))
                .OrderByDescending(d => d.Calls),
        ];
    }
}
