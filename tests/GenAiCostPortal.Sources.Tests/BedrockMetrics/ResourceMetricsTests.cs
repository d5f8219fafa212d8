using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.BedrockMetrics;

public sealed class ResourceMetricsTests
{
    private const string SageMaker = "AWS/SageMaker";
    private const string Agents = "AWS/Bedrock/Agents";
    private const string Guardrails = "AWS/Bedrock/Guardrails";
    private const string Own = "Larkfield/GenAI";
    private static readonly DateTime Now = new(2026, 11, 21, 12, 18, 0, DateTimeKind.Utc);
    private static readonly DateTime Hour = new(2026, 11, 21, 10, 0, 0, DateTimeKind.Utc);
    private readonly TestClock _clock = new(Now);

    private async Task<(AwsTestServer Server, TestPortal Portal)> OpenAsync(Action<AwsConnectionOptions>? also = null)
    {
        var server = await AwsTestServer.StartAsync(_clock);
        var connection = server.Connection("us-east-1");
        also?.Invoke(connection);
        return (server, await TestPortal.OpenAsync(new AwsOptions { Connections = [connection] }, _clock));
    }

    private static void Add(AwsTestServer server, string metricNamespace, string name, double value, params (string, string)[] dimensions) =>
        server.Metrics.Series.Add(TestSeries.Of("us-east-1", metricNamespace, name, new Dictionary<DateTime, double> { [Hour.AddMinutes(7)] = value, [Hour.AddMinutes(31)] = value }, dimensions));

    private static (string, string)[] Endpoint(string name, string variant) => [("EndpointName", name), ("VariantName", variant)];

    private static async Task<Dictionary<(string Resource, string Metric), double>> ValuesAsync(TestPortal portal)
    {
        var dimensions = portal.Get<Dimensions>();
        var rows = await portal.ReadAsync(db => db.MeteredResources.AsNoTracking().ToListAsync());
        Assert.All(rows, r => Assert.Equal(("111111111111", "us-east-1"), (dimensions.Name(r.AccountId), dimensions.Name(r.RegionId))));
        return rows.GroupBy(r => (dimensions.Name(r.ResourceId), dimensions.Name(r.MetricId))).ToDictionary(g => g.Key, g => g.Sum(r => r.Value));
    }

