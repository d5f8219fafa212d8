using System.Globalization;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What extrapolating sampled traces would change. USD of billed days with calls of sampled traces.</summary>
/// <param name="Days">Billed days with such calls.</param>
/// <param name="UnattributedUsd">Without an owner on them now.</param>
/// <param name="ExplainedUsd">Of it, what would get one.</param>
/// <param name="MovedUsd">What would go from one owner to another beside that: where more is recorded than billed, shares move.</param>
public sealed record SampledEffect(int Days, decimal UnattributedUsd, decimal ExplainedUsd, decimal MovedUsd);

/// <summary>Builds days with the extrapolation, which is off, and keeps nothing (algorithms §4, step 3): what the switch would explain, in dollars.</summary>
public sealed class SampledTrial(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, LedgerDayReader reader)
{
    private readonly record struct Owner(int Feature, int Team);

    // One answer per period: pages ask again with each visit, and only a build of the ledger changes it.
    private readonly Dictionary<(DateOnly From, DateOnly To), (string Mark, SampledEffect Effect)> _known = [];
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Tries the days of a period; null where the extrapolation is on already, or no day has calls of sampled traces. <paramref name="to"/> exclusive.</summary>
    public async Task<SampledEffect?> ReadAsync(DateOnly from, DateOnly to, CancellationToken cancel = default)
    {
        if (reader.Extrapolates) return null;
        await using var db = await stores.CreateDbContextAsync(cancel);
        var days = await DaysAsync(db, from, to, cancel);
        if (days.Count == 0) return null;
        var mark = string.Join('|', days.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Key.DayNumber} {d.Value}")));
        // Trials take the processor: one at a time.
        await _one.WaitAsync(cancel);
        try
        {
            if (_known.TryGetValue((from, to), out var known) && known.Mark == mark) return known.Effect;
            var effect = await TryAsync(db, [.. days.Keys], cancel);
            if (_known.Count > 50) _known.Clear();
            _known[(from, to)] = (mark, effect);
            return effect;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<SampledEffect> TryAsync(LedgerDb db, List<DateOnly> days, CancellationToken cancel)
    {
        await dimensions.LoadAsync(cancel);
        var rules = await RuleBook.ReadAsync(db, cancel);
        var resources = await ResourceBook.ReadAsync(db, cancel);
        var lookback = await UsageLookback.ReadAsync(db, days[0].AddDays(-31), days[^1].AddDays(31), cancel);
        if (rules.Splits.Count > 0) await lookback.AddTaggedAsync(db, days[0].AddDays(-31), days[^1].AddDays(31), cancel);
        var names = reader.NamesWith(resources.Resources);
        long without = 0, explained = 0, moved = 0;
        foreach (var day in days)
        {
            var around = lookback.Around(day, rules, names, resources);
            var now = Sums(LedgerDay.Build(await reader.ReadAsync(db, day, around, cancel)).Billed);
            var then = Sums(LedgerDay.Build(await reader.ReadAsync(db, day, around, cancel, extrapolates: true)).Billed);
            without += now.Unattributed;
            explained += now.Unattributed - then.Unattributed;
            moved += now.ByOwner.Sum(o => Math.Max(0, o.Value - then.ByOwner.GetValueOrDefault(o.Key)));
        }
        return new SampledEffect(days.Count, Money.ToUsd(without), Money.ToUsd(explained), Money.ToUsd(moved));
    }

    private static (long Unattributed, Dictionary<Owner, long> ByOwner) Sums(IEnumerable<LedgerEntry> entries)
    {
        var (without, byOwner) = (0L, new Dictionary<Owner, long>());
        foreach (var entry in entries)
            if (entry.Method == AllocationMethod.Unattributed) without += entry.AmountNanoUsd;
            else byOwner[new(entry.FeatureId, entry.TeamId)] = byOwner.GetValueOrDefault(new(entry.FeatureId, entry.TeamId)) + entry.AmountNanoUsd;
        return (without, byOwner);
    }

    // When a day was built last tells whether it is still the day that was tried.
    private static async Task<SortedDictionary<DateOnly, long>> DaysAsync(LedgerDb db, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var days = new SortedDictionary<DateOnly, long>();
        var sampled = new HashSet<DateOnly>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT DISTINCT "SlotUnixSeconds" FROM sampled_usage WHERE "Span" = 2 AND "SlotUnixSeconds" >= {UtcTime.ToUnixSeconds(from)} AND "SlotUnixSeconds" < {UtcTime.ToUnixSeconds(to)}
            """), row => sampled.Add(DateOnly.FromDateTime(DateTime.UnixEpoch.AddSeconds(row.GetInt64(0)))), cancel);
        if (sampled.Count == 0) return days;
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT "Day", MAX("BuiltAt"), COUNT(*) FROM billed_day WHERE "Day" >= {from.DayNumber} AND "Day" < {to.DayNumber} AND "BuiltAt" IS NOT NULL GROUP BY 1
            """), row =>
        {
            var day = DateOnly.FromDayNumber(row.GetInt32(0));
            if (sampled.Contains(day)) days[day] = unchecked((row.GetInt64(1) * 1_000) + row.GetInt64(2));
        }, cancel);
        return days;
    }
}
