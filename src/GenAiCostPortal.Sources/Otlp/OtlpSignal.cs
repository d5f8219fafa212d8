namespace GenAiCostPortal.Sources.Otlp;

/// <summary>What an OTLP body carries.</summary>
public enum OtlpSignal
{
    /// <summary>Spans.</summary>
    Traces,
    /// <summary>Data points of metrics.</summary>
    Metrics,
    /// <summary>Log records.</summary>
    Logs,
}

/// <summary>The names that a signal goes by.</summary>
internal static class OtlpSignals
{
    public static readonly OtlpSignal[] All = [OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs];

    /// <summary>Word of counters and of the path <c>/v1/…</c>.</summary>
    public static string Word(this OtlpSignal signal) => signal switch
    {
        OtlpSignal.Metrics => "metrics",
        OtlpSignal.Logs => "logs",
        _ => "traces",
    };

    /// <summary>Path of the unary call over gRPC.</summary>
    public static string GrpcPath(this OtlpSignal signal) => signal switch
    {
        OtlpSignal.Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        OtlpSignal.Logs => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        _ => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    };

    /// <summary>Name of the count of a partial success in JSON.</summary>
    public static string RejectedField(this OtlpSignal signal) => signal switch
    {
        OtlpSignal.Metrics => "rejectedDataPoints",
        OtlpSignal.Logs => "rejectedLogRecords",
        _ => "rejectedSpans",
    };
}
