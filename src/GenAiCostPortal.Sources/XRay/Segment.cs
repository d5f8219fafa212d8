using System.Text.Json;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>A segment or subsegment of a document, found and not yet understood.</summary>
internal sealed class Segment
{
    public required JsonElement Json { get; init; }
    /// <summary>True for segments, which carry the resource; false for subsegments, nested or on their own.</summary>
    public required bool IsWhole { get; init; }
    /// <summary>The segment document it is nested in; itself for the document's own.</summary>
    public Segment? Document { get; init; }
    public TraceId TraceId { get; init; }
    public bool HasTraceId { get; init; }
    public SpanId Id { get; init; }
    public SpanId ParentId { get; init; }
    public bool HasBadParent { get; init; }
    public string Name { get; init; } = "";

    /// <summary>
    /// The segments of a document, its own first. Empty for a segment that X-Ray inferred: it repeats the subsegment above it.
    /// </summary>
    /// <exception cref="SegmentFormatException">The document is none.</exception>
    public static IReadOnlyList<Segment> Read(JsonElement document, string traceId)
    {
        if (document.ValueKind != JsonValueKind.Object) throw new SegmentFormatException("A segment document is not an object.");
        if (PlainValue.Flag(document, "inferred")) return [];
        var said = PlainValue.Text(document, "trace_id");
        var hasTrace = XRayTraceId.TryParse(said.Length > 0 ? said : traceId, out var trace);
        var top = Of(document, null, trace, hasTrace);
        var all = new List<Segment> { top };
        for (var i = 0; i < all.Count; i++)
        {
            if (PlainValue.Member(all[i].Json, "subsegments") is not { ValueKind: JsonValueKind.Array } nested) continue;
            foreach (var child in nested.EnumerateArray())
            {
                if (child.ValueKind != JsonValueKind.Object) continue;
                if (all.Count == XRayLimits.Segments) throw new SegmentFormatException("A segment document has too many subsegments.");
                all.Add(Of(child, all[i], trace, hasTrace));
            }
        }
        return all;
    }

    private static Segment Of(JsonElement json, Segment? above, TraceId trace, bool hasTrace)
    {
        SpanId.TryParse(PlainValue.Text(json, "id"), out var id);
        var parentText = PlainValue.Text(json, "parent_id");
        var hasParent = SpanId.TryParse(parentText, out var parent);
        return new Segment
        {
            Json = json, IsWhole = above is null && PlainValue.Text(json, "type") != "subsegment", Document = above?.Document ?? above,
            TraceId = trace, HasTraceId = hasTrace, Id = id, ParentId = hasParent ? parent : above?.Id ?? default,
            HasBadParent = !hasParent && parentText.Length > 0, Name = PlainValue.Text(json, "name"),
        };
    }
}

/// <summary>The document is no segment document: counted, and left out.</summary>
internal sealed class SegmentFormatException(string message) : Exception(message);
