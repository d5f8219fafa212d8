using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>Adds what AWS's price list says to the price table.</summary>
public sealed class PriceListWriter(IDbContextFactory<LedgerDb> stores, WriteGate gate, PriceFinder finder, LedgerChanges changes, TimeProvider time)
{
    private const int RowsPerWrite = 150;

    /// <summary>
    /// Adds a row wherever the list differs from what was known of it; known rows stay as they are. Returns how many rows were
    /// added, and how many prices the list gave twice, differently, and were not used.
    /// </summary>
    /// <param name="lastRead">Day of the read before this one; null for the first.</param>
    public async Task<(int Added, int Contradictory)> WriteAsync(IReadOnlyCollection<ListedPrice> listed, DateOnly? lastRead, CancellationToken cancel = default)
    {
        if (finder.LoadedAt is null) await finder.LoadAsync(cancel);
        List<Price> known;
        await using (var db = await stores.CreateDbContextAsync(cancel))
            known = await db.Prices.AsNoTracking().Where(p => p.Source == PriceSource.AwsPriceList).ToListAsync(cancel);
        var addition = PriceListMerge.Add(listed, known, lastRead, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        foreach (var part in addition.Rows.Chunk(RowsPerWrite))
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            db.Prices.AddRange(part);
            using var turn = await gate.EnterAsync(cancel);
            await db.SaveChangesAsync(cancel);
        }
        if (addition.Rows.Count > 0)
        {
            await finder.LoadAsync(cancel);
            changes.Say(LedgerPart.Prices);
        }
        return (addition.Rows.Count, addition.Contradictory);
    }
}
