using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Spans of a body, and how many of it were refused (bad ids, impossible times) with the reason of the first.</summary>
public sealed record DecodedSpans(IReadOnlyList<Span> Spans, int Rejected, string RejectReason);

/// <summary>The body is not OTLP: answered with 400 and never retried.</summary>
public sealed class OtlpFormatException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Bodies of OTLP/HTTP to spans; protobuf and JSON to the same model (facts/otlp-genai.md §1–2).</summary>
public sealed class OtlpDecoder
{
    /// <summary>Decodes an ExportTraceServiceRequest. <paramref name="body"/> is already decompressed.</summary>
    /// <exception cref="OtlpFormatException">The body does not parse.</exception>
    public DecodedSpans DecodeTraces(ReadOnlyMemory<byte> body, bool isJson) => throw new NotImplementedException();
}
