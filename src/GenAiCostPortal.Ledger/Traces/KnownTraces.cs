using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>Which traces the store holds already, whichever door they came through.</summary>
public sealed class KnownTraces(IDbContextFactory<LedgerDb> stores)
{
    private const int PerQuery = 500;

    /// <summary>Those of the ids that are stored.</summary>
    public async Task<IReadOnlySet<TraceId>> AmongAsync(IEnumerable<TraceId> ids, CancellationToken cancel = default)
    {
        var known = new HashSet<TraceId>();
        await using var db = await stores.CreateDbContextAsync(cancel);
        foreach (var part in ids.Chunk(PerQuery))
        {
            var bytes = part.Select(id => id.ToBytes()).ToList();
            foreach (var stored in await db.Traces.Where(t => bytes.Contains(t.TraceId)).Select(t => t.TraceId).ToListAsync(cancel))
                if (TraceId.TryRead(stored, out var id)) known.Add(id);
        }
        return known;
    }
}
