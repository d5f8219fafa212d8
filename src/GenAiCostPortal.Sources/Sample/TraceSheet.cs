using Google.Protobuf;
using GenAiCostPortal.Sources.Otlp.Wire;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>An instrumentation scope.</summary>
internal sealed record Instrument(string Name, string Version);

/// <summary>The spans of one made request, being written.</summary>
internal sealed class TraceSheet(MadeRequest request)
{
    private readonly Dice _ids = new(request.Seed);
    private readonly byte[] _traceId = new byte[16];
    private bool _hasTraceId;

    public MadeRequest Request => request;

    /// <summary>Spans in the order they ended, as exporters send them.</summary>
    public List<(Instrument Scope, WireSpan Span)> Spans { get; } = [];

    /// <summary>Dice for details that no number depends on.</summary>
    public Dice Dice => _ids;

    /// <summary>Adds a span.</summary>
    /// <param name="parent">Null = the root.</param>
    /// <param name="kind">OTLP number.</param>
    public WireSpan Add(Instrument scope, WireSpan? parent, string name, int kind, DateTime start, DateTime end, params ReadOnlySpan<KeyValue> attributes)
    {
        if (!_hasTraceId)
        {
            BitConverter.TryWriteBytes(_traceId, _ids.Next());
            BitConverter.TryWriteBytes(_traceId.AsSpan(8), _ids.Next());
            _hasTraceId = true;
        }
        var span = new WireSpan
        {
            TraceId = ByteString.CopyFrom(_traceId),
            SpanId = ByteString.CopyFrom(BitConverter.GetBytes(_ids.Next() | 1)),
            ParentSpanId = parent?.SpanId ?? ByteString.Empty,
            Name = name,
            Kind = kind,
            StartTimeUnixNano = Nanoseconds(start),
            EndTimeUnixNano = Nanoseconds(end),
            Status = new WireStatus(),
        };
        foreach (var attribute in attributes) span.Attributes.Add(attribute);
        Spans.Add((scope, span));
        return span;
    }

    /// <summary>Marks an attempt that failed, as instrumentations do: status and, for AWS's own refusals, the exception's name.</summary>
    public static void Fail(WireSpan span, MadeCall call)
    {
        if (call.Outcome == MadeOutcome.Answered) return;
        var isThrottle = call.Outcome == MadeOutcome.Throttled;
        span.Status = new WireStatus { Code = 2, Message = isThrottle ? "ThrottlingException" : "ReadTimeoutError" };
        span.Attributes.Add(Word("error.type", isThrottle ? "ThrottlingException" : "ReadTimeoutError"));
        if (isThrottle) span.Attributes.Add(Number("http.response.status_code", 429));
    }

    /// <summary>Says who asked, in the words of the sender, where the service knows.</summary>
    public void AddUser(WireSpan span, string key)
    {
        if (request.User is { } user) span.Attributes.Add(Word(key, user));
    }

    public static KeyValue Word(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };
    public static KeyValue Number(string key, long value) => new() { Key = key, Value = new AnyValue { IntValue = value } };
    public static KeyValue Real(string key, double value) => new() { Key = key, Value = new AnyValue { DoubleValue = value } };

    public static KeyValue Words(string key, string value)
    {
        var list = new ArrayValue();
        list.Values.Add(new AnyValue { StringValue = value });
        return new() { Key = key, Value = new AnyValue { ArrayValue = list } };
    }

    private static ulong Nanoseconds(DateTime at) => (ulong)(at - DateTime.UnixEpoch).Ticks * 100;
}
