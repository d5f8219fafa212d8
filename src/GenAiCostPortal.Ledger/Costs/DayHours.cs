using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// Hours of a day's money: by recorded tokens per hour of the same owners, model and kind; else of the feature on that model; else
/// by CloudWatch; else even. The hours add up to the day (algorithms §4).
/// </summary>
internal sealed class DayHours
{
    private readonly record struct Use(int Account, int Region, int Model, int Feature, int Team, int Application, int Environment, int Release, TokenKind Kind);

    private sealed class Profiles
    {
        public readonly Dictionary<Use, decimal[]> Recorded = [];
        public readonly Dictionary<(int Account, int Region, int Model, TokenKind Kind), decimal[]> Metered = [];
    }

    private readonly Dictionary<DateOnly, Profiles> _days = [];
    private static readonly decimal[] Even = [.. Enumerable.Repeat(1m, 24)];

    /// <summary>Adds the hours of an entry that lie in the period.</summary>
    public async Task AddAsync(LedgerDb db, SpendSums sums, SpendPeriod period, LedgerEntry entry, CancellationToken cancel)
    {
        if (entry.AmountNanoUsd == 0) return;
        if (!_days.TryGetValue(entry.Day, out var profiles)) _days[entry.Day] = profiles = await ReadAsync(db, entry.Day, cancel);
        var key = BilledSpend.KeyOf(entry);
        var parts = Money.Split(entry.AmountNanoUsd, WeightsOf(entry, profiles));
        for (var hour = 0; hour < 24; hour++)
        {
            var time = UtcTime.Start(entry.Day).AddHours(hour);
            if (parts[hour] != 0 && period.Holds(time))
                sums.AddMoney(time, key, entry.Basis, parts[hour], entry.Method, entry.Reason, entry.Category == ChargeCategory.Usage);
        }
    }

    private static decimal[] WeightsOf(LedgerEntry e, Profiles profiles)
    {
        if (e.Kind is not { } kind) return Even;
        var isOfCalls = e.FeatureId != 0 || e.Reason == UnattributedReason.NoFeatureOnCall;
        if (isOfCalls)
        {
            var use = new Use(e.AccountId, e.RegionId, e.ModelId, e.FeatureId, e.TeamId, e.ApplicationId, e.EnvironmentId, e.ReleaseId, kind);
            foreach (var level in (Use[])[use, use with { Account = 0, Region = 0 }, new(-1, 0, e.ModelId, e.FeatureId, 0, 0, 0, 0, kind)])
                if (profiles.Recorded.TryGetValue(level, out var recorded)) return recorded;
        }
        var group = kind is TokenKind.CacheWrite30m or TokenKind.CacheWrite1h ? TokenKind.CacheWrite5m : kind;
        return profiles.Metered.TryGetValue((e.AccountId, e.RegionId, e.ModelId, group), out var metered) ? metered : Even;
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
                var use = new Use(row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6), row.GetInt32(7), row.GetInt32(8), kind);
                Add(profiles.Recorded, use, hour, tokens);
                Add(profiles.Recorded, new Use(-1, 0, use.Model, use.Feature, 0, 0, 0, 0, kind), hour, tokens);
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
