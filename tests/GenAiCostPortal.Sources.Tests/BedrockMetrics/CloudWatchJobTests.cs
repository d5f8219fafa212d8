using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Aws;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.BedrockMetrics;

public sealed class CloudWatchJobTests
{
    private static readonly DateTime Now = new(2026, 11, 21, 12, 18, 0, DateTimeKind.Utc);
    private readonly TestClock _clock = new(Now);

    private async Task<(AwsTestServer Server, TestPortal Portal)> OpenAsync(params string[] regions)
    {
        var server = await AwsTestServer.StartAsync(_clock);
        foreach (var region in regions)
            server.Metrics.Series.Add(new TestSeries(region, "InputTokenCount", "us.anthropic.claude-sonnet-4-6-v1:0",
                Enumerable.Range(0, 20 * 24).ToDictionary(h => new DateTime(2026, 11, 2, 0, 30, 0, DateTimeKind.Utc).AddHours(h), _ => 100d)));
        return (server, await TestPortal.OpenAsync(new AwsOptions { Connections = [server.Connection(regions)] }, _clock));
    }

    [Fact]
    public async Task The_first_run_reads_two_weeks_and_the_next_from_three_hours_before()
    {
        var (server, portal) = await OpenAsync("us-east-1", "eu-west-1");
        await using var s = server;
        await using var p = portal;
        var first = await portal.RunAsync("CloudWatch");
        // From 7 Nov 12:00 (the hour of two weeks ago) to 21 Nov 11:30: 336 hours in two regions.
        Assert.Equal((FeedOutcome.Succeeded, 672L), (first.Outcome, first.Rows));
        Assert.Equal((Now.AddDays(-14), Now), (first.CoveredFrom, first.CoveredTo));
        Assert.Equal(672 * 100d, await portal.ReadAsync(db => db.MeteredUsage.SumAsync(m => m.Value)));

        server.Calls.Clear();
        _clock.Now = Now.AddMinutes(15);
        var second = await portal.RunAsync("CloudWatch");
        var asked = server.Calls.First(c => c.Operation == "GetMetricData").Body;
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), asked.GetProperty("StartTime").GetInt64());
        Assert.Equal(Now.AddMinutes(15), second.CoveredTo);
        // 9:30, 10:30, 11:30 and by now 12:30: the hours read again are replaced, not added to.
        Assert.Equal(674 * 100d, await portal.ReadAsync(db => db.MeteredUsage.SumAsync(m => m.Value)));
    }

    [Fact]
    public async Task Series_given_in_part_are_read_again_because_the_coverage_does_not_move()
    {
        var (server, portal) = await OpenAsync("us-east-1");
        await using var s = server;
        await using var p = portal;
        server.Metrics.Status = _ => "PartialData";
        var run = await portal.RunAsync("CloudWatch");
        Assert.Equal(FeedOutcome.Partial, run.Outcome);
        Assert.Null(run.CoveredTo);
        Assert.Contains("1 series came in part only.", run.Message, StringComparison.Ordinal);
        server.Metrics.Status = _ => "Complete";
        Assert.Equal(Now.AddDays(-14), (await portal.RunAsync("CloudWatch")).CoveredFrom);
    }

    [Fact]
    public async Task Forbidden_series_name_the_action()
    {
        var (server, portal) = await OpenAsync("us-east-1");
        await using var s = server;
        await using var p = portal;
        server.Metrics.Status = _ => "Forbidden";
        var run = await portal.RunAsync("CloudWatch");
        Assert.Equal((FeedOutcome.Failed, "The credentials lack cloudwatch:GetMetricData."), (run.Outcome, run.Message));
    }

    [Fact]
    public async Task A_region_without_Bedrock_is_said_not_silently_zero()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        portal.Get<AwsOptions>().Connections[0].Regions = ["eu-north-1"];
        Assert.StartsWith("No Bedrock metric was found in eu-north-1", (await portal.RunAsync("CloudWatch")).Message, StringComparison.Ordinal);
    }
}
