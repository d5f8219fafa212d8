using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Traces for writer tests: a root that is no call, agents, model calls with caches, errors, retries and odd ones.</summary>
internal static class MadeTrace
{
    public const string Claude = "us.anthropic.claude-sonnet-4-20250514-v1:0";
    public static readonly long StartNs = UtcTime.ToUnixMs(new DateTime(2026, 11, 20, 9, 59, 58, DateTimeKind.Utc)) * 1_000_000;
    private static readonly string[] Models = [Claude, "amazon.nova-pro-v1:0", "gpt-4o-2024-11-20", "acme.unknown-model-v9", "amazon.titan-embed-text-v2:0"];
    private static readonly SpanResource[] Senders =
    [
        new(Attributes(("service.name", "answers"), ("service.version", "1.0.0"), ("deployment.environment.name", "prod"), ("telemetry.sdk.language", "python"), ("cloud.account.id", "111122223333"), ("cloud.region", "us-east-1"))),
        new(Attributes(("service.name", "answers"), ("service.version", "1.1.0"), ("deployment.environment.name", "dev"), ("telemetry.sdk.language", "nodejs"))),
    ];
    private static readonly string[] TraceStates = ["", "ot=th:c", "ot=th:fd70a4", "vendor=1,ot=p:3;r:5", "ot=th:0", "ot=th:nonsense"];
    private static readonly SpanScope[] Scopes = [new("opentelemetry.instrumentation.bedrock", "0.40.0"), new("my-own", "1")];

    public static SpanAttributes Attributes(params (string Key, object Value)[] attributes) => new([.. attributes.Select(a => KeyValuePair.Create(a.Key, a.Value))]);

    public static Span Root(ulong trace, ulong id = 1, string name = "answer", long startMs = 0, long endMs = 10_000, string feature = "search") => new()
    {
        TraceId = new TraceId(7, trace), SpanId = new SpanId(id), Name = name, Kind = SpanKind.Server, StartUnixNs = StartNs + startMs * 1_000_000,
        EndUnixNs = StartNs + endMs * 1_000_000, Attributes = Attributes(("app.feature", feature)), Resource = Senders[0], Scope = Scopes[1],
    };

    public static Span Call(ulong trace, ulong id, ulong parent, long startMs, long endMs, long? input = 1000, long? output = 100, long? read = null, string model = Claude, params (string, object)[] more)
    {
        var attributes = new List<(string, object)> { ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "aws.bedrock"), ("gen_ai.request.model", model) };
        if (input is { } i) attributes.Add(("gen_ai.usage.input_tokens", i));
        if (output is { } o) attributes.Add(("gen_ai.usage.output_tokens", o));
        if (read is { } r) attributes.Add(("gen_ai.usage.cache_read.input_tokens", r));
        attributes.AddRange(more);
        return new Span
        {
            TraceId = new TraceId(7, trace), SpanId = new SpanId(id), ParentSpanId = new SpanId(parent), Name = "chat " + model, Kind = SpanKind.Client,
            StartUnixNs = StartNs + startMs * 1_000_000, EndUnixNs = StartNs + endMs * 1_000_000, Attributes = Attributes([.. attributes]), Resource = Senders[0], Scope = Scopes[0],
        };
    }

    /// <summary>A few traces, decided by a seed.</summary>
    public static List<Span> Many(int seed)
    {
        var random = new Random(seed);
        var sampler = new Random(~seed);
        var spans = new List<Span>();
        for (ulong trace = 1; trace <= (ulong)random.Next(1, 5); trace++)
        {
            var hasRoot = random.Next(5) > 0;
            var offset = random.Next(4) * 3_600_000L * random.Next(-30, 2);
            var state = TraceStates[sampler.Next(TraceStates.Length)];
            if (hasRoot) spans.Add(Root(trace, 1, "flow-" + random.Next(2), offset, offset + 20_000, "feature-" + random.Next(3)) with { TraceState = state });
            for (ulong id = 2; id < (ulong)random.Next(2, 9); id++)
            {
                var start = offset + random.Next(10_000);
                var parent = random.Next(3) == 0 ? id - 1 : 1;
                var failed = random.Next(6) == 0;
                var span = Call(trace, id, parent, start, start + random.Next(1, 5_000), random.Next(8) == 0 ? null : random.Next(5_000), random.Next(1_000),
                    random.Next(2) == 0 ? random.Next(100) : null, Models[random.Next(Models.Length)],
                    random.Next(2) == 0 ? ("app.feature", "feature-" + random.Next(3)) : ("gen_ai.response.time_to_first_chunk", random.NextDouble()));
                if (id % 2 == 0) span = span with { Attributes = SpanMerge.Union(span.Attributes, Attributes(("user.id", "user-" + (trace + id) % 3))) };
                span = span with { Resource = Senders[random.Next(2)], Scope = Scopes[random.Next(2)], TraceState = sampler.Next(5) == 0 ? "" : state };
                if (id % 3 == 0) span = span with { Attributes = SpanMerge.Union(span.Attributes, Attributes(("aws.bedrock.guardrail.id", "gr" + (trace + id) % 2))) };
                if (failed) span = span with { Status = SpanStatus.Error, StatusMessage = "no", Attributes = SpanMerge.Union(span.Attributes, Attributes(("error.type", random.Next(2) == 0 ? "ThrottlingException" : "TimeoutError"))) };
                spans.Add(span);
            }
        }
        return spans;
    }

    /// <summary>The same spans as they may come: in other order, in other groups, some twice, some first in part.</summary>
    public static List<Span[]> Scattered(List<Span> spans, int seed)
    {
        var random = new Random(seed);
        var sent = new List<Span>(spans);
        foreach (var span in spans)
        {
            if (random.Next(3) == 0) sent.Add(span);
            if (random.Next(4) == 0) sent.Add(Part(span, random));
        }
        var shuffled = sent.OrderBy(_ => random.Next()).ToList();
        var groups = new List<Span[]>();
        for (var at = 0; at < shuffled.Count;)
        {
            var size = Math.Min(random.Next(1, 6), shuffled.Count - at);
            groups.Add([.. shuffled.GetRange(at, size)]);
            at += size;
        }
        return groups;
    }

    // A span as some senders deliver it first: not ended, without its result.
    private static Span Part(Span span, Random random) => span with
    {
        EndUnixNs = span.StartUnixNs, Status = SpanStatus.Unset, StatusMessage = "", ParentSpanId = random.Next(2) == 0 ? default : span.ParentSpanId,
        Attributes = new SpanAttributes([.. span.Attributes.Items.Where(_ => random.Next(2) == 0)]), TraceState = random.Next(2) == 0 ? "" : span.TraceState,
    };
}
