using System.Text.Json;
using System.Text.Unicode;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>
/// Spans of a body, and how many of it were refused (bad ids, impossible times) with the reason of the first. Ignored: items that
/// are none of the portal's business, accepted and not kept.
/// </summary>
public sealed record DecodedSpans(IReadOnlyList<Span> Spans, int Rejected, string RejectReason, int Ignored = 0);

/// <summary>Data points of the GenAI metrics of a body; counts as with <see cref="DecodedSpans"/>.</summary>
public sealed record DecodedMetrics(IReadOnlyList<MeasuredPointRead> Points, int Rejected, string RejectReason, int Ignored);

/// <summary>The body is not OTLP: answered with 400 and never retried.</summary>
public sealed class OtlpFormatException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Bodies of OTLP to spans; protobuf and JSON to the same model (facts/otlp-genai.md §1–2). Prompt and completion text is left
/// out unless <see cref="OtlpOptions.CaptureContent"/> is on; a keyed hash of the prompt is kept. Safe for concurrent use.
/// </summary>
public sealed class OtlpDecoder(OtlpOptions options, TimeProvider time, PromptHashKey key)
{
    /// <summary>How many attributes of a span were left out because there were more than <see cref="SpanLimits.Attributes"/>.</summary>
    public const string DroppedAttributes = "portal.dropped_attributes";

    /// <summary>Decodes an ExportTraceServiceRequest. <paramref name="body"/> is already decompressed.</summary>
    /// <exception cref="OtlpFormatException">The body does not parse.</exception>
    public DecodedSpans DecodeTraces(ReadOnlyMemory<byte> body, bool isJson)
    {
        using var sheet = new SpanSheet(options.CaptureContent, key, time.GetUtcNow());
        if (isJson) ReadJson(body, new JsonSpans(sheet).ReadRequest);
        else new ProtobufSpans(sheet).ReadRequest(body.Span);
        return sheet.ToDecoded();
    }

    /// <summary>Decodes an ExportLogsServiceRequest: GenAI events that name their span, as spans without name and length.</summary>
    /// <exception cref="OtlpFormatException">The body does not parse.</exception>
    public DecodedSpans DecodeLogs(ReadOnlyMemory<byte> body, bool isJson)
    {
        using var sheet = new RecordSheet(options.CaptureContent, key, time.GetUtcNow());
        if (isJson) ReadJson(body, new JsonRecords(sheet).ReadRequest);
        else new ProtobufRecords(sheet).ReadRequest(body.Span);
        return sheet.ToDecoded();
    }

    /// <summary>Decodes an ExportMetricsServiceRequest: the data points of the GenAI conventions' metrics.</summary>
    /// <exception cref="OtlpFormatException">The body does not parse.</exception>
    public DecodedMetrics DecodeMetrics(ReadOnlyMemory<byte> body, bool isJson)
    {
        using var sheet = new MetricSheet(key, time.GetUtcNow());
        if (isJson) ReadJson(body, new JsonMetrics(sheet).ReadRequest);
        else new ProtobufMetrics(sheet).ReadRequest(body.Span);
        return sheet.ToDecoded();
    }

    private static void ReadJson(ReadOnlyMemory<byte> body, Action<JsonElement> read)
    {
        if (!Utf8.IsValid(body.Span)) throw new OtlpFormatException("The JSON body is not valid UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = SpanLimits.Depth });
            read(document.RootElement);
        }
        catch (JsonException e) { throw new OtlpFormatException("The body is not valid JSON: " + e.Message, e); }
        // Thrown by System.Text.Json for escapes that are half of a surrogate pair and for values of another type.
        catch (InvalidOperationException e) { throw new OtlpFormatException("The JSON body is not OTLP: " + e.Message, e); }
    }
}
