using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Sources.Otlp;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>Writes the segments of one trace on the sheet as spans, each under the resource of the segment it belongs to.</summary>
internal sealed class SegmentEmitter
{
    private readonly SpanSheet _sheet;
    private readonly SegmentResource _resource;
    private readonly SegmentAttributes _attributes;
    private readonly Dictionary<SpanId, Segment> _byId = [];
    private readonly Dictionary<Segment, SpanResource> _resources = [];
    private SpanResource? _homeOnly;

    public SegmentEmitter(SpanSheet sheet, OwnerSpelling spelling, XRayHome home, IReadOnlyList<Segment> segments)
    {
        var sieve = new AttributeSieve(sheet, spelling);
        (_sheet, _resource, _attributes) = (sheet, new SegmentResource(sheet, sieve, home), new SegmentAttributes(sheet, sieve));
        foreach (var segment in segments)
            if (!segment.Id.IsNone) _byId.TryAdd(segment.Id, segment);
    }

    public void Emit(Segment segment)
    {
        _sheet.Resource = ResourceOf(segment);
        var (scope, kind, status) = _attributes.Collect(segment);
        _sheet.Scope = scope;
        var json = segment.Json;
        var fields = new WireSpanFields
        {
            TraceId = segment.TraceId, HasTraceId = segment.HasTraceId, SpanId = segment.Id, HasSpanId = !segment.Id.IsNone,
            ParentSpanId = segment.ParentId, HasBadParent = segment.HasBadParent, Name = segment.Name, Kind = (long)kind, StatusCode = (long)status,
            StartUnixNs = PlainValue.Nanoseconds(json, "start_time"),
            // In progress: the end comes with a later document of the same id.
            EndUnixNs = PlainValue.Flag(json, "in_progress") ? 0 : PlainValue.Nanoseconds(json, "end_time"),
        };
        _sheet.EndSpan(ref fields);
    }

    private SpanResource ResourceOf(Segment segment)
    {
        if (OwnerOf(segment) is not { } owner) return _homeOnly ??= _resource.Of((Segment?)null);
        if (!_resources.TryGetValue(owner, out var resource)) _resources[owner] = resource = _resource.Of(owner);
        return resource;
    }

    /// <summary>The nearest segment above; null while it has not come.</summary>
    private Segment? OwnerOf(Segment segment)
    {
        var at = segment.Document ?? segment;
        // As many steps as there are segments: parents may name each other.
        for (var step = 0; step <= _byId.Count; step++)
        {
            if (at.IsWhole) return at;
            if (!_byId.TryGetValue(at.ParentId, out var above)) return null;
            at = above.Document ?? above;
        }
        return null;
    }
}
