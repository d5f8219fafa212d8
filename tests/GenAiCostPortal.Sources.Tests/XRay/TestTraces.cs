using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>A trace that X-Ray has: when its events were, and its documents.</summary>
internal sealed record TestTrace(string Id, DateTime At, params string[] Documents)
{
    public string Region { get; init; } = "us-east-1";
    public bool LimitExceeded { get; init; }
}

/// <summary>An event of aws/spans.</summary>
internal sealed record TestSpanEvent(DateTime At, string Message)
{
    public string Region { get; init; } = "us-east-1";
}

/// <summary>X-Ray and aws/spans on the test server: pages, unprocessed ids, and the switch of Transaction Search.</summary>
internal sealed class TestTraces
{
    public List<TestTrace> Traces { get; } = [];
    public List<TestSpanEvent> Events { get; } = [];
    public string Destination { get; set; } = "XRay";
    public string Status { get; set; } = "ACTIVE";
    public int PerPage { get; set; } = 100;
    /// <summary>Ids left unprocessed, and how many times yet.</summary>
    public Dictionary<string, int> Unprocessed { get; } = [];
    /// <summary>Documents a page of BatchGetTraces holds.</summary>
    public int SegmentsPerPage { get; set; } = 1000;

    public TestTraces(AwsTestServer server)
    {
        server.Answers["GetTraceSegmentDestination"] = _ => new JsonObject { ["Destination"] = Destination, ["Status"] = Status };
        server.Answers["GetTraceSummaries"] = Summaries;
        server.Answers["BatchGetTraces"] = Batch;
        server.Answers["FilterLogEvents"] = Spans;
    }

    private JsonObject Summaries(TestCall call)
    {
        var (from, to) = (call.Body.GetProperty("StartTime").GetInt64(), call.Body.GetProperty("EndTime").GetInt64());
        if (call.Body.GetProperty("TimeRangeType").GetString() != "Event" || to - from > 6 * 3600 || to < from) throw new InvalidOperationException("range");
        var found = Traces.Where(t => t.Region == call.Region && Seconds(t.At) >= from && Seconds(t.At) <= to && (!call.Body.TryGetProperty("FilterExpression", out var filter)
            || t.Documents.Any(d => d.Contains(filter.GetString()!, StringComparison.Ordinal)))).ToList();
        var skip = Token(call.Body, "NextToken");
        var answer = new JsonObject
        {
            ["TraceSummaries"] = new JsonArray([.. found.Skip(skip).Take(PerPage).Select(t => new JsonObject { ["Id"] = t.Id, ["Duration"] = 1.5, ["HasFault"] = false })]),
            ["TracesProcessedCount"] = Math.Min(PerPage, found.Count - skip), ["ApproximateTime"] = from,
        };
        if (skip + PerPage < found.Count) answer["NextToken"] = Text(skip + PerPage);
        return answer;
    }

    private JsonObject Batch(TestCall call)
    {
        var ids = call.Body.GetProperty("TraceIds").EnumerateArray().Select(i => i.GetString()!).ToList();
        if (ids.Count is 0 or > 5) throw new InvalidOperationException("At most 5 traces are given at once.");
        var left = Destination == "CloudWatchLogs" ? [] : ids.Where(id => Unprocessed.TryGetValue(id, out var times) && times > 0).ToList();
        foreach (var id in left) Unprocessed[id]--;
        var given = Traces.Where(t => Destination == "XRay" && t.Region == call.Region && ids.Contains(t.Id) && !left.Contains(t.Id)).ToList();
        var all = given.SelectMany(t => t.Documents.Select(d => (Trace: t, Document: d))).ToList();
        var skip = Token(call.Body, "NextToken");
        var answer = new JsonObject
        {
            ["Traces"] = new JsonArray([.. all.Skip(skip).Take(SegmentsPerPage).GroupBy(s => s.Trace).Select(g => new JsonObject
            {
                ["Id"] = g.Key.Id, ["Duration"] = 1.5, ["LimitExceeded"] = g.Key.LimitExceeded,
                ["Segments"] = new JsonArray([.. g.Select(s => new JsonObject { ["Id"] = "x", ["Document"] = s.Document })]),
            })]),
            ["UnprocessedTraceIds"] = new JsonArray([.. left.Select(i => (JsonNode)i)]),
        };
        if (skip + SegmentsPerPage < all.Count) answer["NextToken"] = Text(skip + SegmentsPerPage);
        return answer;
    }

