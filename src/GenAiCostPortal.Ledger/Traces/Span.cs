namespace GenAiCostPortal.Ledger.Traces;

/// <summary>Kinds of OTLP, same numbers.</summary>
public enum SpanKind : byte { Unspecified = 0, Internal = 1, Server = 2, Client = 3, Producer = 4, Consumer = 5 }

/// <summary>Status codes of OTLP, same numbers.</summary>
public enum SpanStatus : byte { Unset = 0, Ok = 1, Error = 2 }

/// <summary>Who sent a span: the OTLP resource it came under. Shared by the spans of a body.</summary>
public sealed record SpanResource(SpanAttributes Attributes)
{
    public static readonly SpanResource None = new(SpanAttributes.Empty);
}

/// <summary>The instrumentation that made a span (OTLP instrumentation scope).</summary>
public sealed record SpanScope(string Name, string Version)
{
    public static readonly SpanScope None = new("", "");
}

/// <summary>One span as received, whichever door it came through; prompt and completion text already removed unless capture is on.</summary>
public sealed record Span
{
    public required TraceId TraceId { get; init; }
    public required SpanId SpanId { get; init; }
    /// <summary>None (default) for a root.</summary>
    public SpanId ParentSpanId { get; init; }
    public required string Name { get; init; }
    public SpanKind Kind { get; init; }
    /// <summary>Nanoseconds since 1970, UTC.</summary>
    public required long StartUnixNs { get; init; }
    /// <summary>Nanoseconds since 1970, UTC; never before the start.</summary>
    public required long EndUnixNs { get; init; }
    public SpanStatus Status { get; init; }
    public string StatusMessage { get; init; } = "";
    public string TraceState { get; init; } = "";
    public SpanAttributes Attributes { get; init; } = SpanAttributes.Empty;
    public SpanResource Resource { get; init; } = SpanResource.None;
    public SpanScope Scope { get; init; } = SpanScope.None;
    /// <summary>The doors it came through.</summary>
    public Doors Doors { get; init; } = Doors.Otlp;

    public double DurationMs => (EndUnixNs - StartUnixNs) / 1e6;
    public bool IsRoot => ParentSpanId.IsNone;
}
