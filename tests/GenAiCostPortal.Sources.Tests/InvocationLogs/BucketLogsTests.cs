using System.Text;
using System.Text.Json.Nodes;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.InvocationLogs;

public sealed class BucketLogsTests
{
    private static readonly DateTime Now = LogBench.Now;

    private static string[] Lines(string name, int count, DateTime at) => [.. Enumerable.Range(0, count).Select(i => MadeRecord.Line(at, $"{name}-{i}", input: 100, output: 10))];

    [Fact]
    public async Task Each_object_is_read_once_and_the_next_run_lists_from_two_hours_before()
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Put(Now.AddDays(-2), "a", Lines("a", 3, Now.AddDays(-2)));
        bench.Put(Now.AddHours(-1), "b", Lines("b", 2, Now.AddHours(-1)));
        var first = await bench.RunAsync();
        Assert.Equal((FeedOutcome.Succeeded, 5L, "5 records of 2 objects in us-east-1."), (first.Outcome, first.Rows, first.Message));
        Assert.Equal((new DateTime(2026, 11, 14, 0, 0, 0, DateTimeKind.Utc), Now), (first.CoveredFrom, first.CoveredTo));
        Assert.Equal((5L, 500L, 50L), await bench.TotalsAsync());
        // A listing is $0.005 per 1,000 and an object $0.0004 per 1,000.
        Assert.Equal(5_000 + 2 * 400, first.RequestCostNanoUsd);

        bench.Server.Calls.Clear();
        bench.Clock.Now = Now.AddMinutes(5);
        bench.Put(Now, "c", Lines("c", 1, Now));
        var second = await bench.RunAsync();
        Assert.Equal((1L, Now.AddMinutes(5)), (second.Rows, second.CoveredTo));
        Assert.Equal(["c.json.gz"], bench.KeysRead);
        Assert.Equal("AWSLogs/111122223333/BedrockModelInvocationLogs/us-east-1/2026/11/21/10",
            Assert.Single(bench.Asked("ListObjectsV2")).Body.GetProperty("Query").GetProperty("start-after").GetString());