    private JsonObject Spans(TestCall call)
    {
        if (call.Body.GetProperty("logGroupName").GetString() != "aws/spans") throw new InvalidOperationException("group");
        var (from, to) = (call.Body.GetProperty("startTime").GetInt64(), call.Body.GetProperty("endTime").GetInt64());
        var found = Events.Where(e => e.Region == call.Region && Seconds(e.At) * 1000 >= from && Seconds(e.At) * 1000 <= to).ToList();
        var skip = Token(call.Body, "nextToken");
        var answer = new JsonObject
        {
            ["events"] = new JsonArray([.. found.Skip(skip).Take(PerPage).Select(e => new JsonObject
            {
                ["logStreamName"] = "default", ["timestamp"] = Seconds(e.At) * 1000, ["message"] = e.Message, ["ingestionTime"] = Seconds(e.At) * 1000, ["eventId"] = "1",
            })]),
            ["searchedLogStreams"] = new JsonArray(),
        };
        if (skip + PerPage < found.Count) answer["nextToken"] = Text(skip + PerPage);
        return answer;
    }

    private static long Seconds(DateTime at) => new DateTimeOffset(at).ToUnixTimeSeconds();
    private static int Token(JsonElement body, string name) => body.TryGetProperty(name, out var token) ? int.Parse(token.GetString()!, CultureInfo.InvariantCulture) : 0;
    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Id of a made trace.</summary>
    public static string Id(int number) => $"1-69216a40-{number.ToString("x24", CultureInfo.InvariantCulture)}";

    /// <summary>A trace of one service that calls a model once.</summary>
    public static TestTrace Call(int number, DateTime at, long inputTokens = 100)
    {
        var start = Seconds(at) - 2;
        return new TestTrace(Id(number), at, $$$"""
            {"trace_id":"{{{Id(number)}}}","id":"{{{number:x16}}}","name":"shop","start_time":{{{start}}}.5,"end_time":{{{start + 1}}}.75,"subsegments":[{"id":"{{{number + 0x1000000:x16}}}","name":"bedrock-runtime","namespace":"aws",
             "start_time":{{{start}}}.6,"end_time":{{{start + 1}}}.7,"aws":{"operation":"Converse","region":"us-east-1","request_id":"r-{{{number}}}"},
             "metadata":{"default":{"gen_ai.request.model":"amazon.nova-pro-v1:0","gen_ai.system":"aws.bedrock","gen_ai.usage.input_tokens":{{{inputTokens}}},"gen_ai.usage.output_tokens":10 } } }]}
            """);
    }

    /// <summary>A trace that has nothing to do with models.</summary>
    public static TestTrace Plain(int number, DateTime at) => new(Id(number), at, $$$"""
        {"id":"{{{number:x16}}}","name":"cart","start_time":{{{Seconds(at) - 1}}},"end_time":{{{Seconds(at)}}},"aws":{"operation":"PutItem"},"http":{"response":{"status":200} } }
        """);

    /// <summary>A span of Transaction Search; a call when it has tokens.</summary>
    public static TestSpanEvent Event(int trace, string span, string? parent, DateTime at, long? inputTokens = null)
    {
        var json = new JsonObject
        {
            ["resource"] = new JsonObject { ["attributes"] = new JsonObject { ["service.name"] = "agent" } }, ["scope"] = new JsonObject { ["name"] = "strands.telemetry.tracer" },
            ["traceId"] = Id(trace)[2..].Replace("-", "", StringComparison.Ordinal), ["spanId"] = span, ["name"] = "step " + span, ["kind"] = "CLIENT",
            ["startTimeUnixNano"] = (Seconds(at) - 1) * 1_000_000_000, ["endTimeUnixNano"] = Seconds(at) * 1_000_000_000,
            ["attributes"] = inputTokens is not { } tokens ? [] : new JsonObject
            {
                ["gen_ai.request.model"] = "amazon.nova-pro-v1:0", ["gen_ai.provider.name"] = "aws.bedrock", ["gen_ai.usage.input_tokens"] = tokens, ["gen_ai.usage.output_tokens"] = 10,
            },
        };
        if (parent is not null) json["parentSpanId"] = parent;
        return new TestSpanEvent(at, json.ToJsonString());
    }
}
