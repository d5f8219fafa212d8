using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>
/// The exporter writes a dependency span that is the first of its service twice: as a segment with a made-up id, and below it as a
/// subsegment with its own. Annotations stand on both. The rule: a span gives up what it says of a call where a child of its own
/// says the same and has the very same start and end. Both spans stay, so the order of arrival does not matter.
/// </summary>
internal static class CopiedSegments
{
    public static List<Span> Strip(IReadOnlyList<Span> spans)
    {
        var children = spans.Where(s => !s.IsRoot && s.ParentSpanId != s.SpanId && s.EndUnixNs > s.StartUnixNs)
            .GroupBy(s => (s.TraceId, Parent: s.ParentSpanId, s.StartUnixNs, s.EndUnixNs)).ToDictionary(g => g.Key, g => g.ToList());
        return [.. spans.Select(span => children.TryGetValue((span.TraceId, span.SpanId, span.StartUnixNs, span.EndUnixNs), out var copies)
            ? copies.Aggregate(span, Without) : span)];
    }

    private static Span Without(Span span, Span child)
    {
        var items = span.Attributes.Items;
        var kept = items.Where(a => !FoldedNames.TellsOfCall(a.Key) || !IsSame(a.Value, child.Attributes[a.Key])).ToArray();
        return kept.Length == items.Count ? span : span with { Attributes = new SpanAttributes(kept) };
    }

    private static bool IsSame(object value, object? other) =>
        other is not null && (Equals(value, other) || (value is object[] a && other is object[] b && a.SequenceEqual(b)));
}
