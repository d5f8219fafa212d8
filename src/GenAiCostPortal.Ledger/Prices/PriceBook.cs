using System.Collections.Frozen;
using GenAiCostPortal.Ledger.ModelNames;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>
/// All prices in memory. Which one holds (algorithms §3): the tier must be the same (a batch call never takes the standard price);
/// the context band of the call before the normal one; then an own price before a list price; then the nearest of region and routing scope; then the better source; then the latest start.
/// A price never holds before it starts.
/// </summary>
internal sealed class PriceBook(IEnumerable<Price> prices)
{
    private readonly FrozenDictionary<string, Price[]> _byModel = prices
        .GroupBy(p => p.Model, StringComparer.Ordinal)
        .ToFrozenDictionary(g => g.Key, g => g.OrderBy(p => p.Id).ToArray(), StringComparer.Ordinal);

    internal static readonly PriceBook Empty = new([]);

    internal IEnumerable<Price> All => _byModel.Values.SelectMany(p => p);

    internal Price? Find(string model, RoutingScope scope, ServiceTier tier, ContextBand band, string region, DateTime at, bool isListOnly = false)
    {
        if (!_byModel.TryGetValue(model, out var rows)) return null;
        var day = DateOnly.FromDateTime(at);
        Price? best = null;
        var bestRank = default(Rank);
        foreach (var row in rows)
        {
            if (row.Tier != tier || row.EffectiveFrom > day || isListOnly && row.Source == PriceSource.Override) continue;
            var bandRank = row.Band == band ? 1 : row.Band == ContextBand.Normal ? 0 : -1;
            var regionRank = RegionRank(row.Region, region);
            var scopeRank = ScopeRank(row.Scope, scope);
            if (bandRank < 0 || regionRank < 0 || scopeRank < 0) continue;
            var rank = new Rank(
                bandRank, row.Source == PriceSource.Override ? 1 : 0, regionRank, scopeRank, -(int)row.Source,
                row.EffectiveFrom?.DayNumber ?? 0, row.ReadOn?.DayNumber ?? 0, row.Id);
            if (best is null || rank.CompareTo(bestRank) > 0) (best, bestRank) = (row, rank);
        }
        return best;
    }

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

    private readonly record struct Rank(int Band, int Override, int Region, int Scope, int Source, int Start, int ReadOn, int Id)
    {
        internal int CompareTo(Rank other) =>
            (Band, Override, Region, Scope, Source, Start, ReadOn, Id).CompareTo(
                (other.Band, other.Override, other.Region, other.Scope, other.Source, other.Start, other.ReadOn, other.Id));
    }
}
