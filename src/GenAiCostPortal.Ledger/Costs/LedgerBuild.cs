namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What a build did.</summary>
public sealed record LedgerBuildOutcome(int Days, int Entries, string Message);

/// <summary>Builds the ledger of days whose bill or calls changed (algorithms §4); closes days; checks the invariants after each.</summary>
public sealed class LedgerBuild
{
    /// <summary>Builds every day that needs it, one short transaction per day and account.</summary>
    public Task<LedgerBuildOutcome> BuildDueAsync(IProgress<double>? progress = null, CancellationToken cancel = default) => throw new NotImplementedException();
}
