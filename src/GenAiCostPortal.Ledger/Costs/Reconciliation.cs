namespace GenAiCostPortal.Ledger.Costs;

/// <summary>One day: the bill beside the ledger. USD.</summary>
/// <param name="EstimatedUsd">Frozen estimate of the day (before its first bill); for an open day the current estimate.</param>
/// <param name="ErrorShare">(frozen estimate − closed bill) ÷ closed bill; null while open or without an estimate.</param>
public sealed record ReconciliationDay(
    DateOnly Day, decimal BilledUsd, decimal LedgerUsd, decimal AttributedUsd, decimal UnattributedUsd, decimal? EstimatedUsd,
    decimal? ErrorShare, IReadOnlyDictionary<AllocationMethod, decimal> ByMethod, IReadOnlyDictionary<UnattributedReason, decimal> ByReason, bool IsClosed);

/// <summary>Proves that the ledger is the bill.</summary>
public sealed class Reconciliation
{
    /// <summary>One row per day with a bill or an estimate; <paramref name="to"/> exclusive.</summary>
    public Task<IReadOnlyList<ReconciliationDay>> ReadAsync(DateOnly from, DateOnly to, CancellationToken cancel = default) => throw new NotImplementedException();
}
