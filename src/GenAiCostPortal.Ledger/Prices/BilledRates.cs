using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>What calls cost at the rates their own bill showed on their day, once that day is closed. For display; nothing is rewritten.</summary>
internal sealed class BilledRates
{
    private readonly record struct Key(DateOnly Day, int Account, int Region, int Model, ServiceTier Tier, bool IsGlobal, ContextBand Band);

    private readonly Dictionary<Key, Dictionary<TokenKind, long>> _rates;

    private BilledRates(Dictionary<Key, Dictionary<TokenKind, long>> rates) => _rates = rates;

    public static async Task<BilledRates> ReadAsync(LedgerDb db, IReadOnlyCollection<StoredCall> calls, CancellationToken cancel)
    {
        var days = calls.Select(c => UtcTime.DayOfUnixMs(c.Row.StartUnixMs)).Distinct().ToList();
        var accounts = calls.Select(c => c.Usage.AccountId).Where(a => a != 0).Distinct().ToList();
        if (accounts.Count == 0) return new BilledRates([]);
        var closed = (await db.BilledDays.Where(b => days.Contains(b.Day) && accounts.Contains(b.AccountId) && b.ClosedAt != null).Select(b => new { b.Day, b.AccountId }).ToListAsync(cancel))
            .Select(b => (b.Day, b.AccountId)).ToHashSet();
        if (closed.Count == 0) return new BilledRates([]);
        var rates = await db.LearntRates.AsNoTracking().Where(r => days.Contains(r.Day) && accounts.Contains(r.AccountId)).ToListAsync(cancel);
        return new BilledRates(rates.Where(r => closed.Contains((r.Day, r.AccountId)))
            .GroupBy(r => new Key(r.Day, r.AccountId, r.RegionId, r.ModelId, r.Tier, r.Scope == RoutingScope.Global, r.Band))
            .ToDictionary(g => g.Key, g => g.GroupBy(r => r.Kind).ToDictionary(k => k.Key, LearntPrices.Rate)));
    }

    /// <summary>Nano-USD of a call; null where the bill shows no rate for any kind it has tokens of.</summary>
    public long? CostOf(StoredCall call)
    {
        var u = call.Usage;
        if (call.Row.TokenState == TokenState.Unknown || call.Row.CostState == CostState.NotBillable) return null;
        var key = new Key(UtcTime.DayOfUnixMs(call.Row.StartUnixMs), u.AccountId, u.RegionId, u.ModelId, u.Tier, u.Scope == RoutingScope.Global, u.Band);
        if (!_rates.TryGetValue(key, out var rates)) return null;
        var tokens = call.Row.Tokens;
        if (TokenCounts.Kinds.Any(k => tokens[k] > 0 && !rates.ContainsKey(k))) return null;
        return TokenCounts.Kinds.Where(k => tokens[k] > 0).Sum(k => Money.Cost(tokens[k], rates[k]));
    }
}
