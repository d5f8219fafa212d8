using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// What is recorded or metered but not billed yet, read at the moment of asking, so that a figure is there as soon as its call is.
/// The same pure rule as the ledger build decides it.
/// </summary>
public sealed class OpenDays(LedgerDayReader reader)
{
    /// <summary>Estimated parts of a day beside its bill.</summary>
    internal async Task<IReadOnlyList<LedgerEntry>> EstimateAsync(LedgerDb db, DateOnly day, CancellationToken cancel)
    {
        var lookback = await UsageLookback.ReadAsync(db, day.AddDays(-13), day, cancel);
        return LedgerDay.Build(await reader.ReadAsync(db, day, lookback, cancel)).Estimated;
    }

    /// <summary>The whole estimate of a day, as if nothing of it were billed.</summary>
    internal async Task<IReadOnlyList<LedgerEntry>> EstimateWithoutBillAsync(LedgerDb db, DateOnly day, CancellationToken cancel)
    {
        var lookback = await UsageLookback.ReadAsync(db, day.AddDays(-13), day, cancel);
        var inputs = await reader.ReadAsync(db, day, lookback, cancel);
        return LedgerDay.Build(inputs with { Cells = [], ClosedAccounts = new HashSet<int>(), OpenAccounts = new HashSet<int>() }).Estimated;
    }
}
