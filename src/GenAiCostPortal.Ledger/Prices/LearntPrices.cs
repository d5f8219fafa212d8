using System.Globalization;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>
/// Turns learnt rates into prices of their account. A row is made only where the bill differs from the price in force there, and a
/// rate that stays moves the last day of its row: an account without discounts has none, one with a contract a few, and so the cost
/// series, which are kept by price, stay few too.
/// </summary>
public sealed class LearntPrices(IDbContextFactory<LedgerDb> stores, WriteGate gate, PriceFinder finder, Dimensions dimensions, LedgerChanges changes)
{
    /// <summary>Rates nearer than this to a price are that price: half of what is shown as a difference.</summary>
    internal const decimal Tolerance = 0.005m;
    private const int RowsPerTurn = 150;

    private readonly record struct Key(string Account, string Model, ServiceTier Tier, RoutingScope Scope, ContextBand Band, string Region);

    /// <summary>Adds or prolongs prices by the rates of one closed day.</summary>
    internal async Task AddAsync(DateOnly day, IEnumerable<LearntRate> rates, CancellationToken cancel)
    {
        if (finder.LoadedAt is null) await finder.LoadAsync(cancel);
        var (added, prolonged) = (new List<Price>(), new List<int>());
        foreach (var group in rates.GroupBy(r => new Key(dimensions.Name(r.AccountId), dimensions.Name(r.ModelId), r.Tier, r.Scope, r.Band, dimensions.Name(r.RegionId))))
        {
            var learnt = group.GroupBy(r => r.Kind).ToDictionary(g => g.Key, Rate);
            switch (Decide(group.Key, learnt, day))
            {
                case { Id: 0 } price: added.Add(price); break;
                case { } price: prolonged.Add(price.Id); break;
            }
        }
        if (added.Count == 0 && prolonged.Count == 0) return;
        await using (var db = await stores.CreateDbContextAsync(cancel))
        {
            if (prolonged.Count > 0)
            {
                using var turn = await gate.EnterAsync(cancel);
                await db.Prices.Where(p => prolonged.Contains(p.Id)).ExecuteUpdateAsync(set => set.SetProperty(p => p.ReadOn, day), cancel);
            }
            foreach (var some in added.OrderBy(p => (p.Account, p.Model, p.Tier, p.Scope, p.Band, p.Region)).Chunk(RowsPerTurn))
            {
                db.Prices.AddRange(some);
                using var turn = await gate.EnterAsync(cancel);
                await db.SaveChangesAsync(cancel);
                db.ChangeTracker.Clear();
            }
        }
        await finder.LoadAsync(cancel);
        if (added.Count > 0) changes.Say(LedgerPart.Prices);
    }

    /// <summary>A new row, a row whose last day moves, or nothing.</summary>
    private Price? Decide(Key key, Dictionary<TokenKind, long> learnt, DateOnly day)
    {
        var name = ModelNameReader.Read(key.Model, "aws.bedrock") with { Scope = key.Scope };
        var inForce = finder.Find(name, key.Tier, key.Band, key.Region, UtcTime.Start(day), key.Account);
        if (inForce is not null && Agree(inForce, learnt)) return inForce.Source == PriceSource.Learnt && inForce.ReadOn < day ? inForce : null;
        // An own price hides yesterday's rate from calls, not from the bill.
        var yesterday = finder.All.FirstOrDefault(p => p.Source == PriceSource.Learnt && p.ReadOn == day.AddDays(-1) && Of(p) == key && Agree(p, learnt));
        if (yesterday is not null) return yesterday;
        var kept = TokenCounts.Kinds.Where(k => !learnt.ContainsKey(k) && inForce?[k] is not null).ToArray();
        long? Nano(TokenKind kind) => learnt.TryGetValue(kind, out var nano) ? nano : inForce?[kind];
        return new Price
        {
            Model = key.Model, Provider = name.Provider, Tier = key.Tier, Scope = key.Scope, Region = key.Region, Band = key.Band, Account = key.Account,
            EffectiveFrom = day, ReadOn = day, Source = PriceSource.Learnt,
            Provenance = string.Create(CultureInfo.InvariantCulture, $"Seen on the bill of {day:yyyy-MM-dd} in account {key.Account}")
                + (kept.Length > 0 ? $"; {string.Join(", ", kept)} as the {PriceText.Source(inForce!.Source)} said" : ""),
            InputNanoUsd = Nano(TokenKind.Input), CacheReadNanoUsd = Nano(TokenKind.CacheRead), CacheWrite5mNanoUsd = Nano(TokenKind.CacheWrite5m),
            CacheWrite30mNanoUsd = Nano(TokenKind.CacheWrite30m), CacheWrite1hNanoUsd = Nano(TokenKind.CacheWrite1h), OutputNanoUsd = Nano(TokenKind.Output),
        };
    }

    internal static bool Agree(Price price, IReadOnlyDictionary<TokenKind, long> learnt) =>
        learnt.All(l => price[l.Key] is { } nano && Math.Abs((decimal)nano - l.Value) <= Tolerance * l.Value);

    /// <summary>Several usage types of one kind (regional and marketplace names) are one rate, by their tokens.</summary>
    internal static long Rate(IEnumerable<LearntRate> rates)
    {
        var (amount, tokens) = (0m, 0m);
        foreach (var rate in rates) (amount, tokens) = (amount + rate.AmountNanoUsd, tokens + rate.Tokens);
        return (long)decimal.Round(amount * 1_000_000m / tokens, 0, MidpointRounding.ToEven);
    }

    private static Key Of(Price p) => new(p.Account, p.Model, p.Tier, p.Scope, p.Band, p.Region);
}
