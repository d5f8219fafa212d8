using System.Text.Json;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Sources.Otlp;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>
/// X-Ray documents to spans: segments with their subsegments, nested or on their own, and events of Transaction Search. A bad
/// document is counted, never thrown. Prompt and completion text is left out unless <see cref="OtlpOptions.CaptureContent"/> is
/// on; a keyed hash of the prompt is kept. Safe for concurrent use.
/// </summary>
public sealed class SegmentDecoder(OtlpOptions options, OwnerKeys owners, TimeProvider time, PromptHashKey key)
{
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = SpanLimits.Depth };
    private readonly OwnerSpelling _spelling = new(owners);

    /// <summary>Reads the segment documents of one trace together: a subsegment takes its resource from the segment above it.</summary>
    /// <param name="traceId">The trace's id, for documents that do not repeat it.</param>
    public XRaySpans DecodeSegments(string traceId, IEnumerable<string> documents, XRayHome home)
    {
        using var sheet = new SpanSheet(options.CaptureContent, key, time.GetUtcNow());
        var bad = new BadDocuments();
        var open = new List<JsonDocument>();
        var segments = new List<Segment>();
        try
        {
            foreach (var text in documents)
                bad.Try(text, () =>
                {
                    var document = JsonDocument.Parse(text, Depth);
                    open.Add(document);
                    segments.AddRange(Segment.Read(document.RootElement, traceId));
                });
            var emitter = new SegmentEmitter(sheet, _spelling, home, segments);
            foreach (var segment in segments)
                if (!bad.IsBad(segment)) bad.Try(segment, () => emitter.Emit(segment));
        }
        finally
        {
            foreach (var document in open) document.Dispose();
        }
        return Answer(sheet, bad);
    }

    /// <summary>Reads events of the log group <c>aws/spans</c>: one span as JSON each.</summary>
    public XRaySpans DecodeEvents(IEnumerable<(string Message, long TimeUnixMs)> events, XRayHome home)
    {
        using var sheet = new SpanSheet(options.CaptureContent, key, time.GetUtcNow());
        var bad = new BadDocuments();
        var reader = new SpanEvents(sheet, _spelling, home);
        foreach (var (message, at) in events)
            bad.Try(message, () =>
            {
                using var document = JsonDocument.Parse(message, Depth);
                reader.Read(document.RootElement, at);
            });
        return Answer(sheet, bad);
    }

    private static XRaySpans Answer(SpanSheet sheet, BadDocuments bad)
    {
        var decoded = sheet.ToDecoded();
        var spans = CopiedSegments.Strip([.. decoded.Spans.Select(s => s with { Doors = Doors.XRay })]);
        return new XRaySpans(spans, decoded.Rejected, bad.Count, decoded.RejectReason.Length > 0 ? decoded.RejectReason : bad.Reason);
    }

    /// <summary>Counts what could not be read, each document once.</summary>
    private sealed class BadDocuments
    {
        private readonly HashSet<Segment> _documents = [];

        public int Count { get; private set; }
        public string Reason { get; private set; } = "";

        public bool IsBad(Segment segment) => _documents.Contains(segment.Document ?? segment);

        public void Try(string text, Action read)
        {
            if (text.Length > XRayLimits.DocumentLength) Note("A document is larger than 1 MB.");
            else Try(read);
        }

        public void Try(Segment segment, Action read)
        {
            if (!Try(read)) _documents.Add(segment.Document ?? segment);
        }

        private bool Try(Action read)
        {
            try
            {
                read();
                return true;
            }
            catch (JsonException) { Note("A document is not valid JSON."); }
            catch (SegmentFormatException e) { Note(e.Message); }
            // Thrown by System.Text.Json for escapes that are half of a surrogate pair.
            catch (InvalidOperationException) { Note("A document holds text that is none."); }
            return false;
        }

        private void Note(string reason)
        {
            if (Count++ == 0) Reason = reason;
        }
    }
}
