namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Items of one signal since the start. Received = stored + rejected + ignored.</summary>
public sealed record OtlpTotals(string Signal, long Stored, long Rejected, long Ignored)
{
    public long Received => Stored + Rejected + Ignored;
}

/// <summary>Counts for <c>/metrics</c>: <c>genai_otlp_items_received_total</c>, <c>…_stored_total</c>, <c>…_rejected_total</c>, <c>…_ignored_total</c> by signal.</summary>
public sealed class OtlpCounters
{
    private readonly Lock _lock = new();
    private readonly OtlpTotals[] _totals = [.. OtlpSignals.All.Select(s => new OtlpTotals(s.Word(), 0, 0, 0))];

    /// <summary>Every signal, also those that nobody sent yet.</summary>
    public IReadOnlyList<OtlpTotals> Totals
    {
        get { lock (_lock) return [.. _totals.OrderBy(t => t.Signal, StringComparer.Ordinal)]; }
    }

    internal void Add(OtlpSignal signal, int stored, int rejected, int ignored)
    {
        lock (_lock)
        {
            ref var total = ref _totals[(int)signal];
            total = total with { Stored = total.Stored + stored, Rejected = total.Rejected + rejected, Ignored = total.Ignored + ignored };
        }
    }
}
