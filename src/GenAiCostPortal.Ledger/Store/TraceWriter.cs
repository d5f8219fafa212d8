using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// Writes spans: upserts them, reads each touched trace anew, and in the same transaction moves calls, trace row and both rollups
/// by the difference. Returns after the commit is synced to disk; the same spans again change no number.
/// </summary>
public sealed class TraceWriter
{
    /// <summary>Stores a group of spans (the inbox keeps it ≤ 2,000) in one transaction.</summary>
    public Task WriteAsync(IReadOnlyList<Span> spans, CancellationToken cancel = default) => throw new NotImplementedException();
}
