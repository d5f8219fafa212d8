using System.Globalization;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// What the recorded calls of other days say about a day: which regions are logged at all, and who uses a feature. Also a
/// fingerprint per day, so that a day whose calls changed is found without a mark in the hot path.
/// </summary>
internal sealed class UsageLookback
{
    public const int LoggedDays = 14;
    private const int OwnerDays = 30;

    private readonly record struct Owned(int Feature, FeatureOwners Owners);

    private sealed class Day
    {
        public readonly HashSet<(int Account, int Region)> Regions = [];
        public readonly Dictionary<Owned, long> Tokens = [];
        public ulong Hash = 14695981039346656037;

        public void Mix(long value) => Hash = unchecked((Hash ^ (ulong)value) * 1099511628211);
    }

    private readonly SortedDictionary<int, Day> _days = [];
    private readonly Dictionary<Owned, long> _ever = [];
    private readonly HashSet<(DateOnly Day, int Feature)> _tagged = [];

    /// <summary>Reads all day rollups between two days (both inclusive), grouped.</summary>
    public static async Task<UsageLookback> ReadAsync(LedgerDb db, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var lookback = new UsageLookback();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT r."SlotUnixSeconds", s."AccountId", s."RegionId", s."FeatureId", s."TeamId", s."ApplicationId", s."EnvironmentId", s."ModelId",
                SUM(r."Input" + r."CacheRead" + r."CacheWrite5m" + r."CacheWrite30m" + r."CacheWrite1h" + r."Output"), SUM(r."EstimatedCostNanoUsd"), SUM(r."Output")
            FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 2 AND r."SlotUnixSeconds" >= {UtcTime.ToUnixSeconds(from)} AND r."SlotUnixSeconds" <= {UtcTime.ToUnixSeconds(to)}
                AND NOT s."IsOffBill" AND s."IsBillable" AND r."Calls" > 0
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
            """), lookback.Add, cancel);
        return lookback;
    }

    private void Add(System.Data.Common.DbDataReader row)
    {
        var number = UtcTime.DayOfUnixMs(row.GetInt64(0) * 1000).DayNumber;
        if (!_days.TryGetValue(number, out var day)) _days[number] = day = new Day();
        day.Regions.Add((row.GetInt32(1), row.GetInt32(2)));
        var owned = new Owned(row.GetInt32(3), new FeatureOwners(row.GetInt32(4), row.GetInt32(5), row.GetInt32(6)));
        var tokens = row.GetInt64(8);
        if (owned.Feature != 0)
        {
            day.Tokens[owned] = day.Tokens.GetValueOrDefault(owned) + tokens;
            _ever[owned] = _ever.GetValueOrDefault(owned) + tokens;
        }
        for (var i = 1; i < 11; i++) day.Mix(row.GetInt64(i));
    }

    /// <summary>All that is known beside a day itself.</summary>
    public DaySurroundings Around(DateOnly day, RuleBook rules, RuleNames names, ResourceBook resources) =>
        new(LoggedRegions(day), Owners(day), MonthFeatures(day), rules, names) { Resources = resources };

    /// <summary>Account and region pairs with a call in the 14 days up to a day.</summary>
    public IReadOnlySet<(int Account, int Region)> LoggedRegions(DateOnly day) =>
        Between(day.DayNumber - LoggedDays + 1, day.DayNumber).SelectMany(d => d.Regions).ToHashSet();

    /// <summary>Per feature the owners that used most tokens within 30 days of a day, else ever.</summary>
    public IReadOnlyDictionary<int, FeatureOwners> Owners(DateOnly day)
    {
        var near = new Dictionary<Owned, long>();
        foreach (var (owned, tokens) in Between(day.DayNumber - OwnerDays, day.DayNumber + OwnerDays).SelectMany(d => d.Tokens))
            near[owned] = near.GetValueOrDefault(owned) + tokens;
        var owners = Largest(_ever);
        foreach (var (feature, owner) in Largest(near)) owners[feature] = owner;
        return owners;
    }

    /// <summary>Features with a recorded call in the month of a day, and those that tags of its bill name.</summary>
    public IReadOnlyCollection<int> MonthFeatures(DateOnly day)
    {
        var first = new DateOnly(day.Year, day.Month, 1);
        var features = Between(first.DayNumber, first.AddMonths(1).DayNumber - 1).SelectMany(d => d.Tokens.Keys).Select(o => o.Feature).ToHashSet();
        features.UnionWith(_tagged.Where(t => t.Day >= first && t.Day < first.AddMonths(1)).Select(t => t.Feature));
        return features;
    }

    /// <summary>Takes note of features that cost-allocation tags name.</summary>
    public async Task AddTaggedAsync(LedgerDb db, DateOnly from, DateOnly to, CancellationToken cancel) => await StoredRows.ReadAsync(db,
        string.Create(CultureInfo.InvariantCulture, $"""
            SELECT DISTINCT "Day", "TagFeatureId" FROM billed_line WHERE "Day" >= {from.DayNumber} AND "Day" <= {to.DayNumber} AND "TagFeatureId" <> 0
            """), row => _tagged.Add((DateOnly.FromDayNumber(row.GetInt32(0)), row.GetInt32(1))), cancel);

    /// <summary>Changes when anything changes that the calls say about a day.</summary>
    /// <param name="withMonth">Whether a split rule may share over the features of the month.</param>
    public string Fingerprint(DateOnly day, bool withMonth)
    {
        var hash = new Day();
        if (withMonth)
            foreach (var feature in MonthFeatures(day).Order()) hash.Mix(feature);
        if (_days.TryGetValue(day.DayNumber, out var own)) hash.Mix((long)own.Hash);
        foreach (var (account, region) in LoggedRegions(day).Order()) hash.Mix(((long)account << 32) | (uint)region);
        foreach (var (feature, owner) in Owners(day).OrderBy(o => o.Key))
        {
            hash.Mix(feature);
            hash.Mix(((long)owner.TeamId << 40) ^ ((long)owner.ApplicationId << 20) ^ owner.EnvironmentId);
        }
        return hash.Hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private IEnumerable<Day> Between(int first, int last) => _days.Where(d => d.Key >= first && d.Key <= last).Select(d => d.Value);

    private static Dictionary<int, FeatureOwners> Largest(Dictionary<Owned, long> tokens) =>
        tokens.GroupBy(t => t.Key.Feature).ToDictionary(g => g.Key, g => g
            .OrderByDescending(t => t.Value)
            .ThenBy(t => (t.Key.Owners.TeamId, t.Key.Owners.ApplicationId, t.Key.Owners.EnvironmentId))
            .First().Key.Owners);
}
