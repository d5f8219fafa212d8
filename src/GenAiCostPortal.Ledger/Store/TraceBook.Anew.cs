namespace GenAiCostPortal.Ledger.Store;

/// <summary>Traces read again as they are stored, because what their words mean has become known.</summary>
internal sealed partial class TraceBook
{
    /// <summary>Reads a trace anew; nothing happens when some of its spans have left with their retention.</summary>
    public void ReadAnew(long traceKey)
    {
        _queued.Enqueue(traceKey);
        SettleQueued();
    }
}
