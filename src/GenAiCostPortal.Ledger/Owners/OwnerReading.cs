using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Gives stored calls the owners that today's keys name: their traces are read again, in small steps.</summary>
public sealed class OwnerReading(IDbContextFactory<LedgerDb> stores, TraceWriter writer)
{
    private const int TracesPerStep = 500;

    /// <summary>Reads every trace again whose spans are still stored. Returns how many traces. May be stopped and begun again at any time.</summary>
    public async Task<long> ReadAnewAsync(IProgress<double> progress, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var last = await db.Traces.MaxAsync(t => (long?)t.Key, cancel) ?? 0;
        long after = 0, read = 0;
        while (true)
        {
            var keys = await db.Traces.Where(t => t.Key > after && t.Key <= last).OrderBy(t => t.Key).Select(t => t.Key).Take(TracesPerStep).ToListAsync(cancel);
            if (keys.Count == 0) return read;
            await writer.ReadAnewAsync(keys, cancel);
            read += keys.Count;
            after = keys[^1];
            progress.Report((double)after / last);
        }
    }
}
