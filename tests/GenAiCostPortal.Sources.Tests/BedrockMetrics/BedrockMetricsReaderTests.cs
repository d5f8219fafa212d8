using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Sources.Aws;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GenAiCostPortal.Sources.BedrockMetrics;

public sealed class BedrockMetricsReaderTests
{
    private const string Sonnet = "us.anthropic.claude-sonnet-4-6-v1:0";
    private static readonly DateTime Now = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);
    private readonly TestClock _clock = new(Now);
    private readonly AwsRequestTally _tally = new();

    private Task<MeteredReadOutcome> ReadAsync(AwsTestServer server, DateTime from, DateTime to, string region = "us-east-1")
    {
        var options = new AwsOptions { Connections = [server.Connection(region)] };
        var connection = new AwsConnections(options, _clock, NullLoggerFactory.Instance).Get("Payer");
        return new BedrockMetricsReader(_clock).ReadAsync(connection, region, from, to, _tally);
    }

    private static Dictionary<DateTime, double> PerMinute(DateTime from, int minutes, double value) =>
        Enumerable.Range(0, minutes).ToDictionary(i => from.AddMinutes(i), _ => value);

    [Fact]
    public async Task Minutes_add_up_to_hours_and_an_hour_without_datapoints_has_no_row()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        var minutes = PerMinute(Now.AddHours(-3), 60, 10);
        foreach (var (at, value) in PerMinute(Now.AddHours(-1), 30, 7)) minutes[at] = value;
        server.Metrics.Series.Add(new TestSeries("us-east-1", "InputTokenCount", Sonnet, minutes));
        var read = await ReadAsync(server, Now.AddHours(-3), Now);
        Assert.Equal(
            [
                new MeteredRead(Now.AddHours(-3), "111111111111", "us-east-1", Sonnet, MeteredMetric.InputTokens, 600),
                new MeteredRead(Now.AddHours(-1), "111111111111", "us-east-1", Sonnet, MeteredMetric.InputTokens, 210),
            ], read.Rows);
    }

    [Fact]
    public async Task Both_spellings_of_cache_metrics_are_read_and_never_added_up()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        var hour = Now.AddHours(-1);
        server.Metrics.Series.AddRange(
        [
            new TestSeries("us-east-1", "CacheReadInputTokens", Sonnet, PerMinute(hour, 10, 5)),
            new TestSeries("us-east-1", "CacheReadInputTokenCount", Sonnet, PerMinute(hour, 10, 5)),
            new TestSeries("us-east-1", "CacheWriteInputTokenCount", Sonnet, PerMinute(hour, 10, 3)),
            new TestSeries("us-east-1", "outputTokenCount", Sonnet, PerMinute(hour, 10, 2)),
        ]);
        var read = await ReadAsync(server, hour, Now);
        Assert.Equal([(MeteredMetric.OutputTokens, 20d), (MeteredMetric.CacheReadTokens, 50d), (MeteredMetric.CacheWriteTokens, 30d)],
            read.Rows.Select(r => (r.Metric, r.Value)));
    }

    [Fact]
    public async Task Breakdowns_of_a_count_and_metrics_of_no_interest_are_left_out()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        var hour = Now.AddHours(-1);
        server.Metrics.Series.AddRange(
        [
            new TestSeries("us-east-1", "Invocations", Sonnet, PerMinute(hour, 5, 1)),
            new TestSeries("us-east-1", "Invocations", Sonnet, PerMinute(hour, 5, 1)) { Also = ("ContextWindow", "200k") },
            new TestSeries("us-east-1", "TimeToFirstToken", Sonnet, PerMinute(hour, 5, 300)),
            new TestSeries("eu-west-1", "Invocations", Sonnet, PerMinute(hour, 5, 1)),
        ]);
        var read = await ReadAsync(server, hour, Now);
        Assert.Equal(5, Assert.Single(read.Rows).Value);
    }

    [Fact]
    public async Task Six_hundred_metrics_are_listed_in_pages_and_asked_for_in_batches_of_at_most_500()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        for (var i = 0; i < 600; i++) server.Metrics.Series.Add(new TestSeries("us-east-1", "Invocations", $"model-{i:000}", PerMinute(Now.AddHours(-1), 1, i)));
        var read = await ReadAsync(server, Now.AddHours(-1), Now);
        Assert.Equal(600, read.Rows.Count);
        Assert.Equal(599 * 600 / 2, read.Rows.Sum(r => r.Value));
        Assert.Equal(["ListMetrics", "ListMetrics", "GetMetricData", "GetMetricData"], server.Calls.Select(c => c.Operation));
        // 600 metrics × $0.01 per 1,000.
        Assert.Equal(0.006m, Money.ToUsd(_tally.CostNanoUsd));
        Assert.Equal(4, _tally.Requests);
    }

    [Fact]
    public async Task Batches_stay_below_the_limit_of_datapoints()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        for (var i = 0; i < 40; i++) server.Metrics.Series.Add(new TestSeries("us-east-1", "Invocations", $"model-{i}", PerMinute(Now.AddDays(-10), 1, 1)));
        // 13 days of 300 s are 3,744 points: 26 series fill 100,800.
        await ReadAsync(server, Now.AddDays(-13), Now);
        Assert.Equal([26, 14], server.Calls.Where(c => c.Operation == "GetMetricData").Select(c => c.Body.GetProperty("MetricDataQueries").GetArrayLength()));
    }

    [Fact]
    public async Task A_series_split_over_pages_loses_nothing()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        server.Metrics.PointsPerPage = 7;
        server.Metrics.Series.Add(new TestSeries("us-east-1", "InputTokenCount", Sonnet, PerMinute(Now.AddHours(-2), 120, 1)));
        server.Metrics.Series.Add(new TestSeries("us-east-1", "OutputTokenCount", Sonnet, PerMinute(Now.AddHours(-2), 120, 2)));
        var read = await ReadAsync(server, Now.AddHours(-2), Now);
        // 24 periods of 300 s for each of two series, 7 points a page: 48 points, 7 pages.
        Assert.Equal(7, server.Calls.Count(c => c.Operation == "GetMetricData"));
        Assert.Equal([60d, 120d, 60d, 120d], read.Rows.Select(r => r.Value));
        Assert.Equal(0, read.Refused);
    }

    [Theory]
    [InlineData("PartialData", false)]
    [InlineData("InternalError", false)]
    [InlineData("Forbidden", true)]
    public async Task A_series_not_given_whole_is_counted(string status, bool isForbidden)
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        server.Metrics.Series.Add(new TestSeries("us-east-1", "Invocations", Sonnet, PerMinute(Now.AddHours(-1), 5, 1)));
        server.Metrics.Status = _ => status;
        var read = await ReadAsync(server, Now.AddHours(-1), Now);
        Assert.Equal((1, isForbidden), (read.Refused, read.IsForbidden));
    }

    [Fact]
    public void Old_times_are_asked_for_in_the_periods_that_are_kept_for_them()
    {
        var segments = new HourlySums(_clock).Segments(Now.AddDays(-90), Now, 60);
        Assert.Equal([3600, 300, 60], segments.Select(s => s.PeriodSeconds));
        Assert.Equal(Now.AddDays(-90), segments[0].From);
        Assert.Equal(Now, segments[2].To);
        // 300 s are kept for 63 days, 60 s for 15: each segment begins inside.
        Assert.InRange((Now - segments[1].From).TotalDays, 60, 63);
        Assert.InRange((Now - segments[2].From).TotalDays, 12, 15);
        Assert.Equal(segments[0].To, segments[1].From);
        Assert.Equal(segments[1].To, segments[2].From);
        Assert.Equal([new MetricSegment(Now.AddHours(-3), Now, 300)], new HourlySums(_clock).Segments(Now.AddHours(-3), Now, 420));
    }

    [Fact]
    public async Task Access_denied_in_CloudWatch_names_CloudWatchs_action()
    {
        await using var server = await AwsTestServer.StartAsync(_clock);
        server.Fault = _ => new TestFault(403, "AccessDenied", "");
        var refusal = await Assert.ThrowsAsync<AwsRefusedException>(() => ReadAsync(server, Now.AddHours(-1), Now));
        Assert.Equal("cloudwatch:ListMetrics", refusal.MissingAction);
    }
}
