using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Aws;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>Where Transaction Search is on, spans are in the log group aws/spans and X-Ray finds nothing.</summary>
public sealed class TransactionSearchTests
{
    private static readonly DateTime Now = new(2026, 11, 21, 12, 5, 20, DateTimeKind.Utc);
    private readonly TestClock _clock = new(Now);

    private async Task<(AwsTestServer Server, TestTraces Traces, TestPortal Portal)> OpenAsync()
    {
        var server = await AwsTestServer.StartAsync(_clock);
        var traces = new TestTraces(server) { Destination = "CloudWatchLogs" };
        var connection = server.Connection("us-east-1");
        connection.XRay.Enabled = true;
        return (server, traces, await TestPortal.OpenAsync(new AwsOptions { Connections = [connection] }, _clock));
    }

    [Fact]
    public async Task Spans_are_read_from_the_log_group_in_pages()
    {
        var (server, traces, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        traces.PerPage = 2;
        for (var i = 1; i <= 5; i++)
        {
            traces.Events.Add(TestTraces.Event(i, $"{i:x15}1", null, Now.AddMinutes(-5)));
            traces.Events.Add(TestTraces.Event(i, $"{i:x15}2", $"{i:x15}1", Now.AddMinutes(-5), inputTokens: 100));
        }
        var run = await portal.RunAsync("XRay");
        Assert.Equal((FeedOutcome.Succeeded, 10L), (run.Outcome, run.Rows));
        Assert.Equal("10 spans of 5 traces in 1 region. Transaction Search is on in us-east-1: spans are read from the log group aws/spans.", run.Message);
        Assert.DoesNotContain(server.Calls, c => c.Operation is "GetTraceSummaries" or "BatchGetTraces");
        Assert.Equal((5, 5, 550L), await portal.ReadAsync(async db => (await db.Traces.CountAsync(t => t.Source == "XRay"), await db.Calls.CountAsync(), await db.Traces.SumAsync(t => t.Tokens))));
        Assert.Equal(0, run.RequestCostNanoUsd);
    }

    [Fact]
    public async Task Traces_of_other_things_stay_out_and_late_roots_come_in()
    {
        var (server, traces, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        // Trace 1: a step before the call, in the slice before; its root after it, in the slice after that.
        traces.Events.Add(TestTraces.Event(1, "00000000000000b1", "00000000000000a1", Now.AddMinutes(-32)));
        traces.Events.Add(TestTraces.Event(1, "00000000000000c1", "00000000000000a1", Now.AddMinutes(-25), inputTokens: 100));
        traces.Events.Add(TestTraces.Event(1, "00000000000000a1", null, Now.AddMinutes(-12)));
        traces.Events.Add(TestTraces.Event(2, "00000000000000a2", null, Now.AddMinutes(-12)));
        var run = await portal.RunAsync("XRay");
        Assert.Equal((FeedOutcome.Succeeded, 3L), (run.Outcome, run.Rows));
        Assert.StartsWith("3 spans of 1 trace", run.Message, StringComparison.Ordinal);
        Assert.Equal((1, 3, true), await portal.ReadAsync(async db => (await db.Traces.CountAsync(), (await db.Traces.SingleAsync()).Spans, (await db.Traces.SingleAsync()).HasRoot)));

        // In a later run the store knows the trace.
        traces.Events.Add(TestTraces.Event(1, "00000000000000d1", "00000000000000a1", Now.AddMinutes(8)));
        _clock.Now = Now.AddMinutes(10);
        await portal.RunAsync("XRay");
        Assert.Equal(4, await portal.ReadAsync(db => db.Spans.CountAsync()));
    }

    [Fact]
    public async Task While_it_is_switched_on_segments_are_read_and_the_run_says_so()
    {
        var (server, traces, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        traces.Status = "PENDING";
        var run = await portal.RunAsync("XRay");
        Assert.Contains("Transaction Search is being switched on in us-east-1", run.Message, StringComparison.Ordinal);
        Assert.Contains(server.Calls, c => c.Operation == "GetTraceSummaries");
        Assert.DoesNotContain(server.Calls, c => c.Operation == "FilterLogEvents");
    }

    [Fact]
    public async Task A_group_that_is_not_there_yet_and_a_filter_that_does_not_apply_are_said()
    {
        var (server, _, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        portal.Get<AwsOptions>().Connections[0].XRay.FilterExpression = "fault";
        server.Fault = c => c.Operation == "FilterLogEvents" ? new TestFault(400, "ResourceNotFoundException", "The specified log group does not exist.") : null;
        var run = await portal.RunAsync("XRay");
        Assert.Equal(FeedOutcome.Succeeded, run.Outcome);
        Assert.Contains("where the filter expression does not apply", run.Message, StringComparison.Ordinal);
        Assert.Contains("The log group aws/spans is not there yet in us-east-1.", run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Regions_that_do_not_know_Transaction_Search_are_read_from_X_Ray()
    {
        var (server, traces, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        traces.Destination = "XRay";
        traces.Traces.Add(TestTraces.Call(1, Now.AddMinutes(-5)));
        server.Fault = c => c.Operation == "GetTraceSegmentDestination" ? new TestFault(404, "UnknownOperationException", "") : null;
        Assert.Equal((FeedOutcome.Succeeded, 2L), await portal.RunAsync("XRay") is var run ? (run.Outcome, run.Rows) : default);
    }

    [Fact]
    public async Task Events_that_are_no_spans_are_counted_as_refused()
    {
        var (server, traces, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        traces.Events.Add(new TestSpanEvent(Now.AddMinutes(-5), "not a span"));
        var run = await portal.RunAsync("XRay");
        Assert.Contains("1 document was refused: A document is not valid JSON.", run.Message, StringComparison.Ordinal);
        Assert.Equal(1, await portal.ReadAsync(db => db.SignalCounts.Where(c => c.Signal == "xray").Select(c => c.Rejected).SingleAsync()));
        // What X-Ray brings is none of the OTLP receiver's business.
        Assert.Equal(FeedHealth.NeverRan, (await portal.Get<FeedReport>().ReadAsync()).Single(f => f.Feed == "Otlp").Health);
        Assert.Empty((await portal.Get<ReceiverReport>().ReadAsync()).Signals);
    }
}
