using System.Collections.Frozen;
using GenAiCostPortal.Ledger.ModelNames;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>
/// All prices in memory. Which one holds (algorithms §3): the tier must be the same (a batch call never takes the standard price);
/// the context band of the call before the normal one; then what the account's bill showed on that very day, an own price, what its
/// bill showed within 14 days before (unless the list changed since), a list price; then the nearest of region and routing scope;
/// then the better source; then the latest start. A price never holds before it starts.
/// </summary>
internal sealed class PriceBook(IEnumerable<Price> prices)
{
    private readonly FrozenDictionary<string, Price[]> _byModel = prices
        .GroupBy(p => p.Model, StringComparer.Ordinal)
        .ToFrozenDictionary(g => g.Key, g => g.OrderBy(p => p.Id).ToArray(), StringComparer.Ordinal);

    internal static readonly PriceBook Empty = new([]);

    internal IEnumerable<Price> All => _byModel.Values.SelectMany(p => p);

    /// <param name="account">Whose learnt prices may answer; empty = none.</param>
    internal Price? Find(string model, RoutingScope scope, ServiceTier tier, ContextBand band, string region, DateTime at, bool isListOnly = false, string account = "")
    {
        if (!_byModel.TryGetValue(model, out var rows)) return null;
        var day = DateOnly.FromDateTime(at);
        Price? best = null, list = null;
        Rank bestRank = default, listRank = default;
        foreach (var row in rows)
        {
            if (row.Tier != tier || row.EffectiveFrom > day) continue;
            var level = Level(row, day, account);
            if (level < 0 || isListOnly && level > ListLevel) continue;
            var bandRank = row.Band == band ? 1 : row.Band == ContextBand.Normal ? 0 : -1;
            var regionRank = RegionRank(row.Region, region);
            var scopeRank = ScopeRank(row.Scope, scope);
            if (bandRank < 0 || regionRank < 0 || scopeRank < 0) continue;
            var rank = new Rank(
                bandRank, level, regionRank, scopeRank, -(int)row.Source,
                (level == LearntLately ? row.ReadOn : row.EffectiveFrom)?.DayNumber ?? 0, row.ReadOn?.DayNumber ?? 0, row.Id);
            if (best is null || rank.CompareTo(bestRank) > 0) (best, bestRank) = (row, rank);
            if (level == ListLevel && (list is null || rank.CompareTo(listRank) > 0)) (list, listRank) = (row, rank);
        }
        return bestRank.Level == LearntLately && list?.EffectiveFrom > best!.ReadOn ? list : best;
    }

    private const int ListLevel = 0, LearntLately = 1, OwnLevel = 2, LearntThatDay = 3, LearntDays = 14;

    private static int Level(Price row, DateOnly day, string account) => row.Source switch
    {
        PriceSource.Override => OwnLevel,
        PriceSource.Learnt => account.Length == 0 || row.Account != account || row.ReadOn is not { } seen ? -1
            : day <= seen ? LearntThatDay : day <= seen.AddDays(LearntDays) ? LearntLately : -1,
        _ => ListLevel,
    };

    private static int RegionRank(string priced, string asked) =>
        priced.Length == 0 ? 0
        : asked.Length == 0 ? -1
        : priced == asked ? 2
        : priced[^1] == '*' && asked.StartsWith(priced.AsSpan(0, priced.Length - 1), StringComparison.Ordinal) && !IsSovereign(asked) ? 1
        : -1;

    // us-* is the price of commercial regions.
    private static bool IsSovereign(string region) => region.StartsWith("us-gov-", StringComparison.Ordinal);

    /// <summary>A geography's profile is billed at the regional rate, and an unknown routing is taken as in region; only global is apart.</summary>
    private static int ScopeRank(RoutingScope priced, RoutingScope asked) => (asked, priced) switch
    {
        (_, RoutingScope.Unknown) => 0,
        (RoutingScope.Global, RoutingScope.Global) => 2,
        (RoutingScope.Global, _) or (_, RoutingScope.Global) => -1,
        (RoutingScope.Geographic, RoutingScope.Geographic) => 2,
        (RoutingScope.Geographic, _) => 1,
        (_, RoutingScope.InRegion) => 2,
        _ => 1,
    };

    private readonly record struct Rank(int Band, int Level, int Region, int Scope, int Source, int Start, int ReadOn, int Id)
    {
        internal int CompareTo(Rank other) =>
            (Band, Level, Region, Scope, Source, Start, ReadOn, Id).CompareTo(
                (other.Band, other.Level, other.Region, other.Scope, other.Source, other.Start, other.ReadOn, other.Id));
    }
}
