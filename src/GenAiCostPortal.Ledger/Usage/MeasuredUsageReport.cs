using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Measured usage of one hour or day and one set of owners.</summary>
/// <param name="Start">Start of the hour or day, UTC.</param>
/// <param name="Model">As people read it; empty when the metric names none.</param>
/// <param name="Measure">Tokens of a kind, or calls.</param>
/// <param name="Measured">All that was measured; null where it includes hours of which only the rest is kept.</param>
/// <param name="BeyondCalls">What no recorded call stands for.</param>
public sealed record MeasuredUsageRow(
    DateTime Start, string Application, string Environment, string Team, string Feature, string Provider, string Model, Measure Measure, double? Measured, double BeyondCalls);

/// <summary>Usage of one slot that no recorded call stands for.</summary>
internal sealed record MeasuredPart(long SlotUnixSeconds, UsageSeries Series, TokenCounts Tokens, long Calls);

/// <summary>
/// Usage that metrics tell of: how much of it no recorded call stands for. That part may be added to recorded usage; the rest of
/// the measured is the same calls, told twice.
/// </summary>
public sealed class MeasuredUsageReport(IDbContextFactory<LedgerDb> stores, Dimensions dimensions)
{
    /// <summary>Rows from a time to a time (exclusive), per hour or day, by time, application and model.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is neither hour nor day.</exception>
    public async Task<IReadOnlyList<MeasuredUsageRow>> ReadAsync(DateTime from, DateTime to, RollupSpan step, CancellationToken cancel = default)
    {
        var seconds = step switch { RollupSpan.Hour => 3_600, RollupSpan.Day => 86_400, _ => throw new ArgumentOutOfRangeException(nameof(step), step, "Hour or day.") };
        var (first, end) = (UtcTime.ToUnixSeconds(from), UtcTime.ToUnixSeconds(to));
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        // Settling moves usage from one read to the other; it is rare, so what it touched is simply read again.
        for (var settled = await SettledAsync(db, cancel); ;)
        {
            var answer = await ReadAsync(db, first, end, seconds, settled, cancel);
            var now = await SettledAsync(db, cancel);
            if (now == settled) return answer;
            settled = now;
        }
    }

    /// <summary>What no recorded call stands for, per slot and series, from a time to a time (exclusive).</summary>
    internal async Task<IReadOnlyList<MeasuredPart>> BeyondCallsAsync(DateTime from, DateTime to, CancellationToken cancel)
    {
        var (first, end) = (UtcTime.ToUnixSeconds(from), UtcTime.ToUnixSeconds(to));
        await using var db = await stores.CreateDbContextAsync(cancel);
        if (!await db.MeasuredUsage.AnyAsync(cancel)) return [];
        var settled = await SettledAsync(db, cancel);
        var kept = await db.MeasuredUsage.AsNoTracking().Where(u => u.ReachSlots == MeasuredUsage.Settled && u.SlotUnixSeconds >= first && u.SlotUnixSeconds < end)
            .Select(u => new { u.SlotUnixSeconds, u.SeriesId, u.Measure, u.Value }).ToListAsync(cancel);
        var open = await MeasuredMatch.ReadAsync(db, settled, long.MaxValue, cancel);
        var series = await db.UsageSeries.AsNoTracking().Where(s => s.Id < 0).ToDictionaryAsync(s => s.Id, cancel);
        return
        [
            .. kept.Select(k => (k.SlotUnixSeconds, k.SeriesId, k.Measure, Beyond: k.Value))
                .Concat(open.Where(m => m.SlotUnixSeconds >= first && m.SlotUnixSeconds < end).Select(m => (m.SlotUnixSeconds, m.SeriesId, m.Measure, Beyond: m.Rest)))
                .Where(m => m.Beyond > 0 && series.ContainsKey(m.SeriesId))
                .GroupBy(m => (m.SlotUnixSeconds, m.SeriesId))
                .Select(g => Part(g.Key.SlotUnixSeconds, series[g.Key.SeriesId], g.GroupBy(m => m.Measure).ToDictionary(m => m.Key, m => (long)Math.Round(m.Sum(v => v.Beyond))))),
        ];
    }

    private static MeasuredPart Part(long slot, UsageSeries series, Dictionary<Measure, long> of)
    {
        var (read, written) = (of.GetValueOrDefault(Measure.CacheReadTokens), of.GetValueOrDefault(Measure.CacheWriteTokens));
        // A sender's prompt holds the cached tokens it counts beside it.
        var input = of.GetValueOrDefault(Measure.UncachedInputTokens) + Math.Max(0, of.GetValueOrDefault(Measure.InputTokens) - read - written);
        return new MeasuredPart(slot, series,
            new TokenCounts(input, read, written, 0, 0, of.GetValueOrDefault(Measure.OutputTokens), of.GetValueOrDefault(Measure.ReasoningTokens)), of.GetValueOrDefault(Measure.Calls));
    }

    private async Task<IReadOnlyList<MeasuredUsageRow>> ReadAsync(LedgerDb db, long first, long end, int seconds, long settled, CancellationToken cancel)
    {
        var rows = await db.MeasuredUsage.AsNoTracking().Where(u => u.ReachSlots == MeasuredUsage.Settled && u.SlotUnixSeconds >= first && u.SlotUnixSeconds < end)
            .Select(u => new { u.SlotUnixSeconds, u.SeriesId, u.Measure, u.Value }).ToListAsync(cancel);
        // Always the whole of what is not settled: a part of it could match otherwise, and two periods would not add up.
        var open = await MeasuredMatch.ReadAsync(db, settled, long.MaxValue, cancel);
        var series = await db.UsageSeries.AsNoTracking().Where(s => s.Id < 0).ToDictionaryAsync(s => s.Id, cancel);

        return
        [
            .. rows.Select(r => (r.SlotUnixSeconds, r.SeriesId, r.Measure, Measured: (double?)null, Beyond: r.Value))
                .Concat(open.Where(m => m.SlotUnixSeconds >= first && m.SlotUnixSeconds < end).Select(m => (m.SlotUnixSeconds, m.SeriesId, m.Measure, Measured: (double?)m.Value, Beyond: m.Rest)))
                .Where(r => series.ContainsKey(r.SeriesId))
                .Select(r => (Key: Key(r.SlotUnixSeconds - (r.SlotUnixSeconds % seconds), series[r.SeriesId], r.Measure), r.Measured, r.Beyond))
                .GroupBy(r => r.Key, (key, all) => all.Aggregate(key, (sum, r) => sum with { Measured = sum.Measured + r.Measured, BeyondCalls = sum.BeyondCalls + r.Beyond }))
                .OrderBy(r => r.Start).ThenBy(r => r.Application, StringComparer.Ordinal).ThenBy(r => r.Model, StringComparer.Ordinal).ThenBy(r => r.Measure),
        ];
    }

    internal static async Task<long> SettledAsync(LedgerDb db, CancellationToken cancel) =>
        await db.Facts.Where(f => f.Name == MeasuredMatch.SettledFact).Select(f => f.Value).FirstOrDefaultAsync(cancel) is { } text
            ? long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 0;

    private MeasuredUsageRow Key(long slot, UsageSeries s, Measure measure) => new(
        UtcTime.FromUnixSeconds(slot), dimensions.Name(s.ApplicationId), dimensions.Name(s.EnvironmentId), dimensions.Name(s.TeamId), dimensions.Name(s.FeatureId),
        dimensions.Name(s.ProviderId), dimensions.Label(s.ModelId), measure, 0, 0);
}
