using System.Globalization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.XRay;

public sealed class XRayJobTests
{
    private static readonly DateTime Now = new(2026, 11, 21, 12, 5, 20, DateTimeKind.Utc);
    private readonly TestClock _clock = new(Now);

    private async Task<(AwsTestServer Server, TestTraces Traces, TestPortal Portal)> OpenAsync(params string[] regions)
    {
        var server = await AwsTestServer.StartAsync(_clock);
        var traces = new TestTraces(server);
        var connection = server.Connection(regions.Length > 0 ? regions : ["us-east-1"]);
        connection.XRay.Enabled = true;
        return (server, traces, await TestPortal.OpenAsync(new AwsOptions { Connections = [connection] }, _clock));
    }

    private static Task<(int Traces, int Spans, int Calls, long Tokens)> StoredAsync(TestPortal portal) => portal.ReadAsync(async db =>
        (await db.Traces.CountAsync(), await db.Spans.CountAsync(), await db.Calls.CountAsync(), await db.Traces.SumAsync(t => t.Tokens)));

    private static List<TestCall> Called(AwsTestServer server, string operation) => [.. server.Calls.Where(c => c.Operation == operation)];

    [Fact]
    public async Task The_first_run_reads_a_day_in_hours_by_pages_and_fives()
    {
        var (server, traces, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        for (var i = 1; i <= 23; i++) traces.Traces.Add(TestTraces.Call(i, Now.AddHours(-i).AddMinutes(3), i));
        for (var i = 30; i < 42; i++) traces.Traces.Add(TestTraces.Call(i, Now.AddMinutes(-30)));
        traces.PerPage = 5;
        var run = await portal.RunAsync("XRay");
        Assert.Equal((FeedOutcome.Succeeded, 70L), (run.Outcome, run.Rows));
        Assert.Equal("70 spans of 35 traces in 1 region.", run.Message);
        Assert.Equal((Now.AddDays(-1), Now), (run.CoveredFrom, run.CoveredTo));
        Assert.Equal((35, 70, 35, 23 * 24 / 2 + 12 * 100 + 350L), await StoredAsync(portal));
        Assert.All(Called(server, "GetTraceSummaries"), c => Assert.InRange(c.Body.GetProperty("EndTime").GetInt64() - c.Body.GetProperty("StartTime").GetInt64(), 1, 3600));
        // 24 hours, one of them in three pages more (13 traces, 5 a page gives 3 pages), and 24 batches of at most 5 ids.
        Assert.Equal(26, Called(server, "GetTraceSummaries").Count);
        Assert.Equal(server.Calls.Count, run.Requests);
        // 35 looked at and 35 fetched.
        Assert.Equal(70 * 500, run.RequestCostNanoUsd);
        Assert.Equal(("XRay", 0L), await portal.ReadAsync(async db => (await db.Traces.Select(t => t.Source).Distinct().SingleAsync(), (await db.SignalCounts.SingleAsync(c => c.Signal == "xray")).Rejected)));
    }

    [Fact]
    public async Task The_next_run_begins_ten_minutes_before_and_reading_twice_changes_nothing()
    {
        var (server, traces, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        traces.Traces.Add(TestTraces.Call(1, Now.AddMinutes(-5)));
        await portal.RunAsync("XRay");
        var before = await portal.ReadAsync(db => db.Traces.AsNoTracking().SingleAsync());
        server.Calls.Clear();
        _clock.Now = Now.AddMinutes(10);
        // Its second segment came late.
        traces.Traces[0] = traces.Traces[0] with
        {
            Documents = [.. traces.Traces[0].Documents, $$"""{"id":"00000000000000ff","parent_id":"0000000000000001","name":"cart","start_time":{{new DateTimeOffset(Now).ToUnixTimeSeconds() - 306}},"end_time":{{new DateTimeOffset(Now).ToUnixTimeSeconds() - 305}}}"""],
        };
        await portal.RunAsync("XRay");
        Assert.Equal(new DateTimeOffset(Now.AddMinutes(-10)).ToUnixTimeSeconds(), Called(server, "GetTraceSummaries")[0].Body.GetProperty("StartTime").GetInt64());
        var after = await portal.ReadAsync(db => db.Traces.AsNoTracking().SingleAsync());
        Assert.Equal((before.Calls, before.Tokens, before.EstimatedCostNanoUsd, 3), (after.Calls, after.Tokens, after.EstimatedCostNanoUsd, after.Spans));
        Assert.Equal(Now.AddMinutes(10), DateTime.Parse(await portal.ReadAsync(db => db.FeedCursors.Where(c => c.Place == "us-east-1").Select(c => c.Value).SingleAsync()), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind));
    }

    [Fact]
    public async Task Unprocessed_ids_are_asked_for_again_and_what_stays_so_is_said_and_read_later()
    {
        var (server, traces, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        for (var i = 1; i <= 7; i++) traces.Traces.Add(TestTraces.Call(i, Now.AddMinutes(-90)));
        (traces.Unprocessed[TestTraces.Id(2)], traces.Unprocessed[TestTraces.Id(6)]) = (3, 100);
        var run = await portal.RunAsync("XRay");
        Assert.Equal(FeedOutcome.Partial, run.Outcome);
        Assert.EndsWith(" 1 trace was named and not given by X-Ray.", run.Message, StringComparison.Ordinal);
        Assert.Equal(6, (await StoredAsync(portal)).Traces);
        // Covered ends before the hour of the trace that is missing.
        Assert.Equal(Now.AddHours(-2), run.CoveredTo);
        traces.Unprocessed.Clear();
        _clock.Now = Now.AddMinutes(10);
        Assert.Equal((FeedOutcome.Succeeded, 7), ((await portal.RunAsync("XRay")).Outcome, (await StoredAsync(portal)).Traces));
    }

    [Fact]
    public async Task A_trace_in_parts_is_put_together_and_one_too_large_is_said()
    {
        var (server, traces, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        var whole = TestTraces.Call(1, Now.AddMinutes(-5));
        traces.Traces.Add(whole with { LimitExceeded = true, Documents = [.. Enumerable.Range(0x50, 5).Select(i => $$"""{"id":"{{i:x16}}","parent_id":"0000000000000001","type":"subsegment","name":"step","start_time":{{new DateTimeOffset(Now).ToUnixTimeSeconds() - 302}},"end_time":{{new DateTimeOffset(Now).ToUnixTimeSeconds() - 301}}}"""), .. whole.Documents] });
        traces.SegmentsPerPage = 2;
        var run = await portal.RunAsync("XRay");
        Assert.Equal("7 spans of 1 trace in 1 region. 1 trace was larger than AWS keeps; the rest is missing.", run.Message);
        // Subsegments came pages before their segment, and still have its resource.
        Assert.Equal(1, await portal.ReadAsync(db => db.SpanOrigins.Where(o => o.ResourceAttributes.Contains("shop")).CountAsync()));
    }

    [Fact]
    public async Task Traces_without_GenAI_are_left_out_unless_the_filter_wants_them_or_the_store_knows_them()
    {
        var (server, traces, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        traces.Traces.AddRange([TestTraces.Call(1, Now.AddMinutes(-5)), TestTraces.Plain(2, Now.AddMinutes(-5)), TestTraces.Plain(3, Now.AddMinutes(-5))]);
        // The call of trace 3 came by OTLP.
        await portal.Get<Ledger.Store.TraceWriter>().WriteAsync(
            [.. Segments.Decode(TestTraces.Call(3, Now.AddMinutes(-5)).Documents).Spans.Where(x => !x.IsRoot).Select(x => x with { Doors = Doors.Otlp })]);
        var run = await portal.RunAsync("XRay");
        Assert.Equal("3 spans of 2 traces in 1 region. 1 trace without a model call, agent or tool was left out.", run.Message);
        Assert.Equal("Otlp,XRay", await portal.ReadAsync(db => db.Traces.Where(t => t.Spans == 2 && t.Source != "XRay").Select(t => t.Source).SingleAsync()));

        server.Calls.Clear();
        portal.Get<AwsOptions>().Connections[0].XRay.FilterExpression = " \"cart\" ";
        await portal.RunAsync("XRay");
        Assert.All(Called(server, "GetTraceSummaries"), c => Assert.Equal("\"cart\"", c.Body.GetProperty("FilterExpression").GetString()));
        Assert.Equal(3, (await StoredAsync(portal)).Traces);
    }

    [Fact]
    public async Task A_filter_that_X_Ray_does_not_understand_is_said()
    {
        var (server, _, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        portal.Get<AwsOptions>().Connections[0].XRay.FilterExpression = "annotation. =";
        server.Fault = c => c.Operation == "GetTraceSummaries" ? new TestFault(400, "InvalidRequestException", "Invalid FilterExpression") : null;
        var run = await portal.RunAsync("XRay");
        Assert.Equal((FeedOutcome.Failed, "X-Ray does not understand the filter expression."), (run.Outcome, run.Message));
        Assert.Contains("XRay:FilterExpression", run.Cure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GetTraceSegmentDestination", "xray:GetTraceSegmentDestination", "XRay")]
    [InlineData("GetTraceSummaries", "xray:GetTraceSummaries", "XRay")]
    [InlineData("BatchGetTraces", "xray:BatchGetTraces", "XRay")]
    [InlineData("FilterLogEvents", "logs:FilterLogEvents", "CloudWatchLogs")]
    public async Task A_missing_right_is_named_and_the_plan_asks_for_it(string operation, string action, string destination)
    {
        var (server, traces, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        traces.Destination = destination;
        traces.Traces.Add(TestTraces.Call(1, Now.AddDays(-1).AddMinutes(10)));
        // rest-json does not always say which action: the call knows it.
        server.Fault = c => c.Operation == operation ? new TestFault(403, "AccessDeniedException", "not authorized") : null;
        var run = await portal.RunAsync("XRay");
        Assert.Equal((FeedOutcome.Failed, $"The credentials lack {action}."), (run.Outcome, run.Message));
        Assert.Contains(action, portal.Get<IEnumerable<IScheduledJob>>().Single(j => j.Name == "XRay").Plans("", () => null).Single().Needs);
    }

    [Fact]
    public async Task Throttling_and_a_cut_connection_are_waited_out()
    {
        var (server, traces, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        for (var i = 1; i <= 6; i++) traces.Traces.Add(TestTraces.Call(i, Now.AddMinutes(-5)));
        server.Fault = c => (c.Number % 3) switch { 0 => new TestFault(429, "ThrottledException", "Rate exceeded"), 1 => TestFault.Cut, _ => null };
        Assert.Equal((FeedOutcome.Succeeded, 12L), await portal.RunAsync("XRay") is var run ? (run.Outcome, run.Rows) : default);
        Assert.True(server.Refusals.Count > 10);
    }

    [Fact]
    public async Task A_run_that_breaks_off_keeps_its_hours_and_the_next_goes_on_from_there()
    {
        var (server, traces, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        for (var i = 1; i <= 20; i++) traces.Traces.Add(TestTraces.Call(i, Now.AddHours(-i)));
        server.Fault = c => c.Operation == "GetTraceSummaries" && c.Body.GetProperty("EndTime").GetInt64() > new DateTimeOffset(Now.AddHours(-9.5)).ToUnixTimeSeconds()
            ? TestFault.Denied("xray:GetTraceSummaries") : null;
        var broken = await portal.RunAsync("XRay");
        Assert.Equal((FeedOutcome.Partial, Now.AddHours(-10)), (broken.Outcome, broken.CoveredTo));
        server.Fault = _ => null;
        server.Calls.Clear();
        await portal.RunAsync("XRay");
        Assert.Equal(new DateTimeOffset(Now.AddHours(-10).AddMinutes(-10)).ToUnixTimeSeconds(), Called(server, "GetTraceSummaries")[0].Body.GetProperty("StartTime").GetInt64());
        Assert.Equal(20, (await StoredAsync(portal)).Traces);
    }

    [Fact]
    public async Task Each_region_has_its_own_cursor()
    {
        var (server, traces, portal) = await OpenAsync("us-east-1", "eu-west-1");
        await using var s = server;
        await using var p = portal;
        traces.Traces.AddRange([TestTraces.Call(1, Now.AddMinutes(-5)), TestTraces.Call(2, Now.AddMinutes(-5)) with { Region = "eu-west-1" }]);
        server.Fault = c => c.Region == "eu-west-1" ? TestFault.Denied("xray:GetTraceSegmentDestination") : null;
        var run = await portal.RunAsync("XRay");
        // Only what every region has counts as covered.
        Assert.Equal((FeedOutcome.Failed, null), (run.Outcome, run.CoveredTo));
        Assert.Equal(["us-east-1"], await portal.ReadAsync(db => db.FeedCursors.Select(c => c.Place).ToListAsync()));
        server.Fault = _ => null;
        run = await portal.RunAsync("XRay");
        Assert.Equal((FeedOutcome.Succeeded, 2), (run.Outcome, (await StoredAsync(portal)).Traces));
        Assert.Equal(1, await portal.ReadAsync(db => db.Traces.CountAsync(t => t.RegionId != 0 && t.Calls == 1 && t.Source == "XRay" && t.Spans == 2 && t.Key == 2)));
    }

    [Fact]
    public async Task A_backfill_reads_its_days_and_leaves_the_cursor()
    {
        var (server, traces, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        traces.Traces.Add(TestTraces.Call(1, new DateTime(2026, 11, 10, 23, 30, 0, DateTimeKind.Utc)));
        var run = await portal.RunAsync("XRay", new JobRequest("Backfill", "Ada", new DayRange(new DateOnly(2026, 11, 10), new DateOnly(2026, 11, 12))));
        Assert.Equal((FeedOutcome.Succeeded, 2L, "Ada"), (run.Outcome, run.Rows, run.Who));
        Assert.Equal((new DateTime(2026, 11, 10), new DateTime(2026, 11, 12)), (run.CoveredFrom, run.CoveredTo));
        Assert.Equal(48, Called(server, "GetTraceSummaries").Count);
        Assert.Empty(await portal.ReadAsync(db => db.FeedCursors.ToListAsync()));
        var refused = await portal.Get<IJobSchedule>().BackfillAsync("XRay", new DateOnly(2026, 10, 1), new DateOnly(2026, 10, 2), "Ada");
        Assert.Equal("AWS keeps this for 30 days; begin no earlier than 2026-10-22.", refused.Message);
    }

    [Fact]
    public async Task The_cap_on_the_portals_own_requests_holds()
    {
        var (server, _, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        var options = portal.Get<AwsOptions>();
        var row = await portal.Get<FeedRuns>().StartAsync("CostExplorer", "Payer");
        await row.EndAsync(new RunOutcome(FeedOutcome.Succeeded, RequestCostNanoUsd: 18_000_000_000));
        // Near the cap ($18 of $20): a first run, then once an hour.
        Assert.Equal(FeedOutcome.Succeeded, (await portal.RunAsync("XRay")).Outcome);
        _clock.Now = Now.AddMinutes(10);
        Assert.Equal(FeedOutcome.NothingToDo, (await portal.RunAsync("XRay")).Outcome);
        _clock.Now = Now.AddMinutes(61);
        Assert.Equal(FeedOutcome.Succeeded, (await portal.RunAsync("XRay")).Outcome);
        options.MonthlyApiBudgetUsd = 10;
        _clock.Now = Now.AddHours(5);
        server.Calls.Clear();
        var held = await portal.RunAsync("XRay");
        Assert.Equal((FeedOutcome.NothingToDo, 0), (held.Outcome, server.Calls.Count));
        Assert.Contains("Nothing is read until next month.", held.Message, StringComparison.Ordinal);
        Assert.Equal(FeedOutcome.Succeeded, (await portal.RunAsync("XRay", new JobRequest("RunNow", "Ada"))).Outcome);
    }

    [Fact]
    public async Task Without_regions_it_says_what_to_set()
    {
        var (server, _, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        portal.Get<AwsOptions>().Connections[0].Regions = [];
        Assert.Equal((FeedOutcome.Failed, "Connection Payer has no Regions."), await portal.RunAsync("XRay") is var run ? (run.Outcome, run.Message) : default);
    }
}
