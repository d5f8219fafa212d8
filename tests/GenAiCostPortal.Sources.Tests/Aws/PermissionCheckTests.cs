using System.Text.Json.Nodes;
using GenAiCostPortal.Ledger.Feeds;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.Aws;

public sealed class PermissionCheckTests
{
    private readonly TestClock _clock = new(new DateTime(2026, 11, 21, 12, 18, 0, DateTimeKind.Utc));

    private static FeedPlan Plan(string feed, string connection, params string[] needs) =>
        new(feed, connection, feed, "", "", needs, true, "", TimeSpan.FromHours(1), () => null);

    private Task<(AwsTestServer Server, TestPortal Portal)> OpenAsync(string feed, params string[] needs) => OpenAsync(_ => { }, feed, needs);

    private async Task<(AwsTestServer Server, TestPortal Portal)> OpenAsync(Action<AwsConnectionOptions> set, string feed, params string[] needs)
    {
        var server = await AwsTestServer.StartAsync(_clock);
        var connection = server.Connection("us-east-1", "eu-west-1");
        set(connection);
        server.Answers["GetMetricData"] = _ => new JsonObject
        {
            ["MetricDataResults"] = new JsonArray(new JsonObject { ["Id"] = "probe", ["Label"] = "Invocations", ["Timestamps"] = new JsonArray(), ["Values"] = new JsonArray(), ["StatusCode"] = "Complete" }),
        };
        var portal = await TestPortal.OpenAsync(new AwsOptions { Connections = [connection] }, _clock);
        portal.Get<FeedPlans>().Set([Plan(feed, connection.Name, needs)]);
        return (server, portal);
    }

    [Fact]
    public async Task Each_action_is_tried_with_a_request_of_the_right_shape_and_what_it_costs_is_counted()
    {
        var (server, portal) = await OpenAsync("CostExplorer", "ce:GetCostAndUsage", "cloudwatch:ListMetrics", "cloudwatch:GetMetricData");
        await using var s = server;
        await using var p = portal;
        var connection = portal.Get<FeedPlans>().All[0].Connection;

        var results = await portal.Get<PermissionCheck>().RunAsync("CostExplorer", connection, "ada");

        Assert.All(results, r => Assert.Equal(PermissionState.Allowed, r.State));
        Assert.Equal(["ce:GetCostAndUsage", "cloudwatch:ListMetrics", "cloudwatch:GetMetricData"], results.Select(r => r.Action));
        // One Cost Explorer answer ($0.01) and one metric ($0.00001) in each of two regions; ListMetrics is free.
        var run = await portal.ReadAsync(db => db.FeedRuns.SingleAsync(r => r.Feed == PermissionCheck.Feed));
        Assert.Equal((5L, 10_020_000L, "ada", FeedOutcome.Succeeded), (run.Requests, run.RequestCostNanoUsd, run.Who, run.Outcome));
        Assert.Equal(0.01002m, (await portal.Get<AwsCostMeter>().ReadAsync()).TotalUsd);
    }

