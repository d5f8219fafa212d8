using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>
/// Spans of Transaction Search come in no order and in pieces, most of them of traces that have nothing to do with GenAI. A
/// trace is held until a span of it tells that it has, or two slices have passed.
/// </summary>
internal sealed class HeldTraces
{
    private readonly Dictionary<TraceId, (List<Span> Spans, int Slice)> _held = [];
    private readonly HashSet<TraceId> _ours = [];
    private int _slice;
    private int _spans;

    /// <summary>Traces not decided yet.</summary>
    public IReadOnlyCollection<TraceId> Ids => _held.Keys;
    public long LeftOut { get; private set; }
    /// <summary>Traces given out.</summary>
    public long Stored => _ours.Count;

    /// <summary>Takes spans in; gives out those of traces that are known to be ours, with what was held of them.</summary>
    public List<Span> Take(IReadOnlyList<Span> spans, int mostHeld)
    {
        var ready = new List<Span>();
        foreach (var id in spans.Where(s => FoldedNames.TellsOfGenAi(s.Attributes)).Select(s => s.TraceId))
            if (_ours.Add(id)) Give(id, ready);
        foreach (var span in spans)
            if (_ours.Contains(span.TraceId)) ready.Add(span);
            else
            {
                if (!_held.TryGetValue(span.TraceId, out var held)) _held[span.TraceId] = held = ([], _slice);
                held.Spans.Add(span);
                _spans++;
            }
        if (_spans > mostHeld) Drop(_slice);
        return ready;
    }

    /// <summary>Gives out what is held of these traces, which are ours from now on.</summary>
    public List<Span> Release(IEnumerable<TraceId> ids)
    {
        var ready = new List<Span>();
        foreach (var id in ids)
            if (_ours.Add(id)) Give(id, ready);
        return ready;
    }

    /// <summary>Lets go of what came before this slice.</summary>
    public void NextSlice()
    {
        Drop(_slice - 1);
        _slice++;
    }

    private void Give(TraceId id, List<Span> ready)
    {
        if (!_held.Remove(id, out var held)) return;
        ready.AddRange(held.Spans);
        _spans -= held.Spans.Count;
    }

    private void Drop(int upToSlice)
    {
        foreach (var (id, held) in _held.Where(h => h.Value.Slice <= upToSlice).ToList())
        {
            _held.Remove(id);
            _spans -= held.Spans.Count;
            LeftOut++;
        }
    }
}
