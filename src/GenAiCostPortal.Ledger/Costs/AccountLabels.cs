using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Gives accounts the names that people read. Accounts that nothing is known of yet stay unnamed: no number is taken for them.</summary>
public sealed class AccountLabels(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, WriteGate gate, LedgerChanges changes)
{
    /// <summary>Names accounts by id; empty names are passed over. Returns how many are known here and how many of them got a new name.</summary>
    public async Task<(int Known, int Renamed)> WriteAsync(IReadOnlyDictionary<string, string> names, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        var known = names.Where(n => n.Value.Length > 0 && dimensions.Find(DimensionKind.Account, n.Key) != 0)
            .ToDictionary(n => dimensions.Find(DimensionKind.Account, n.Key), n => n.Value);
        var labels = known.Where(n => dimensions.Value(n.Key)!.Label != n.Value).ToDictionary();
        if (labels.Count == 0) return (known.Count, 0);
        using (await gate.EnterAsync(cancel))
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            foreach (var (id, label) in labels)
                if (await db.Dimensions.FindAsync([id], cancel) is { } value) value.Label = label;
            await db.SaveChangesAsync(cancel);
            foreach (var (id, label) in labels) dimensions.Value(id)!.Label = label;
        }
        changes.Say(LedgerPart.Costs);
        return (known.Count, labels.Count);
    }
}