    [Fact]
    public async Task A_denied_action_is_named_with_its_region_and_the_others_are_still_tried()
    {
        var (server, portal) = await OpenAsync("CloudWatch", "cloudwatch:ListMetrics", "cloudwatch:GetMetricData");
        await using var s = server;
        await using var p = portal;
        server.Fault = call => call is { Operation: "ListMetrics", Region: "eu-west-1" } ? TestFault.Denied("cloudwatch:ListMetrics") : null;

        var results = await portal.Get<PermissionCheck>().RunAsync("CloudWatch", portal.Get<FeedPlans>().All[0].Connection, "ada");

        Assert.Equal([(PermissionState.Missing, "eu-west-1"), (PermissionState.Allowed, "")], results.Select(r => (r.State, r.Region)));
        Assert.Contains("cloudwatch:ListMetrics", results[0].Words, StringComparison.Ordinal);
        Assert.Contains("lacks cloudwatch:ListMetrics", (await portal.ReadAsync(db => db.FeedRuns.SingleAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_action_that_only_a_run_can_show_is_not_called_allowed()
    {
        var (server, portal) = await OpenAsync("InvocationLogs", "s3:GetObject");
        await using var s = server;
        await using var p = portal;
        var result = Assert.Single(await portal.Get<PermissionCheck>().RunAsync("InvocationLogs", portal.Get<FeedPlans>().All[0].Connection, "ada"));
        Assert.Equal(PermissionState.NotTried, result.State);
        Assert.Empty(server.Calls);
    }

    [Theory]
    // The bucket is there and empty: the listing answers, the probe's key is not found.
    [InlineData("acme-logs", null, PermissionState.Allowed, PermissionState.Allowed)]
    [InlineData("acme-logs", "ListObjectsV2", PermissionState.Missing, PermissionState.Allowed)]
    [InlineData("acme-logs", "GetObject", PermissionState.Allowed, PermissionState.Missing)]
    // A bucket that does not exist tells nothing of rights.
    [InlineData("no-such-bucket", null, PermissionState.Unknown, PermissionState.Unknown)]
    public async Task Rights_on_a_bucket_are_tried_by_a_listing_and_by_a_key_that_is_not_there(string bucket, string? denied, PermissionState list, PermissionState get)
    {
        var (server, portal) = await OpenAsync(c => c.InvocationLogs.Bucket = bucket, "InvocationLogs", "s3:ListBucket", "s3:GetObject");
        await using var s = server;
        await using var p = portal;
        server.Buckets.All.TryAdd("acme-logs", new());
        server.Fault = call => call.Operation == denied ? new TestFault(403, "AccessDenied", "Access Denied") : null;
        var results = await portal.Get<PermissionCheck>().RunAsync("InvocationLogs", portal.Get<FeedPlans>().All[0].Connection, "ada");
        Assert.Equal([("s3:ListBucket", list), ("s3:GetObject", get)], results.Select(r => (r.Action, r.State)));
        foreach (var result in results.Where(r => r.State == PermissionState.Missing)) Assert.Contains(result.Action, result.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "ResourceNotFoundException", PermissionState.Allowed)]
    [InlineData(403, "AccessDeniedException", PermissionState.Missing)]
    [InlineData(400, "ValidationException", PermissionState.Unknown)]
    public async Task The_right_to_ask_for_a_profile_is_tried_with_one_that_is_not_there(int status, string code, PermissionState state)
    {
        var (server, portal) = await OpenAsync("InferenceProfiles", "bedrock:GetInferenceProfile");
        await using var s = server;
        await using var p = portal;
        server.Fault = call => call.Operation == "GetInferenceProfile" ? new TestFault(status, code, code == "AccessDeniedException" ? TestFault.Denied("bedrock:GetInferenceProfile").Message : "no") : null;
        var result = Assert.Single(await portal.Get<PermissionCheck>().RunAsync("InferenceProfiles", portal.Get<FeedPlans>().All[0].Connection, "ada"));
        Assert.Equal(state, result.State);
        Assert.Contains(server.Calls, c => c.Operation == "GetInferenceProfile" && c.Body.ToString().Contains("portalprobe0", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ResourceNotFoundException", PermissionState.Allowed)]
    [InlineData("ValidationException", PermissionState.Unknown)]
    public async Task Only_an_answer_or_a_thing_not_found_shows_a_right(string code, PermissionState state)
    {
        var (server, portal) = await OpenAsync("CloudWatch", "cloudwatch:ListMetrics");
        await using var s = server;
        await using var p = portal;
        server.Fault = _ => new TestFault(400, code, "no");
        Assert.Equal(state, Assert.Single(await portal.Get<PermissionCheck>().RunAsync("CloudWatch", portal.Get<FeedPlans>().All[0].Connection, "ada")).State);
    }

    [Fact]
    public async Task Wrong_credentials_are_no_answer()
    {
        var (server, portal) = await OpenAsync("CloudWatch", "cloudwatch:ListMetrics");
        await using var s = server;
        await using var p = portal;
        server.Keys.Clear();
        var result = Assert.Single(await portal.Get<PermissionCheck>().RunAsync("CloudWatch", portal.Get<FeedPlans>().All[0].Connection, "ada"));
        Assert.Equal(PermissionState.Unknown, result.State);
        Assert.Contains("credentials", result.Words, StringComparison.Ordinal);
    }
}
