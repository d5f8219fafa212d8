using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Aws;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.InvocationLogs;

public sealed class LogGroupLogsTests
{
    private static readonly DateTime Now = LogBench.Now;

    private static async Task<LogBench> OpenAsync()
    {
        var bench = await LogBench.OpenAsync(c => (c.InvocationLogs.Bucket, c.InvocationLogs.LogGroup) = (null, "/aws/bedrock/invocations"));
        bench.Logging["us-east-1"] = LogBench.ToGroup(bench.Group.Name);
        return bench;
    }

    private static void Add(LogBench bench, DateTime at, string id) => bench.Group.Add(at, MadeRecord.Line(at, id));

    [Fact]
    public async Task Events_are_read_page_by_page_and_the_greeting_is_no_record()
    {
        await using var bench = await OpenAsync();
        bench.Group.EventsPerPage = 4;
        bench.Group.Add(Now.AddDays(-2), "Permissions are correctly set for Amazon Bedrock logs.");
        foreach (var i in Enumerable.Range(0, 30)) Add(bench, Now.AddDays(-1).AddSeconds(i), $"r-{i}");
        bench.Server.Fault = call => call.Number % 40 == 0 ? TestFault.Throttle : null;
        var run = await bench.RunAsync();
        Assert.Equal((FeedOutcome.Succeeded, 30L, "30 records in us-east-1."), (run.Outcome, run.Rows, run.Message));
        Assert.Equal((30L, 3_000L, 300L), await bench.TotalsAsync());
        Assert.Equal((Now, 0L), (run.CoveredTo, run.RequestCostNanoUsd));
        Assert.All(bench.Asked("FilterLogEvents"), c => Assert.Equal("aws/bedrock/modelinvocations", c.Body.GetProperty("logStreamNamePrefix").GetString()));
    }

    [Fact]
    public async Task The_next_run_looks_15_minutes_back_and_counts_nothing_twice()
    {
        await using var bench = await OpenAsync();
        Add(bench, Now.AddMinutes(-3), "a");
        await bench.RunAsync();
        var before = bench.Clock.Now = Now.AddMinutes(5);
        bench.Server.Calls.Clear();
        // Stamped before the last run, delivered after it.
        Add(bench, Now.AddMinutes(-2), "late");
        Add(bench, Now.AddMinutes(4), "b");
        Assert.Equal(2, (await bench.RunAsync()).Rows);
        Assert.Equal(new DateTimeOffset(Now.AddMinutes(-15)).ToUnixTimeMilliseconds(), bench.Asked("FilterLogEvents").First().Body.GetProperty("startTime").GetInt64());
        Assert.Equal((3L, 300L, 30L), await bench.TotalsAsync());
        var counted = await bench.Portal.ReadAsync(db => db.SignalCounts.SingleAsync());
        Assert.Equal(3, counted.Received);
        Assert.Equal((FeedOutcome.NothingToDo, before), ((await bench.RunAsync()).Outcome, bench.Clock.Now));
    }

    [Fact]
    public async Task Denied_names_the_action()
    {
        await using var bench = await OpenAsync();
        bench.Server.Fault = call => call.Operation == "FilterLogEvents" ? TestFault.Denied("logs:FilterLogEvents") : null;
        var run = await bench.RunAsync();
        Assert.Equal((FeedOutcome.Failed, "The credentials lack logs:FilterLogEvents."), (run.Outcome, run.Message));
    }

    [Fact]
    public async Task A_group_that_is_not_there_is_said()
    {
        await using var bench = await OpenAsync();
        bench.Server.Fault = call => call.Operation == "FilterLogEvents" ? new TestFault(400, "ResourceNotFoundException", "The specified log group does not exist.") : null;
        Assert.Contains("There is no log group /aws/bedrock/invocations in us-east-1.", (await bench.RunAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_logging_could_not_be_asked_about_does_not_keep_records_away()
    {
        await using var bench = await OpenAsync();
        Add(bench, Now.AddMinutes(-3), "a");
        bench.Server.Fault = call => call.Service == "bedrock" ? TestFault.Denied(LoggingState.Action) with { Status = 403 } : null;
        var run = await bench.RunAsync();
        Assert.Equal(1, run.Rows);
        Assert.Contains("Whether logging is on in us-east-1 is not known: The credentials lack bedrock:GetModelInvocationLoggingConfiguration.", run.Message, StringComparison.Ordinal);
    }
}
