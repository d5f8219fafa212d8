using System.Globalization;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What a day's figures rest on; differs when any of it changed.</summary>
internal readonly record struct DayVersion(long Costs, long Rows, long Calls, long Tokens, long CostNanoUsd, long Spread);

/// <summary>
/// Tells whether something kept in memory about a day still holds: sums over its calls come from the store at every question (a
/// call must be seen at once), bill, meters and prices by change notices.
/// </summary>
public sealed class DayVersions : IDisposable
{
    private readonly IDisposable _subscription;
    private long _costs;

    public DayVersions(LedgerChanges changes) => _subscription = changes.Subscribe(part =>
    {
        if (part is LedgerPart.Costs or LedgerPart.Prices or LedgerPart.Settings) Interlocked.Increment(ref _costs);
    });

    internal async Task<Dictionary<DateOnly, DayVersion>> ReadAsync(LedgerDb db, IReadOnlyCollection<DateOnly> days, CancellationToken cancel)
    {
        var costs = Interlocked.Read(ref _costs);
        var versions = days.ToDictionary(d => d, _ => new DayVersion(costs, 0, 0, 0, 0, 0));
        if (days.Count == 0) return versions;
        var slots = string.Join(", ", days.Select(d => UtcTime.ToUnixSeconds(d).ToString(CultureInfo.InvariantCulture)));
        // The spread sees tokens that moved from one series to another while the totals stayed.
        await StoredRows.ReadAsync(db, $"""
            SELECT "SlotUnixSeconds", COUNT(*), SUM("Calls"), SUM("Input" + "CacheRead" + "CacheWrite5m" + "CacheWrite30m" + "CacheWrite1h" + "Output"),
                SUM("EstimatedCostNanoUsd"), SUM("SeriesId" * (("Calls" * 31 + "Input" + "Output" * 7) % 1000003))
            FROM cost_rollup WHERE "Span" = 2 AND "SlotUnixSeconds" IN ({slots}) GROUP BY 1
            """, row => versions[UtcTime.DayOfUnixMs(row.GetInt64(0) * 1000)] =
                new DayVersion(costs, row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)), cancel);
        return versions;
    }

    public void Dispose() => _subscription.Dispose();
}
