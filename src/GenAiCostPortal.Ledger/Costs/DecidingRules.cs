using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Names of the rules that ledger entries point to.</summary>
internal sealed class DecidingRules(IReadOnlyDictionary<int, string> owners, IReadOnlyDictionary<int, string> splits)
{
    public static async Task<DecidingRules> ReadAsync(LedgerDb db, CancellationToken cancel) => new(
        await db.OwnerRules.AsNoTracking().ToDictionaryAsync(r => r.Id, r => r.Name, cancel),
        await db.SplitRules.AsNoTracking().ToDictionaryAsync(r => r.Id, r => r.Name, cancel));

    /// <summary>Empty where no rule decided, or the rule is gone.</summary>
    public string Of(LedgerEntry entry) => Of(entry.Method, entry.RuleId);

    public string Of(AllocationMethod method, int rule) =>
        rule == 0 ? "" : (method == AllocationMethod.Shared ? splits : owners).GetValueOrDefault(rule) ?? "";
}
