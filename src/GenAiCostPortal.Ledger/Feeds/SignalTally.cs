using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Feeds;

/// <summary>
/// Counts what was accepted and not kept. What is stored or refused is counted in the transaction that stores it; this has none, so
/// it makes one for all that waits.
/// </summary>
public sealed class SignalTally(IDbContextFactory<LedgerDb> stores, WriteGate gate, TimeProvider clock)
{
    private const string Add = """
        INSERT INTO signal_count("Signal","Received","Stored","Rejected","LastAt") VALUES({0},{1},0,0,{2})
        ON CONFLICT("Signal") DO UPDATE SET "Received"=signal_count."Received"+excluded."Received", "LastAt"=excluded."LastAt"
        """;

    /// <summary>Adds ignored items by signal (<c>traces</c>, <c>metrics</c>, <c>logs</c>).</summary>
    public async Task AddIgnoredAsync(IReadOnlyDictionary<string, long> ignored, CancellationToken cancel = default)
    {
        if (ignored.Count == 0) return;
        await using var db = await stores.CreateDbContextAsync(cancel);
        using var turn = await gate.EnterAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = UtcTime.ToUnixMs(clock.GetUtcNow().UtcDateTime);
        foreach (var (signal, items) in ignored) await db.Database.ExecuteSqlRawAsync(Add, [signal, items, now], cancel);
        await transaction.CommitAsync(cancel);
    }
}
