using System.Globalization;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>What bills showed last for one price, in one account and region.</summary>
/// <param name="Account">Id of the account; <paramref name="AccountLabel"/> its name.</param>
/// <param name="Day">The newest day on which any kind of it was billed.</param>
/// <param name="NanoUsd">Newest rate by kind, nano-USD per million tokens.</param>
public sealed record LearntSeen(string Account, string AccountLabel, string Region, DateOnly Day, IReadOnlyDictionary<TokenKind, long> NanoUsd)
{
    /// <summary>Beyond this a rate counts as another price.</summary>
    public const decimal WorthSaying = 0.01m;

    /// <summary>(rate − price) ÷ price; null where either is missing or the price is zero.</summary>
    public decimal? DifferenceShare(Price price, TokenKind kind) =>
        NanoUsd.TryGetValue(kind, out var nano) && price[kind] is > 0 and var listed ? ((decimal)nano - listed) / listed : null;

    /// <summary>Whether any kind differs from a price by more than 1 %.</summary>
    public bool Differs(Price price) => NanoUsd.Keys.Any(k => DifferenceShare(price, k) is { } share && Math.Abs(share) > WorthSaying);
}

/// <summary>One learnt rate, for the history of a price.</summary>
public sealed record LearntDay(DateOnly Day, string Account, string AccountLabel, string Region, TokenKind Kind, long NanoUsd, long Tokens);

/// <summary>What bills showed for one price, day by day.</summary>
public sealed record LearntHistory(Price Price, string Display, IReadOnlyList<LearntDay> Days);

/// <summary>Reads learnt rates beside the prices they are the billed side of.</summary>
public sealed class LearntRateReport(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, PriceFinder prices, TimeProvider clock)
{
    private const int NewestDays = 35;

    private readonly record struct Key(int Account, int Region, int Model, ServiceTier Tier, RoutingScope Scope, ContextBand Band);

    /// <summary>Newest rates of the last 35 days by number of the list and own price that calls of that kind have; 0 = no such price, as a price of their own.</summary>
    internal async Task<(ILookup<int, LearntSeen> ByPrice, IReadOnlyList<(Price Price, LearntSeen Seen)> Alone)> NewestAsync(LedgerDb db, CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var rates = await db.LearntRates.AsNoTracking().Where(r => r.Day >= today.AddDays(-NewestDays)).ToListAsync(cancel);
        var seen = new List<(int Price, LearntSeen Seen)>();
        var alone = new List<(Price, LearntSeen)>();
        foreach (var group in rates.GroupBy(r => new Key(r.AccountId, r.RegionId, r.ModelId, r.Tier, r.Scope, r.Band)))
        {
            var kinds = group.GroupBy(r => r.Kind).ToDictionary(g => g.Key, g => LearntPrices.Rate(g.GroupBy(r => r.Day).MaxBy(d => d.Key)!));
            var last = new LearntSeen(dimensions.Name(group.Key.Account), dimensions.Label(group.Key.Account), dimensions.Name(group.Key.Region), group.Max(r => r.Day), kinds);
            var model = Model(group.Key.Model, group.Key.Scope);
            var at = UtcTime.Start(last.Day);
            var list = prices.FindList(model, group.Key.Tier, group.Key.Band, last.Region, at);
            var own = prices.Find(model, group.Key.Tier, group.Key.Band, last.Region, at);
            foreach (var price in new[] { list, own }.OfType<Price>().Distinct()) seen.Add((price.Id, last));
            if (list is null && own is null) alone.Add((Alone(model, group.Key, last), last));
        }
        return (seen.OrderBy(s => (s.Seen.AccountLabel, s.Seen.Region)).ToLookup(s => s.Price, s => s.Seen), alone);
    }

    /// <summary>Every rate kept of a price's key, newest day first; null when there is no such price.</summary>
    public async Task<LearntHistory?> HistoryAsync(int priceId, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        if (prices.LoadedAt is null) await prices.LoadAsync(cancel);
        if (prices.ById(priceId) is not { } price) return null;
        var model = dimensions.Find(DimensionKind.Model, price.Model);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var rates = await db.LearntRates.AsNoTracking().Where(r => r.ModelId == model && r.Tier == price.Tier && r.Band == price.Band).ToListAsync(cancel);
        var days = rates.Where(r => IsOf(price, r)).GroupBy(r => (r.Day, r.AccountId, r.RegionId, r.Kind))
            .Select(g => new LearntDay(g.Key.Day, dimensions.Name(g.Key.AccountId), dimensions.Label(g.Key.AccountId), dimensions.Name(g.Key.RegionId), g.Key.Kind, LearntPrices.Rate(g), g.Sum(r => r.Tokens)))
            .OrderByDescending(d => d.Day).ThenBy(d => d.AccountLabel, StringComparer.Ordinal).ThenBy(d => d.Region, StringComparer.Ordinal).ThenBy(d => d.Kind);
        return new LearntHistory(price, model == 0 ? ModelNameReader.Read(price.Model).Display : dimensions.Label(model), [.. days]);
    }

    /// <summary>Whether calls billed at a rate would be priced by this price or one that it followed.</summary>
    private bool IsOf(Price price, LearntRate rate)
    {
        if (price.Account.Length > 0 && price.Account != dimensions.Name(rate.AccountId)) return false;
        var (model, region, at) = (Model(rate.ModelId, rate.Scope), dimensions.Name(rate.RegionId), UtcTime.Start(rate.Day));
        return IsSameKey(prices.FindList(model, rate.Tier, rate.Band, region, at), price) || IsSameKey(prices.Find(model, rate.Tier, rate.Band, region, at), price)
            || price.Source is PriceSource.Learnt or PriceSource.Override && (price.Region.Length == 0 || price.Region == region) && (price.Scope == RoutingScope.Unknown || price.Scope == rate.Scope);
    }

    private static bool IsSameKey(Price? found, Price asked) => found is not null && found.Scope == asked.Scope && found.Region == asked.Region;

    private ModelName Model(int id, RoutingScope scope) => ModelNameReader.Read(dimensions.Name(id), "aws.bedrock") with { Scope = scope };

    private static Price Alone(ModelName model, Key key, LearntSeen seen)
    {
        long? Nano(TokenKind kind) => seen.NanoUsd.TryGetValue(kind, out var nano) ? nano : null;
        return new Price
        {
            Model = model.Canonical, Provider = model.Provider, Tier = key.Tier, Scope = key.Scope, Band = key.Band, Region = seen.Region, Account = seen.Account, Source = PriceSource.Learnt,
            EffectiveFrom = seen.Day, ReadOn = seen.Day, Provenance = string.Create(CultureInfo.InvariantCulture, $"Seen on the bill of {seen.Day:yyyy-MM-dd} in account {seen.Account}; no list has this price"),
            InputNanoUsd = Nano(TokenKind.Input), CacheReadNanoUsd = Nano(TokenKind.CacheRead), CacheWrite5mNanoUsd = Nano(TokenKind.CacheWrite5m),
            CacheWrite30mNanoUsd = Nano(TokenKind.CacheWrite30m), CacheWrite1hNanoUsd = Nano(TokenKind.CacheWrite1h), OutputNanoUsd = Nano(TokenKind.Output),
        };
    }
}
