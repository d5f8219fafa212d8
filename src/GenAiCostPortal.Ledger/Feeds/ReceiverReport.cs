using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Feeds;

/// <summary>What came through the OTLP door: received = stored + rejected + ignored per signal, and who sent it.</summary>
public sealed record ReceiverAnswer(IReadOnlyList<SignalCount> Signals, IReadOnlyList<SenderSeen> Senders)
{
    /// <summary>When the first span arrived, UTC; null before.</summary>
    public DateTime? FirstSpanAt { get; init; }
    /// <summary>Calls of the last <see cref="ReceiverReport.DoorDays"/> days by the doors that told of them.</summary>
    public IReadOnlyList<DoorCalls> Doors { get; init; } = [];
    /// <summary>Calls of traces that a sender says it samples.</summary>
    public SampledTraces? Sampled { get; init; }
}

/// <summary>Reads the counts of the OTLP receiver since the store began.</summary>
public sealed class ReceiverReport(IDbContextFactory<LedgerDb> stores, DoorReport doors, SampledReport sampled, TimeProvider clock)
{
    /// <summary>Senders shown; the busiest first.</summary>
    public const int SendersAtMost = 100;
    /// <summary>Days, today included, over which doors are compared.</summary>
    public const int DoorDays = 30;

    /// <summary>Signals by name, senders by calls.</summary>
    public async Task<ReceiverAnswer> ReadAsync(CancellationToken cancel = default)
    {
        var tomorrow = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(1);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var senders = await db.Senders.AsNoTracking().OrderByDescending(s => s.Calls).ThenByDescending(s => s.Spans).ThenBy(s => s.Id).Take(SendersAtMost).ToListAsync(cancel);
        return new ReceiverAnswer(
            await db.SignalCounts.AsNoTracking().Where(s => SignalCount.Otlp.Contains(s.Signal)).OrderBy(s => s.Signal).ToListAsync(cancel),
            senders)
        {
            FirstSpanAt = await db.Senders.OrderBy(s => s.FirstSeen).Select(s => (DateTime?)s.FirstSeen).FirstOrDefaultAsync(cancel),
            Doors = await doors.ReadAsync(tomorrow.AddDays(-DoorDays), tomorrow, cancel),
            Sampled = await sampled.ReadAsync(cancel),
        };
    }
}