        var third = await bench.RunAsync();
        Assert.Equal((FeedOutcome.NothingToDo, "No new record in us-east-1."), (third.Outcome, third.Message));
        Assert.Equal((6L, 600L, 60L), await bench.TotalsAsync());
    }

    [Fact]
    public async Task An_object_that_comes_late_into_an_old_hour_is_found()
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Put(Now, "z", Lines("z", 1, Now));
        await bench.RunAsync();
        bench.Put(Now.AddHours(-2), "late", Lines("late", 2, Now.AddHours(-2)));
        bench.Clock.Now = Now.AddMinutes(5);
        Assert.Equal(2, (await bench.RunAsync()).Rows);
        Assert.Equal(["z.json.gz", "late.json.gz"], bench.KeysRead);
    }

    [Fact]
    public async Task Records_delivered_twice_count_once()
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Put(Now, "a", Lines("same", 4, Now));
        bench.Put(Now, "b", Lines("same", 4, Now));
        await bench.RunAsync();
        Assert.Equal((4L, 400L, 40L), await bench.TotalsAsync());
    }

    [Fact]
    public async Task Bad_lines_are_counted_and_told_and_the_others_stay()
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Put(Now, "a", MadeRecord.Line(Now, "r-1"), "{not json", "", "{\"schemaType\":\"Other\"}", MadeRecord.Line(Now, "r-2"));
        bench.Server.Buckets.Put(LogBench.Bucket, MadeRecord.Key(Now, "broken"), [0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18], Now);
        var run = await bench.RunAsync();
        Assert.Equal((FeedOutcome.Partial, 2L), (run.Outcome, run.Rows));
        Assert.Equal("2 records of 2 objects in us-east-1. 2 lines of the logs are no record and left out. 1 object could not be unpacked or was gone.", run.Message);
        var counted = await bench.Portal.ReadAsync(db => db.SignalCounts.SingleAsync(s => s.Signal == LogIntake.Signal));
        Assert.Equal((4L, 2L, 2L), (counted.Received, counted.Stored, counted.Rejected));
        // It will not unpack next time either.
        Assert.Equal(FeedOutcome.NothingToDo, (await bench.RunAsync()).Outcome);
    }

    [Fact]
    public async Task Bodies_and_the_permission_check_are_passed_over_without_listing_them_all()
    {
        await using var bench = await LogBench.OpenAsync();
        var root = MadeRecord.Key(Now, "x")[..^"x.json.gz".Length];
        bench.Server.Buckets.KeysPerPage = 3;
        bench.Put(Now, "20261121T1201_a", Lines("a", 1, Now));
        bench.Put(Now.AddHours(1), "20261121T1301_b", Lines("b", 1, Now));
        foreach (var i in Enumerable.Range(0, 40)) bench.Server.Buckets.Put(LogBench.Bucket, $"{root}data/{i}_input.json.gz", [1], Now);
        bench.Server.Buckets.Put(LogBench.Bucket, root + "amazon-bedrock-logs-permission-check", [1], Now);
        var run = await bench.RunAsync();
        Assert.Equal(2, run.Rows);
        Assert.Equal(2, bench.Asked("GetObject").Count());
        Assert.InRange(bench.Asked("ListObjectsV2").Count(), 2, 3);
    }

    [Fact]
    public async Task Many_pages_throttling_and_a_bucket_elsewhere_are_read_through()
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Server.Buckets.KeysPerPage = 7;
        bench.Server.Buckets.Elsewhere[LogBench.Bucket] = "eu-west-1";
        bench.Server.Fault = call => call.Number % 5 == 0 ? new TestFault(503, "SlowDown", "Please reduce your request rate.") : null;
        foreach (var i in Enumerable.Range(0, 50)) bench.Put(Now.AddHours(-i % 20), $"o{i:00}", Lines($"o{i}", 2, Now.AddHours(-20)));
        var run = await bench.RunAsync();
        Assert.Equal((FeedOutcome.Succeeded, 100L), (run.Outcome, run.Rows));
        Assert.Equal((100L, 10_000L, 1_000L), await bench.TotalsAsync());
    }

    [Fact]
    public async Task A_connection_cut_in_the_middle_of_an_object_begins_it_anew()
    {
        await using var bench = await LogBench.OpenAsync();
        var random = new Random(1);
        // Random metadata keeps gzip from making it small: more than one group is stored before the cut.
        string[] lines = [.. Enumerable.Range(0, 1_500).Select(i => MadeRecord.Line(Now, $"r-{i}", also: r => r["requestMetadata"] = new JsonObject { ["feature"] = "search", ["x"] = random.NextInt64().ToString("x16") }))];
        bench.Put(Now, "a", lines);
        var bytes = MadeRecord.Gzip(lines).Length;
        var gets = 0;
        bench.Server.CutAfterBytes = call => call.Operation == "GetObject" && ++gets == 1 ? bytes * 2 / 3 : null;
        var run = await bench.RunAsync();
        Assert.Equal((FeedOutcome.Succeeded, 1_500L, 2), (run.Outcome, run.Rows, gets));
        Assert.Equal((1_500L, 150_000L, 15_000L), await bench.TotalsAsync());
    }

    [Fact]
    public async Task Denied_names_the_action_and_what_was_read_before_stays_read()
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Put(Now.AddHours(-30), "a", Lines("a", 2, Now.AddHours(-30)));
        bench.Put(Now, "b", Lines("b", 2, Now));
        bench.Server.Fault = call => call.Operation == "GetObject" ? new TestFault(403, "AccessDenied", "Access Denied") : null;
        var denied = await bench.RunAsync();
        Assert.Equal((FeedOutcome.Failed, "The credentials lack s3:GetObject."), (denied.Outcome, denied.Message));
        Assert.Contains("Allow the action s3:GetObject", denied.Cure, StringComparison.Ordinal);
        bench.Server.Fault = call => call.Operation == "ListObjectsV2" ? new TestFault(403, "AccessDenied", "") : null;
        Assert.Equal("The credentials lack s3:ListBucket.", (await bench.RunAsync()).Message);
        bench.Server.Fault = _ => null;
        Assert.Equal(4, (await bench.RunAsync()).Rows);
    }

    [Fact]
    public async Task A_stop_between_the_records_and_the_cursor_reads_them_again_and_changes_nothing()
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Put(Now, "a", Lines("a", 20, Now));
        using var stop = new CancellationTokenSource();
        // The writer says so once the records are on disk; the cursor is not written yet.
        using (bench.Portal.Get<LedgerChanges>().Subscribe(part => { if (part == LedgerPart.Traces) stop.Cancel(); }))
            await bench.Portal.Get<JobRunner>().RunAsync("InvocationLogs", JobRequest.Scheduled, stop.Token);
        Assert.Equal((20L, 2_000L, 200L), await bench.TotalsAsync());
        Assert.Empty(await bench.Portal.ReadAsync(db => db.FeedCursors.ToListAsync()));
        Assert.Equal(FeedOutcome.Cancelled, (await bench.Portal.Get<FeedReport>().RunsAsync("InvocationLogs", 1))[0].Outcome);

        var again = await bench.RunAsync();
        Assert.Equal((FeedOutcome.Succeeded, 20L), (again.Outcome, again.Rows));
        Assert.Equal((20L, 2_000L, 200L), await bench.TotalsAsync());
        Assert.Equal(FeedOutcome.NothingToDo, (await bench.RunAsync()).Outcome);
    }

    [Fact]
    public async Task A_pass_that_was_broken_off_goes_on_where_it_was()
    {
        await using var bench = await LogBench.OpenAsync();
        foreach (var i in Enumerable.Range(0, 250)) bench.Put(Now.AddDays(-3), $"o{i:000}", MadeRecord.Line(Now.AddDays(-3), $"r-{i}"));
        bench.Server.Fault = call => call.Operation == "GetObject" && call.Body.GetProperty("Key").GetString()!.Contains("o150", StringComparison.Ordinal)
            ? new TestFault(403, "AccessDenied", "") : null;
        await bench.RunAsync();
        bench.Server.Fault = _ => null;
        bench.Server.Calls.Clear();
        var run = await bench.RunAsync();
        // Saved after 100 objects: the 50 after that are read twice, the first hundred are not.
        Assert.Equal((150L, "o100.json.gz"), (run.Rows, bench.KeysRead[0]));
        Assert.Equal((250L, 25_000L, 2_500L), await bench.TotalsAsync());
    }

    [Fact]
    public async Task A_backfill_reads_its_days_again_and_leaves_the_cursor()
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Put(Now.AddDays(-40), "old", Lines("old", 3, Now.AddDays(-40)));
        bench.Put(Now.AddDays(-30), "other", Lines("other", 3, Now.AddDays(-30)));
        bench.Put(Now, "new", Lines("new", 1, Now));
        Assert.Equal(1, (await bench.RunAsync()).Rows);
        var cursor = await bench.Portal.ReadAsync(db => db.FeedCursors.Select(c => c.Value).SingleAsync());
        var day = DateOnly.FromDateTime(Now.AddDays(-40));
        var run = await bench.RunAsync(new JobRequest("Backfill", "ada", new DayRange(day, day.AddDays(2))));
        Assert.Equal((3L, Now.Date.AddDays(-40), Now.Date.AddDays(-38)), (run.Rows, run.CoveredFrom, run.CoveredTo));
        Assert.Equal(cursor, await bench.Portal.ReadAsync(db => db.FeedCursors.Select(c => c.Value).SingleAsync()));
    }

    [Fact]
    public async Task A_body_kept_apart_is_fetched_only_for_the_lifetime_of_cache_writes()
    {
        await using var bench = await LogBench.OpenAsync();
        string Large(string id, long written, string file) => MadeRecord.Line(Now, id, also: r =>
        {
            r["input"]!["cacheWriteInputTokenCount"] = written;
            r["output"]!["outputBodyS3Path"] = $"s3://{LogBench.Bucket}/data/{file}";
        });
        bench.Put(Now, "a", Large("r-1", 3_000, "one_output.json.gz"), Large("r-2", 0, "two_output.json.gz"), Large("r-3", 500, "gone_output.json.gz"));
        bench.Server.Buckets.Put(LogBench.Bucket, "data/one_output.json.gz", MadeRecord.Gzip(
            """[{"type":"message_start","message":{"usage":{"input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":1000,"ephemeral_1h_input_tokens":2000}}}}]"""), Now);
        var run = await bench.RunAsync();
        Assert.Equal("3 records of 1 object in us-east-1. 1 body kept apart could not be read: their cache writes count as written for 5 minutes.", run.Message);
        Assert.DoesNotContain("two_output.json.gz", bench.KeysRead);
        var calls = await bench.Portal.ReadAsync(db => db.Calls.OrderBy(c => c.RequestId).ToListAsync());
        Assert.Equal([(1_000L, 2_000L), (0L, 0L), (500L, 0L)], calls.Select(c => (c.CacheWrite5m, c.CacheWrite1h)));
    }

    [Fact]
    public async Task Where_logging_is_off_is_said()
    {
        await using var bench = await LogBench.OpenAsync(null, "us-east-1", "eu-west-1");
        bench.Logging.Remove("eu-west-1");
        bench.Put(Now, "a", Lines("a", 1, Now));
        var run = await bench.RunAsync();
        Assert.Equal("1 record of 1 object in us-east-1, eu-west-1. Invocation logging is off in eu-west-1.", run.Message);
        Assert.StartsWith("Turn it on in the Bedrock console", run.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Off_everywhere_is_no_success()
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Logging.Clear();
        var run = await bench.RunAsync();
        Assert.Equal((FeedOutcome.Failed, "Invocation logging is off in us-east-1."), (run.Outcome, run.Message));
    }

    [Fact]
    public async Task Without_a_bucket_each_region_is_read_where_it_logs_to()
    {
        await using var bench = await LogBench.OpenAsync(c => c.InvocationLogs.Bucket = null, "us-east-1", "eu-west-1");
        bench.Logging["us-east-1"] = LogBench.ToBucket("logs-us", "bedrock/");
        bench.Logging["eu-west-1"] = LogBench.ToGroup(bench.Group.Name);
        bench.Server.Buckets.Put("logs-us", MadeRecord.Key(Now, "a", prefix: "bedrock/"), MadeRecord.Gzip(Lines("a", 2, Now)), Now);
        bench.Group.Add(Now.AddMinutes(-5), MadeRecord.Line(Now.AddMinutes(-5), "b", also: r => r["region"] = "eu-west-1"));
        Assert.Equal(3, (await bench.RunAsync()).Rows);
        Assert.Equal((3L, 300L, 30L), await bench.TotalsAsync());
    }

    [Fact]
    public async Task A_region_that_logs_elsewhere_than_is_read_is_said()
    {
        await using var bench = await LogBench.OpenAsync();
        bench.Logging["us-east-1"] = LogBench.ToBucket("other-bucket");
        Assert.Contains("us-east-1 logs to bucket other-bucket, acme-bedrock-logs is read.", (await bench.RunAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_plan_names_exactly_what_the_feed_needs()
    {
        await using var bench = await LogBench.OpenAsync();
        await bench.Portal.Get<JobSchedule>().StartAsync(CancellationToken.None);
        var plan = bench.Portal.Get<FeedPlans>().All.Single(p => p.Feed == "InvocationLogs");
        Assert.Equal(["s3:ListBucket", "s3:GetObject", "bedrock:GetModelInvocationLoggingConfiguration", "bedrock:GetInferenceProfile"], plan.Needs);
        Assert.Equal((true, "every 5 minutes"), (plan.IsOn, plan.When));
        Assert.NotNull(plan.NextRun());
    }

    [Fact]
    public async Task Lines_are_cut_where_they_end_however_the_bytes_arrive()
    {
        var long_ = new string('x', LogLines.LongestBytes + 10);
        var text = "one\r\n\n  two  \n" + long_ + "\nthree";
        foreach (var bytes in new[] { Encoding.UTF8.GetBytes(text), MadeRecord.Gzip(text) })
        {
            var lines = new List<string?>();
            await foreach (var line in LogLines.ReadAsync(new MemoryStream(bytes))) lines.Add(line is { } found ? Encoding.UTF8.GetString(found.Span) : null);
            Assert.Equal(["one", "two", null, "three"], lines);
        }
    }
}
