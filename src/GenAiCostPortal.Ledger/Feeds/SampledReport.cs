using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Feeds;

/// <summary>How much of what was recorded comes from traces whose sender says with which probability it samples.</summary>
/// <param name="From">First UTC day, today the last.</param>
/// <param name="Calls">Recorded calls.</param>
/// <param name="SampledCalls">Of these, calls of traces kept with a known probability below 1.</param>
/// <param name="UnrecordedTokens">What the calls that were not kept must have used.</param>
/// <param name="UnrecordedUsd">The same at the price of the recorded calls; of calls without a price nothing is in it. The bill is the limit of what can be claimed.</param>
/// <param name="IsExtrapolated">The ledger shares the bill by what sampled calls stand for.</param>
public sealed record SampledTraces(DateOnly From, long Calls, long SampledCalls, long UnrecordedTokens, decimal UnrecordedUsd, bool IsExtrapolated)
{
    /// <summary>0–1 of the recorded calls.</summary>
    public decimal Share => Calls > 0 ? (decimal)SampledCalls / Calls : 0;
}

/// <summary>Reads <see cref="SampledTraces"/> from the day rollups.</summary>
public sealed class SampledReport(IDbContextFactory<LedgerDb> stores, PriceFinder prices, LedgerDayReader reader, TimeProvider clock)
{
    /// <summary>Days, today included.</summary>
    public const int Days = 30;

    /// <summary>Reads the last <see cref="Days"/> days.</summary>
    public async Task<SampledTraces> ReadAsync(CancellationToken cancel = default)
    {
        var from = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(1 - Days);
        await using var db = await stores.CreateDbContextAsync(cancel);
        long sampled = 0, tokens = 0, nanoUsd = 0;
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT CASE WHEN r."RepricedId" = 0 THEN s."PriceId" ELSE r."RepricedId" END, s."IsBillable", SUM(u."Calls"), SUM(u."UnrecordedInput"), SUM(u."UnrecordedCacheRead"),
                SUM(u."UnrecordedCacheWrite5m"), SUM(u."UnrecordedCacheWrite30m"), SUM(u."UnrecordedCacheWrite1h"), SUM(u."UnrecordedOutput")
            FROM sampled_usage u JOIN cost_series s ON s."Id" = u."SeriesId"
            JOIN cost_rollup r ON r."Span" = u."Span" AND r."SlotUnixSeconds" = u."SlotUnixSeconds" AND r."SeriesId" = u."SeriesId"
            WHERE u."Span" = 2 AND u."SlotUnixSeconds" >= {UtcTime.ToUnixSeconds(from)} GROUP BY 1, 2
            """), row =>
        {
            var unrecorded = new TokenCounts(row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8));
            (sampled, tokens) = (sampled + row.GetInt64(2), tokens + unrecorded.Total);
            if (row.GetBoolean(1) && row.GetInt32(0) is var price and not 0) nanoUsd += TokenCost.Of(unrecorded, prices.ById(price)).NanoUsd;
        }, cancel);
        var calls = await StoredRows.NumberAsync(db, string.Create(CultureInfo.InvariantCulture,
            $"SELECT COALESCE(SUM(\"Calls\"), 0) FROM cost_rollup WHERE \"Span\" = 2 AND \"SlotUnixSeconds\" >= {UtcTime.ToUnixSeconds(from)}"), cancel) ?? 0;
        return new SampledTraces(from, calls, sampled, tokens, Money.ToUsd(nanoUsd), reader.Extrapolates);
    }
}
