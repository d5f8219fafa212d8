using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>Thresholds of every scope: those of one value before those of its scope before the built-in ones.</summary>
public sealed class SpikeThresholds(IReadOnlyList<SpikeThreshold> rows)
{
    /// <summary>1 USD an hour, 10 USD a day, 100,000 tokens an hour, 4 spreads (algorithms §6).</summary>
    public static SpikeThreshold Default(SpikeScope scope, int id = 0) => new()
    {
        Scope = scope, ScopeId = id, FloorNanoUsdPerHour = Money.NanoUsdPerUsd, FloorNanoUsdPerDay = 10 * Money.NanoUsdPerUsd, FloorTokensPerHour = 100_000, Spreads = 4,
    };

    public SpikeThreshold Of(SpikeScope scope, int id) =>
        rows.FirstOrDefault(r => r.Scope == scope && r.ScopeId == id && id != 0) ?? rows.FirstOrDefault(r => r.Scope == scope && r.ScopeId == 0) ?? Default(scope, id);

    /// <summary>Null when the scope is not watched.</summary>
    public SpikeSettings? SettingsOf(SeriesKey key)
    {
        var row = Of(key.Scope, key.ScopeId);
        if (row.IsOff) return null;
        var perDay = row.FloorNanoUsdPerDay / (double)Money.NanoUsdPerUsd;
        if (key.Measure == SpikeMeasure.Tokens) return new SpikeSettings(row.FloorTokensPerHour, 10.0 * row.FloorTokensPerHour, 1_000, row.Spreads);
        return key.Grain == SpikeGrain.Day ? new SpikeSettings(perDay, perDay, 0.05, row.Spreads)
            : new SpikeSettings(row.FloorNanoUsdPerHour / (double)Money.NanoUsdPerUsd, perDay, 0.05, row.Spreads);
    }

    internal static async Task<SpikeThresholds> ReadAsync(LedgerDb db, CancellationToken cancel) => new(await db.SpikeThresholds.AsNoTracking().ToListAsync(cancel));
}