    [Fact]
    public async Task Endpoints_are_metered_as_a_whole_and_by_variant_with_latencies_in_milliseconds()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        Add(server, SageMaker, "Invocations", 10, Endpoint("rerank", "blue"));
        Add(server, SageMaker, "Invocations", 5, Endpoint("rerank", "green"));
        Add(server, SageMaker, "Invocation4XXErrors", 1, Endpoint("rerank", "green"));
        Add(server, SageMaker, "ModelLatency", 250_000, Endpoint("rerank", "blue"));
        Add(server, SageMaker, "OverheadLatency", 4_000, Endpoint("rerank", "blue"));
        // The same count without a variant, a container of an endpoint and a metric of no interest.
        Add(server, SageMaker, "Invocations", 15, ("EndpointName", "rerank"));
        Add(server, SageMaker, "Invocations", 3, [.. Endpoint("rerank", "blue"), ("ContainerName", "one")]);
        Add(server, SageMaker, "InvocationsPerInstance", 9, Endpoint("rerank", "blue"));
        var run = await portal.RunAsync("CloudWatch");
        // Two datapoints each.
        Assert.Equal(
            new Dictionary<(string, string), double>
            {
                [("SageMakerEndpoint/rerank", "Invocations")] = 30, [("SageMakerEndpoint/rerank/blue", "Invocations")] = 20, [("SageMakerEndpoint/rerank/green", "Invocations")] = 10,
                [("SageMakerEndpoint/rerank", "Invocation4XXErrors")] = 2, [("SageMakerEndpoint/rerank/green", "Invocation4XXErrors")] = 2,
                [("SageMakerEndpoint/rerank", "ModelLatency")] = 500, [("SageMakerEndpoint/rerank/blue", "ModelLatency")] = 500,
                [("SageMakerEndpoint/rerank", "OverheadLatency")] = 8, [("SageMakerEndpoint/rerank/blue", "OverheadLatency")] = 8,
            }, await ValuesAsync(portal));
        // Nine rows of five series; $0.01 per 1,000 of them.
        Assert.Equal((9L, 50_000L), (run.Rows, run.RequestCostNanoUsd));
        Assert.EndsWith("9 hourly values of 5 metrics of endpoints, agents, guardrails and features.", run.Message, StringComparison.Ordinal);
        Assert.Equal(UtcTime.ToUnixSeconds(Hour), (await portal.ReadAsync(db => db.MeteredResources.Select(m => m.HourUnixSeconds).Distinct().ToListAsync())).Single());
    }

    [Fact]
    public async Task Of_several_breakdowns_the_one_that_names_the_resource_is_read_and_spelling_does_not_matter()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        const string alias = "arn:aws:bedrock:us-east-1:111111111111:agent-alias/AGENT12345/TSTALIASID";
        const string guardrail = "arn:aws:bedrock:us-east-1:111111111111:guardrail/gr4d3xample";
        Add(server, Agents, "InvocationCount", 4, ("Operation", "InvokeAgent"));
        Add(server, Agents, "InvocationCount", 4, ("Operation", "InvokeAgent"), ("ModelId", "amazon.nova-pro-v1:0"));
        Add(server, Agents, "InvocationCount", 3, ("Operation", "InvokeAgent"), ("AgentAliasArn", alias), ("ModelId", "amazon.nova-pro-v1:0"));
        Add(server, Agents, "InvocationCount", 1, ("Operation", "InvokeAgent"), ("AgentAliasArn", alias), ("ModelId", "amazon.nova-lite-v1:0"));
        // The documentation writes a small o; only the regional total exists of it.
        Add(server, Agents, "outputTokenCount", 100, ("Operation", "InvokeAgent"));
        Add(server, Guardrails, "TextUnitCount", 6, ("GuardrailArn", guardrail), ("GuardrailVersion", "1"));
        Add(server, Guardrails, "TextUnitCount", 2, ("GuardrailArn", guardrail), ("GuardrailVersion", "DRAFT"));
        Add(server, Guardrails, "TextUnitCount", 8, ("Operation", "ApplyGuardrail"));
        Add(server, Guardrails, "TextUnitCount", 8, ("GuardrailPolicyType", "ContentPolicy"));
        Add(server, Guardrails, "InvocationsIntervened", 1, ("GuardrailArn", guardrail), ("GuardrailVersion", "1"));
        await portal.RunAsync("CloudWatch");
        Assert.Equal(
            new Dictionary<(string, string), double>
            {
                [("Agent/AGENT12345", "InvocationCount")] = 8, [("Agent/all", "OutputTokenCount")] = 200,
                [("Guardrail/gr4d3xample", "TextUnitCount")] = 16, [("Guardrail/gr4d3xample", "InvocationsIntervened")] = 2,
            }, await ValuesAsync(portal));
        Assert.Equal("Guardrail/gr4d3xample", ResourceKinds.Metered(new ResourceSeen { Arn = guardrail, Kind = ResourceKinds.Guardrail }));
    }

    [Fact]
    public async Task Own_metrics_belong_to_features_and_an_average_keeps_its_count()
    {
        var (server, portal) = await OpenAsync(c => (c.CloudWatch.CustomNamespace, c.CloudWatch.FeatureDimension) = (Own, "Workload"));
        await using var s = server;
        await using var p = portal;
        Add(server, Own, "TokensPerRequest", 2_100, ("Workload", "contract-summary"));
        Add(server, Own, "CostPerFeature", 0.25, ("Workload", "contract-summary"));
        Add(server, Own, "RetryCount", 3, ("Workload", "reply-draft"));
        Add(server, Own, "RetryCount", 3, ("Workload", "reply-draft"), ("Stage", "prod"));
        Add(server, Own, "SomethingElse", 3, ("Workload", "reply-draft"));
        await portal.RunAsync("CloudWatch");
        Assert.Equal(
            new Dictionary<(string, string), double>
            {
                [("Feature/contract-summary", "TokensPerRequest")] = 4_200, [("Feature/contract-summary", "TokensPerRequest/SampleCount")] = 2,
                [("Feature/contract-summary", "CostPerFeature")] = 0.5, [("Feature/reply-draft", "RetryCount")] = 6,
            }, await ValuesAsync(portal));
    }

    [Fact]
    public async Task They_are_read_once_an_hour_from_three_hours_before_and_hours_read_again_are_replaced()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        Add(server, SageMaker, "Invocations", 10, Endpoint("rerank", "blue"));
        await portal.RunAsync("CloudWatch");
        server.Calls.Clear();
        _clock.Now = Now.AddMinutes(15);
        await portal.RunAsync("CloudWatch");
        Assert.DoesNotContain(server.Calls, c => c.Body.GetRawText().Contains(SageMaker, StringComparison.Ordinal));
        _clock.Now = Now.AddMinutes(60);
        await portal.RunAsync("CloudWatch");
        var asked = server.Calls.Last(c => c.Operation == "GetMetricData").Body;
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), asked.GetProperty("StartTime").GetInt64());
        Assert.Equal(20, (await ValuesAsync(portal))[("SageMakerEndpoint/rerank", "Invocations")]);
        // How far they were read is kept in the store, so that a restart reads on from there.
        Assert.Equal("1795267080", await portal.Get<FeedCursors>().FindAsync("CloudWatch", "Payer", "resources"));
    }

    [Fact]
    public async Task A_part_that_failed_is_read_again_although_the_models_were_covered()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        Add(server, SageMaker, "Invocations", 10, Endpoint("rerank", "blue"));
        server.Fault = call => call.Body.GetRawText().Contains(SageMaker, StringComparison.Ordinal) ? TestFault.Denied("cloudwatch:ListMetrics") : null;
        var run = await portal.RunAsync("CloudWatch");
        Assert.Equal((FeedOutcome.Partial, "The credentials lack cloudwatch:ListMetrics."), (run.Outcome, run.Message));
        Assert.Equal(Now, run.CoveredTo);
        server.Fault = _ => null;
        _clock.Now = Now.AddMinutes(15);
        await portal.RunAsync("CloudWatch");
        Assert.Equal(20, (await ValuesAsync(portal))[("SageMakerEndpoint/rerank", "Invocations")]);
    }

    [Fact]
    public async Task Days_asked_for_are_read_whole_without_moving_what_is_noted()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        Add(server, SageMaker, "Invocations", 10, Endpoint("rerank", "blue"));
        await portal.RunAsync("CloudWatch", new JobRequest("Backfill", "Ada", new DayRange(new DateOnly(2026, 9, 1), new DateOnly(2026, 11, 22))));
        Assert.Equal(20, (await ValuesAsync(portal))[("SageMakerEndpoint/rerank", "Invocations")]);
        Assert.Null(await portal.Get<FeedCursors>().FindAsync("CloudWatch", "Payer", "resources"));
    }
}
