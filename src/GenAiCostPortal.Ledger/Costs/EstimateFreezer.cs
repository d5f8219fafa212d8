using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Estimated nano-USD and tokens of one day, per account and model; account 0 = calls that do not say theirs.</summary>
internal sealed record DayEstimate(DateOnly Day, IReadOnlyDictionary<(int Account, int Model), (long NanoUsd, long Tokens)> Parts);

/// <summary>Keeps our estimate of a day as it stood before its first bill line arrived, so that its accuracy can be judged later.</summary>
public sealed class EstimateFreezer(IDbContextFactory<LedgerDb> stores, OpenDays openDays)
{
    internal async Task<DayEstimate> ReadAsync(DateOnly day, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var parts = new Dictionary<(int, int), (long, long)>();
        foreach (var entry in await openDays.EstimateWithoutBillAsync(db, day, cancel))
        {
            var key = (entry.AccountId, entry.ModelId);
            var (amount, tokens) = parts.GetValueOrDefault(key);
            parts[key] = (amount + entry.AmountNanoUsd, tokens + (entry.Tokens ?? 0));
        }
        return new DayEstimate(day, parts);
    }

    /// <summary>Adds the frozen rows of a day and account to a running transaction. What is frozen already stays.</summary>
    internal static async Task FreezeAsync(LedgerDb db, BilledDay state, DayEstimate estimate, DateTime at, CancellationToken cancel)
    {
        var frozen = await db.FrozenEstimates.Where(f => f.Day == state.Day).Select(f => f.AccountId).Distinct().ToListAsync(cancel);
        var isFirst = !db.FrozenEstimates.Local.Any(f => f.Day == state.Day) && frozen.Count == 0;
        if (frozen.Contains(state.AccountId)) return;
        long? total = null;
        foreach (var ((account, model), (amount, tokens)) in estimate.Parts.OrderBy(p => p.Key))
        {
            if (account != state.AccountId && !(account == 0 && isFirst)) continue;
            db.FrozenEstimates.Add(new FrozenEstimate
            {
                Day = state.Day, AccountId = account, ModelId = model, FrozenAt = at, EstimatedNanoUsd = amount, Tokens = tokens,
            });
            if (account == state.AccountId) total = (total ?? 0) + amount;
        }
        state.FrozenEstimateNanoUsd = total;
    }
}
