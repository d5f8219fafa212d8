namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Contract: <c>Otlp:*</c>.</summary>
public sealed class OtlpOptions
{
    public string HttpUrl { get; set; } = "http://localhost:4318";
    public string GrpcUrl { get; set; } = "http://localhost:4317";
    public bool RequireApiKey { get; set; } = true;
    public bool CaptureContent { get; set; }
    /// <summary>Bytes after decompression.</summary>
    public long MaxBodyBytes { get; set; } = 64L * 1024 * 1024;
    /// <summary>Decompressed ÷ compressed size above which a body is refused.</summary>
    public int MaxCompressionRatio { get; set; } = 100;
    /// <summary>Spans that may wait for their commit; beyond, senders are asked to come back (503).</summary>
    public int InboxSpans { get; set; } = 50_000;
    /// <summary>Bytes of bodies that may wait for their commit.</summary>
    public long InboxBytes { get; set; } = 128L * 1024 * 1024;
}
