using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Feeds;

/// <summary>What came through the OTLP door: received = stored + rejected + ignored per signal, and who sent it.</summary>
public sealed record ReceiverAnswer(IReadOnlyList<SignalCount> Signals, IReadOnlyList<SenderSeen> Senders);

/// <summary>Reads the counts of the OTLP receiver since the store began.</summary>
public sealed class ReceiverReport(IDbContextFactory<LedgerDb> stores)
{
    /// <summary>Senders shown; the busiest first.</summary>
    public const int SendersAtMost = 100;

    /// <summary>Signals by name, senders by calls.</summary>
    public async Task<ReceiverAnswer> ReadAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return new ReceiverAnswer(
            await db.SignalCounts.AsNoTracking().Where(s => SignalCount.Otlp.Contains(s.Signal)).OrderBy(s => s.Signal).ToListAsync(cancel),
            await db.Senders.AsNoTracking().OrderByDescending(s => s.Calls).ThenByDescending(s => s.Spans).ThenBy(s => s.Id).Take(SendersAtMost).ToListAsync(cancel));
    }
}
