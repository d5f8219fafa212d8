using System.Collections.Concurrent;
using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// Hours of a day's money: by recorded tokens per hour of the same owners, model and kind; else of the feature on that model; else
/// by CloudWatch; else even. The hours add up to the day (algorithms §4).
/// </summary>
public sealed class DayHours(DayVersions versions)
{
    internal sealed class Profiles
    {
        public readonly Dictionary<CallUse, decimal[]> Recorded = [];
        public readonly Dictionary<(int Account, int Region, int Model, TokenKind Kind), decimal[]> Metered = [];
    }

    private const int DaysKept = 62;
    private static readonly decimal[] Even = [.. Enumerable.Repeat(1m, 24)];
    private readonly ConcurrentDictionary<DateOnly, (DayVersion Version, Profiles Profiles)> _days = new();

    /// <summary>Reads what is needed to spread days; what still holds is not read again.</summary>
    internal async Task<IReadOnlyDictionary<DateOnly, Profiles>> ReadAsync(LedgerDb db, IReadOnlyCollection<DateOnly> days, CancellationToken cancel)
    {
        var read = new Dictionary<DateOnly, Profiles>();
        if (days.Count == 0) return read;
        foreach (var (day, version) in await versions.ReadAsync(db, days, cancel))
        {
            if (!_days.TryGetValue(day, out var kept) || kept.Version != version)
            {
                kept = (version, await ReadAsync(db, day, cancel));
                if (_days.Count >= DaysKept) _days.Clear();
                _days[day] = kept;
            }
            read[day] = kept.Profiles;
        }
        return read;
    }

    /// <summary>Adds the hours of a part that lie in the period.</summary>
    internal static void Add(SpendSums sums, SpendPeriod period, Profiles profiles, in LedgerMoney money)
    {
        if (money.NanoUsd == 0 || !sums.Wants(money.Key)) return;
        var parts = Money.Split(money.NanoUsd, WeightsOf(money, profiles));
        for (var hour = 0; hour < 24; hour++)
        {
            var time = UtcTime.Start(money.Day).AddHours(hour);
            if (parts[hour] != 0 && period.Holds(time)) sums.AddMoney(time, money with { NanoUsd = parts[hour] });
        }
    }

    /// <summary>A part of the ledger by the hours of its day; they add up to it.</summary>
    internal static long[] Split(in LedgerMoney money, Profiles profiles) => Money.Split(money.NanoUsd, WeightsOf(money, profiles));

    private static decimal[] WeightsOf(in LedgerMoney money, Profiles profiles)
    {
        if (money.Kind is not { } kind) return Even;
        var use = CallUse.Of(money.Key, kind);
        if (money.IsOfCalls || use.Feature != 0)
            foreach (var level in (ReadOnlySpan<CallUse>)[use, use.Unplaced, use.OfFeature])
                if (profiles.Recorded.TryGetValue(level, out var recorded)) return recorded;
        var group = kind is TokenKind.CacheWrite30m or TokenKind.CacheWrite1h ? TokenKind.CacheWrite5m : kind;
        return profiles.Metered.TryGetValue((use.Account, use.Region, use.Model, group), out var metered) ? metered : Even;
    }

    private static async Task<Profiles> ReadAsync(LedgerDb db, DateOnly day, CancellationToken cancel)
    {
        var profiles = new Profiles();
        var start = UtcTime.ToUnixSeconds(day);
        var bounds = string.Create(CultureInfo.InvariantCulture, $"BETWEEN {start} AND {start + 86_399}");
        await StoredRows.ReadAsync(db, $"""
            SELECT r."SlotUnixSeconds", s."AccountId", s."RegionId", s."ModelId", s."FeatureId", s."TeamId", s."ApplicationId", s."EnvironmentId",
                s."ReleaseId", SUM(r."Input"), SUM(r."CacheRead"), SUM(r."CacheWrite5m"), SUM(r."CacheWrite30m"), SUM(r."CacheWrite1h"), SUM(r."Output")
            FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 1 AND r."SlotUnixSeconds" {bounds} AND NOT s."IsOffBill" AND s."IsBillable" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
            """, row =>
        {
            var hour = (int)((row.GetInt64(0) - start) / 3600);
            foreach (var kind in TokenCounts.Kinds)
            {
                var tokens = row.GetInt64(9 + (int)kind);
                if (tokens <= 0) continue;
                var use = new CallUse(row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6), row.GetInt32(7), row.GetInt32(8), kind);
                Add(profiles.Recorded, use, hour, tokens);
                Add(profiles.Recorded, use.OfFeature, hour, tokens);
            }
        }, cancel);
        await StoredRows.ReadAsync(db, $"""
            SELECT "HourUnixSeconds", "AccountId", "RegionId", "ModelId", "Metric", SUM("Value") FROM metered_usage
            WHERE "HourUnixSeconds" {bounds} AND "Metric" <= 3 GROUP BY 1, 2, 3, 4, 5
            """, row =>
        {
            var kind = (MeteredMetric)row.GetByte(4) switch
            {
                MeteredMetric.InputTokens => TokenKind.Input,
                MeteredMetric.OutputTokens => TokenKind.Output,
                MeteredMetric.CacheReadTokens => TokenKind.CacheRead,
                _ => TokenKind.CacheWrite5m,
            };
            if (row.GetDouble(5) > 0)
                Add(profiles.Metered, (row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), kind), (int)((row.GetInt64(0) - start) / 3600), (decimal)row.GetDouble(5));
        }, cancel);
        return profiles;
    }

    private static void Add<TKey>(Dictionary<TKey, decimal[]> profiles, TKey key, int hour, decimal tokens) where TKey : notnull
    {
        if (!profiles.TryGetValue(key, out var hours)) profiles[key] = hours = new decimal[24];
        hours[hour] += tokens;
    }
}
