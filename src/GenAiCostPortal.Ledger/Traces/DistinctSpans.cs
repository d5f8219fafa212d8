namespace GenAiCostPortal.Ledger.Traces;

/// <summary>Spans of one trace, one per id; versions of the same span are merged.</summary>
internal sealed class DistinctSpans
{
    // A trace has a handful of spans, nearly always: an index would cost more than it saves.
    private const int LinearUpTo = 32;
    private Dictionary<SpanId, int>? _index;

    public List<Span> Items { get; } = [];

    /// <summary>Adds or merges; answers the place of the span and whether anything changed.</summary>
    public (int At, bool Changed) Add(Span span)
    {
        var at = Find(span.SpanId);
        if (at < 0)
        {
            Items.Add(span);
            _index?.Add(span.SpanId, Items.Count - 1);
            return (Items.Count - 1, true);
        }
        var merged = SpanMerge.Merge(Items[at], span);
        if (ReferenceEquals(merged, Items[at])) return (at, false);
        Items[at] = merged;
        return (at, true);
    }

    /// <summary>Place of a span, or -1.</summary>
    public int Find(SpanId id)
    {
        if (Items.Count < LinearUpTo)
        {
            for (var i = 0; i < Items.Count; i++)
                if (Items[i].SpanId == id) return i;
            return -1;
        }
        if (_index is null)
        {
            _index = new Dictionary<SpanId, int>(Items.Count * 2);
            for (var i = 0; i < Items.Count; i++) _index.Add(Items[i].SpanId, i);
        }
        return _index.GetValueOrDefault(id, -1);
    }
}
