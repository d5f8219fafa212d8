using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// The one report of usage: tokens, calls, requests, errors and times. Its recorded tokens, calls and requests are those of the
/// spend report, because both read the same rollup; what metrics count beyond them is added and told apart.
/// </summary>
public sealed class UsageReport(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, LedgerDayReader reader, MeasuredUsageReport measured, TimeProvider clock, RetentionOptions? kept = null)
{
    /// <summary>Answers from the usage rollup only, never from raw calls, and from what metrics counted; percentiles come from merged histograms.</summary>
    /// <exception cref="ArgumentException">More than two groupings.</exception>
    public async Task<UsageAnswer> ReadAsync(UsageQuery query, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        var slots = UsageSlots.Of(query, DateOnly.FromDateTime(now), kept ?? new RetentionOptions());
        var services = query.Asked.Contains(SpendDimension.Service) ? await SpendReport.ServiceOfModelAsync(db, cancel) : null;
        var table = new UsageTable(query, slots.Step, new SpendWords(dimensions), reader, services);
        foreach (var run in slots.Runs)
            await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
                SELECT {table.DimensionColumns}{UsageTable.Columns}
                FROM usage_rollup r JOIN usage_series s ON s."Id" = r."SeriesId"
                WHERE r."Span" = {(int)run.Span} AND r."SlotUnixSeconds" >= {run.From} AND r."SlotUnixSeconds" < {run.To}
                """), table.Add, cancel);
        foreach (var part in await measured.BeyondCallsAsync(slots.From, slots.To, cancel)) table.Add(part);
        return new UsageAnswer(query, await AsOfAsync(db, now, cancel), slots.Step, slots.From, slots.To, table.Total, table.Rows());
    }

    private static async Task<DateTime> AsOfAsync(LedgerDb db, DateTime now, CancellationToken cancel) =>
        await StoredRows.NumberAsync(db, "SELECT MAX(\"StartUnixMs\") FROM call", cancel) is { } last && UtcTime.FromUnixMs(last) < now ? UtcTime.FromUnixMs(last) : now;
}
