using System.Collections.Concurrent;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Items of one signal since the start. Received = stored + rejected.</summary>
public sealed record OtlpTotals(string Signal, long Received, long Stored, long Rejected);

/// <summary>Counts for <c>/metrics</c>: <c>genai_otlp_items_received_total</c>, <c>…_stored_total</c>, <c>…_rejected_total</c> by signal.</summary>
public sealed class OtlpCounters
{
    private readonly ConcurrentDictionary<string, Tally> _signals = new(StringComparer.Ordinal) { ["traces"] = new Tally() };

    /// <summary>Every signal seen, <c>traces</c> always.</summary>
    public IReadOnlyList<OtlpTotals> Totals =>
        [.. _signals.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => s.Value.Read(s.Key))];

    internal void Add(string signal, int stored, int rejected) => _signals.GetOrAdd(signal, _ => new Tally()).Add(stored, rejected);

    private sealed class Tally
    {
        private readonly Lock _lock = new();
        private long _stored, _rejected;

        public void Add(int stored, int rejected)
        {
            lock (_lock) (_stored, _rejected) = (_stored + stored, _rejected + rejected);
        }

        public OtlpTotals Read(string signal)
        {
            lock (_lock) return new OtlpTotals(signal, _stored + _rejected, _stored, _rejected);
        }
    }
}
