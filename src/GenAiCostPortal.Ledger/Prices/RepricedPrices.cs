using System.Collections.Frozen;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>
/// Which price stands for another on which day, of all re-pricings that hold; in memory. Re-pricings apply one after the other, each
/// to what the ones before it left.
/// </summary>
internal sealed class RepricedPrices
{
    private readonly record struct Key(int Day, int Account, int Region, int Model, ServiceTier Tier, RoutingScope Scope, ContextBand Band);

    private readonly FrozenDictionary<Key, (int Repricing, int From, int To)[]> _steps;

    internal RepricedPrices(IEnumerable<RepricedUsage> usages) => _steps = usages.GroupBy(u => new Key(u.Day.DayNumber, u.AccountId, u.RegionId, u.ModelId, u.Tier, u.Scope, u.Band))
        .ToFrozenDictionary(g => g.Key, g => g.OrderBy(u => u.RepricingId).Select(u => (u.RepricingId, u.FromPriceId, u.ToPriceId)).ToArray());

    internal static readonly RepricedPrices None = new([]);

    /// <summary>Number of the price that holds for usage of a series on a day: its own, unless re-priced.</summary>
    internal int Of(in CostKey series, int dayNumber)
    {
        if (_steps.Count == 0) return series.Price;
        if (!_steps.TryGetValue(new Key(dayNumber, series.Account, series.Region, series.Model, series.Tier, series.Scope, series.Band), out var steps)) return series.Price;
        var (price, last) = (series.Price, 0);
        // A re-pricing moves a price once: what it gives is not taken up again by another of its own steps.
        foreach (var (repricing, from, to) in steps)
            if (repricing != last && from == price) (price, last) = (to, repricing);
        return price;
    }
}
