using System.Data.Common;
using System.Globalization;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// What calls and requests of sampled traces stand for beside themselves (algorithms §11): money at the price of the recorded ones,
/// requests in millionths.
/// </summary>
internal sealed class UnrecordedSpend(LedgerDb db, SpendSums sums, SpendPeriod period, LedgerDayReader reader, PriceFinder prices)
{
    /// <summary>Whether any sender says that it samples.</summary>
    public static async Task<bool> IsKnownAsync(LedgerDb db, CancellationToken cancel) =>
        await StoredRows.NumberAsync(db, "SELECT 1 FROM sampled_requests LIMIT 1", cancel) is not null
        || await StoredRows.NumberAsync(db, "SELECT 1 FROM sampled_usage LIMIT 1", cancel) is not null;

    /// <summary>Adds both.</summary>
    public async Task AddAsync(CancellationToken cancel)
    {
        foreach (var (span, from, to) in RecordedSpend.Slots(period))
        {
            var of = SpendColumns.OfSeries(sums.Needed, hasWorkflow: false);
            await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
                SELECT {of.Sql}u."SlotUnixSeconds", CASE WHEN r."RepricedId" = 0 THEN s."PriceId" ELSE r."RepricedId" END, s."Tier", s."ModelId", s."IsOffBill", s."FeatureId",
                    u."UnrecordedInput", u."UnrecordedCacheRead", u."UnrecordedCacheWrite5m", u."UnrecordedCacheWrite30m", u."UnrecordedCacheWrite1h", u."UnrecordedOutput"
                FROM sampled_usage u JOIN cost_series s ON s."Id" = u."SeriesId"
                JOIN cost_rollup r ON r."Span" = u."Span" AND r."SlotUnixSeconds" = u."SlotUnixSeconds" AND r."SeriesId" = u."SeriesId"
                WHERE u."Span" = {span} AND u."SlotUnixSeconds" >= {from} AND u."SlotUnixSeconds" < {to} AND s."IsBillable"
                """), row => AddCost(row, of), cancel);
            if (sums.AsksKind) continue;
            var columns = SpendColumns.OfSeries(sums.Needed, hasWorkflow: true);
            await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
                SELECT {columns.Sql}u."SlotUnixSeconds", s."FeatureId", u."UnrecordedMillionths" FROM sampled_requests u JOIN usage_series s ON s."Id" = u."SeriesId"
                WHERE u."Span" = {span} AND u."SlotUnixSeconds" >= {from} AND u."SlotUnixSeconds" < {to}
                """), row => AddRequests(row, columns), cancel);
        }
    }

    private void AddCost(DbDataReader row, SpendColumns columns)
    {
        var key = default(SpendKey);
        columns.Read(row, 0, ref key);
        var at = columns.Count;
        if (row.GetInt32(at + 1) is not (var priceId and not 0) || prices.ById(priceId) is not { } price) return;
        var time = UtcTime.FromUnixSeconds(row.GetInt64(at));
        var (basis, method) = (row.GetBoolean(at + 4) ? Basis.OffBill : Basis.Estimated, MethodOf(row.GetInt32(at + 5)));
        key[SpendDimension.Method] = 1 + (int)method;
        var tokens = new TokenCounts(row.GetInt64(at + 6), row.GetInt64(at + 7), row.GetInt64(at + 8), row.GetInt64(at + 9), row.GetInt64(at + 10), row.GetInt64(at + 11));
        if (!sums.AsksKind && !sums.AsksWorkflow)
        {
            Add(TokenCost.Of(tokens, price).NanoUsd);
            return;
        }
        foreach (var kind in TokenCounts.Kinds)
        {
            key[SpendDimension.TokenKind] = (int)kind + 1;
            key[SpendDimension.Component] = (int)reader.ComponentOf(row.GetInt32(at + 3), kind, (ServiceTier)row.GetByte(at + 2)) + 1;
            Add(TokenCost.Of(tokens.Only(kind), price).NanoUsd);
        }

        void Add(long nanoUsd) => sums.AddMoney(time, new LedgerMoney(DateOnly.FromDateTime(time), key, nanoUsd, basis, method, UnattributedReason.None, true));
    }

    private void AddRequests(DbDataReader row, SpendColumns columns)
    {
        var key = default(SpendKey);
        columns.Read(row, 0, ref key);
        var at = columns.Count;
        sums.AddUsage(UtcTime.FromUnixSeconds(row.GetInt64(at)), key, 0, row.GetInt64(at + 2), default, 0, MethodOf(row.GetInt32(at + 1)));
    }

    // What a sampler kept is known by traces alone.
    private static AllocationMethod MethodOf(int feature) => feature == 0 ? AllocationMethod.Unattributed : AllocationMethod.Trace;
}
