using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Sources.Aws;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>Records as the feed makes them beside the spans of services.</summary>
public sealed class LogDoorsTests
{
    private static readonly DateTime Now = LogBench.Now;

    private static Span Sent(string requestId) => new()
    {
        TraceId = new TraceId(1, 2), SpanId = new SpanId(3), Name = "chat", Kind = SpanKind.Client,
        StartUnixNs = (Now - DateTime.UnixEpoch).Ticks * 100, EndUnixNs = (Now.AddSeconds(2) - DateTime.UnixEpoch).Ticks * 100,
        Attributes = new SpanAttributes([new("gen_ai.provider.name", "aws.bedrock"), new("gen_ai.request.model", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
            new("gen_ai.usage.input_tokens", 90L), new("gen_ai.usage.output_tokens", 9L), new("aws.request_id", requestId), new("genai.feature", "search")]),
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_and_the_span_of_the_same_request_are_one_call_with_AWSs_counts(bool spanFirst)
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Put(Now, "a", MadeRecord.Line(Now, "r-1", input: 100, output: 10), MadeRecord.Line(Now, "r-2", input: 5, output: 1));
        if (spanFirst) await bench.Portal.Get<TraceWriter>().WriteAsync([Sent("r-1")]);
        await bench.RunAsync();
        if (!spanFirst) await bench.Portal.Get<TraceWriter>().WriteAsync([Sent("r-1")]);
        Assert.Equal((2L, 105L, 11L), await bench.TotalsAsync());
        var calls = await bench.Portal.ReadAsync(db => db.Calls.OrderBy(c => c.RequestId).ToListAsync());
        Assert.Equal([Doors.Otlp | Doors.InvocationLog, Doors.InvocationLog], calls.Select(c => c.Doors));
        // What the feed brings is no OTLP.
        Assert.Equal(["traces"], (await bench.Portal.Get<ReceiverReport>().ReadAsync()).Signals.Select(s => s.Signal));
    }

    [Fact]
    public async Task A_body_that_may_not_be_read_is_told_with_its_action_and_the_record_counts()
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Put(Now, "a", [.. Enumerable.Range(0, 3).Select(i => MadeRecord.Line(Now, $"r-{i}", also: r =>
        {
            r["input"]!["cacheWriteInputTokenCount"] = 400;
            r["output"]!["outputBodyS3Path"] = $"s3://large-bodies/x/data/{i}_output.json.gz";
        }))]);
        bench.Server.Fault = call => call.Operation == "GetObject" && call.Body.GetProperty("Bucket").GetString() == "large-bodies" ? new TestFault(403, "AccessDenied", "Access Denied") : null;
        var run = await bench.RunAsync();
        Assert.Equal((FeedOutcome.Partial, 3L), (run.Outcome, run.Rows));
        Assert.Contains("The credentials lack s3:GetObject. Bodies kept apart in us-east-1 were not read.", run.Message, StringComparison.Ordinal);
        Assert.Contains("Allow the action s3:GetObject", run.Cure, StringComparison.Ordinal);
        Assert.All(await bench.Portal.ReadAsync(db => db.Calls.ToListAsync()), c => Assert.Equal((400L, 0L), (c.CacheWrite5m, c.CacheWrite1h)));
    }
}
