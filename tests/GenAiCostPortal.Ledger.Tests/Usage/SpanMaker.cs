using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Spans for tests: one trace, times in milliseconds from its start.</summary>
internal static class SpanMaker
{
    public const string Claude = "us.anthropic.claude-sonnet-4-20250514-v1:0";
    private const long StartNs = 1_780_000_000_000_000_000;

    public static Span Make(ulong id, ulong parent, string name, long startMs, long endMs, params (string Key, object Value)[] attributes) => new()
    {
        TraceId = new TraceId(1, 1), SpanId = new SpanId(id), ParentSpanId = new SpanId(parent), Name = name,
        StartUnixNs = StartNs + startMs * 1_000_000, EndUnixNs = StartNs + endMs * 1_000_000, Attributes = Attributes(attributes),
    };

    /// <summary>A Bedrock chat span; counts that are null are not sent.</summary>
    public static Span Chat(
        ulong id, ulong parent, long startMs, long endMs, long? input = null, long? output = null, long? read = null, long? write = null,
        string model = Claude, params (string Key, object Value)[] more)
    {
        var attributes = new List<(string, object)>
        {
            ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "aws.bedrock"), ("gen_ai.request.model", model),
        };
        if (input is { } i) attributes.Add(("gen_ai.usage.input_tokens", i));
        if (output is { } o) attributes.Add(("gen_ai.usage.output_tokens", o));
        if (read is { } r) attributes.Add(("gen_ai.usage.cache_read.input_tokens", r));
        if (write is { } w) attributes.Add(("gen_ai.usage.cache_creation.input_tokens", w));
        attributes.AddRange(more);
        return Make(id, parent, "chat " + model, startMs, endMs, [.. attributes]);
    }

    public static SpanAttributes Attributes(params (string Key, object Value)[] attributes) =>
        new([.. attributes.Select(a => KeyValuePair.Create(a.Key, a.Value))]);

    public static Span Failed(this Span span, string errorType) => span with
    {
        Status = SpanStatus.Error,
        Attributes = new([.. span.Attributes.Items, KeyValuePair.Create("error.type", (object)errorType)]),
    };

    public static TraceReading Read(params Span[] spans) => TraceReader.Read(spans, new OwnerKeys());
}
