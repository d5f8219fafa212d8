namespace GenAiCostPortal.Sources.Otlp;

/// <summary>How much of one span is kept; what is over is cut or left out, never refused.</summary>
public static class SpanLimits
{
    /// <summary>Attributes of a span or resource.</summary>
    public const int Attributes = 256;
    /// <summary>Bytes of a text value that is not content.</summary>
    public const int ValueBytes = 8 * 1024;
    /// <summary>Bytes of a name, a status message or a trace state.</summary>
    public const int NameBytes = 1024;
    /// <summary>Nesting of values, as protobuf's own readers limit it.</summary>
    public const int Depth = 100;
}
