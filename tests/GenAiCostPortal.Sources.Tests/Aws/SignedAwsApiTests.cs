using System.Text;
using GenAiCostPortal.Ledger.Costs;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GenAiCostPortal.Sources.Aws;

public sealed class SignedAwsApiTests
{
    private static readonly DateTime Now = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);

    private static readonly AwsCall Ask = new("ce", "eu-west-1", "AWSInsightsIndexService.GetCostAndUsage", "application/x-amz-json-1.1", Encoding.UTF8.GetBytes(
        """{"TimePeriod":{"Start":"2026-11-19","End":"2026-11-20"},"Granularity":"DAILY","Metrics":["UnblendedCost"],"GroupBy":[{"Type":"DIMENSION","Key":"SERVICE"},{"Type":"DIMENSION","Key":"RECORD_TYPE"}]}"""));

    private static IAwsApi Api(AwsConnectionOptions connection, TestClock clock) =>
        new AwsConnections(new AwsOptions { Connections = [connection] }, clock, NullLoggerFactory.Instance).Get(connection.Name).Api;

    [Fact]
    public async Task A_signed_request_is_accepted_and_names_the_region_of_the_partition()
    {
        var clock = new TestClock(Now);
        await using var server = await AwsTestServer.StartAsync(clock);
        await Api(server.Connection("eu-west-1"), clock).CallAsync(Ask);
        Assert.Equal("us-east-1", Assert.Single(server.Calls).Region);
        Assert.Empty(server.Refusals);
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_by_the_server_and_not_tried_again()
    {
        var clock = new TestClock(Now);
        await using var server = await AwsTestServer.StartAsync(clock);
        var connection = server.Connection();
        connection.SecretAccessKey = AwsTestServer.Secret + "x";
        var refusal = await Assert.ThrowsAsync<AwsRefusedException>(() => Api(connection, clock).CallAsync(Ask));
        Assert.Equal("InvalidSignatureException", refusal.Code);
        Assert.Single(server.Refusals);
        Assert.Empty(server.Calls);
        Assert.Contains("does not accept the credentials", AwsErrors.Words(refusal, connection).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_member_breaks_the_shape()
    {
        var clock = new TestClock(Now);
        var server = await AwsTestServer.StartAsync(clock);
        var wrong = Ask with { Body = Encoding.UTF8.GetBytes("""{"TimePeriod":{"Start":"2026-11-19","End":"19 Nov"},"Granularity":"Daily","Metrics":["UnblendedCost"],"Groupings":[]}""") };
        await Assert.ThrowsAsync<AwsRefusedException>(() => Api(server.Connection(), clock).CallAsync(wrong));
        var breach = Assert.Single(server.Breaches);
        Assert.Contains("Groupings: unknown member", breach, StringComparison.Ordinal);
        Assert.Contains("End: '19 Nov' does not match", breach, StringComparison.Ordinal);
        Assert.Contains("'Daily' is not one of the enum", breach, StringComparison.Ordinal);
        server.Breaches.Clear();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Throttling_backs_off_longer_each_time_and_then_succeeds()
    {
        var clock = new TestClock(Now);
        await using var server = await AwsTestServer.StartAsync(clock);
        server.Fault = call => call.Number switch { 1 => TestFault.Throttle, 2 => TestFault.Limit, 3 => TestFault.Throttle with { Status = 429, Code = "TooManyRequestsException" }, _ => null };
        await Api(server.Connection(), clock).CallAsync(Ask);
        Assert.Equal(4, server.Calls.Count);
        var waits = clock.Waits.ToArray();
        // Full waits are 0.5, 1, 2 s; half of each is certain.
        Assert.Equal(3, waits.Length);
        Assert.InRange(waits[0].TotalSeconds, 0.25, 0.5);
        Assert.InRange(waits[1].TotalSeconds, 0.5, 1);
        Assert.InRange(waits[2].TotalSeconds, 1, 2);
    }

    [Fact]
    public async Task A_wait_that_AWS_asks_for_is_kept()
    {
        var clock = new TestClock(Now);
        await using var server = await AwsTestServer.StartAsync(clock);
        server.Fault = call => call.Number == 1 ? TestFault.Throttle with { RetryAfterSeconds = 7 } : null;
        await Api(server.Connection(), clock).CallAsync(Ask);
        Assert.Equal(TimeSpan.FromSeconds(7), Assert.Single(clock.Waits));
    }

    [Fact]
    public async Task Throttling_without_end_is_given_up()
    {
        var clock = new TestClock(Now);
        await using var server = await AwsTestServer.StartAsync(clock);
        server.Fault = _ => TestFault.Throttle;
        var refusal = await Assert.ThrowsAsync<AwsRefusedException>(() => Api(server.Connection(), clock).CallAsync(Ask));
        Assert.Equal("ThrottlingException", refusal.Code);
        Assert.Equal(SignedAwsApi.MaxAttempts, server.Calls.Count);
    }

    [Fact]
    public async Task Cut_connections_and_errors_of_the_server_are_tried_again()
    {
        var clock = new TestClock(Now);
        await using var server = await AwsTestServer.StartAsync(clock);
        server.Fault = call => call.Number switch { 1 => TestFault.Cut, 2 => new TestFault(500, "InternalServerError", ""), _ => null };
        await Api(server.Connection(), clock).CallAsync(Ask);
        Assert.Equal(3, server.Calls.Count);
    }

    [Fact]
    public async Task Access_denied_names_the_missing_action()
    {
        var clock = new TestClock(Now);
        await using var server = await AwsTestServer.StartAsync(clock);
        server.Fault = _ => TestFault.Denied("ce:GetCostAndUsage");
        var connection = server.Connection();
        var refusal = await Assert.ThrowsAsync<AwsRefusedException>(() => Api(connection, clock).CallAsync(Ask));
        Assert.Equal("ce:GetCostAndUsage", refusal.MissingAction);
        Assert.Single(server.Calls);
        connection.RoleArn = "arn:aws:iam::111111111111:role/portal-reader";
        Assert.Equal("The role lacks ce:GetCostAndUsage.", AwsErrors.Words(refusal, connection).Message);
        Assert.Contains("Allow the action ce:GetCostAndUsage to the role arn:aws:iam::111111111111:role/portal-reader", AwsErrors.Words(refusal, connection).Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Access_denied_without_a_message_still_names_the_action_of_the_call()
    {
        var clock = new TestClock(Now);
        await using var server = await AwsTestServer.StartAsync(clock);
        server.Fault = _ => new TestFault(403, "AccessDeniedException", "");
        var refusal = await Assert.ThrowsAsync<AwsRefusedException>(() => Api(server.Connection(), clock).CallAsync(Ask));
        Assert.Equal("ce:GetCostAndUsage", refusal.MissingAction);
    }

    [Fact]
    public async Task A_clock_an_hour_behind_is_corrected_by_AWSs_own()
    {
        var clock = new TestClock(Now);
        await using var server = await AwsTestServer.StartAsync(clock);
        server.ClockAhead = TimeSpan.FromHours(1);
        await Api(server.Connection(), clock).CallAsync(Ask);
        Assert.Equal("InvalidSignatureException", Assert.Single(server.Refusals));
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task A_role_is_assumed_once_with_its_external_id_and_its_session_signs()
    {
        var clock = new TestClock(TimeProvider.System.GetUtcNow().UtcDateTime);
        await using var server = await AwsTestServer.StartAsync(clock);
        var connection = server.Connection();
        connection.RoleArn = "arn:aws:iam::222222222222:role/portal-reader";
        connection.ExternalId = "larkfield-7";
        var api = Api(connection, clock);
        await api.CallAsync(Ask);
        await api.CallAsync(Ask);
        var assumed = Assert.Single(server.AssumedRoles);
        Assert.Equal("larkfield-7", assumed["ExternalId"]);
        Assert.Equal("arn:aws:iam::222222222222:role/portal-reader", assumed["RoleArn"]);
        Assert.Equal(2, server.Calls.Count);
        Assert.Empty(server.Refusals);
    }

    [Fact]
    public async Task A_role_that_may_not_be_assumed_names_that_action()
    {
        var clock = new TestClock(TimeProvider.System.GetUtcNow().UtcDateTime);
        await using var server = await AwsTestServer.StartAsync(clock);
        var connection = server.Connection();
        (connection.RoleArn, connection.ExternalId) = ("arn:aws:iam::222222222222:role/portal-reader", "wrong");
        var refusal = await Assert.ThrowsAsync<AwsRefusedException>(() => Api(connection, clock).CallAsync(Ask));
        Assert.Equal("sts:AssumeRole", refusal.MissingAction);
    }

    [Fact]
    public async Task An_expired_session_is_renewed_once()
    {
        var clock = new TestClock(TimeProvider.System.GetUtcNow().UtcDateTime);
        await using var server = await AwsTestServer.StartAsync(clock);
        var connection = server.Connection();
        connection.RoleArn = "arn:aws:iam::222222222222:role/portal-reader";
        server.Fault = call => call.Number == 1 ? new TestFault(400, "ExpiredTokenException", "The security token included in the request is expired") : null;
        await Api(connection, clock).CallAsync(Ask);
        Assert.Equal(2, server.AssumedRoles.Count);
        Assert.Equal(2, server.Calls.Count);
    }

    [Fact]
    public async Task A_profile_that_does_not_exist_says_what_to_check()
    {
        var clock = new TestClock(Now);
        var connection = new AwsConnectionOptions { Name = "Payer", Profile = "no-such-profile-here" };
        var refusal = await Assert.ThrowsAsync<AwsRefusedException>(() => Api(connection, clock).CallAsync(Ask));
        Assert.Equal(AwsErrors.NoCredentials, refusal.Code);
        Assert.Contains("aws sso login --profile no-such-profile-here", AwsErrors.Words(refusal, connection).Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_call_stops_waiting()
    {
        var clock = new TestClock(Now);
        await using var server = await AwsTestServer.StartAsync(clock);
        using var stop = new CancellationTokenSource();
        server.Fault = call =>
        {
            if (call.Number == 2) stop.Cancel();
            return TestFault.Throttle;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Api(server.Connection(), clock).CallAsync(Ask, stop.Token));
        Assert.Equal(2, server.Calls.Count);
    }

    [Theory]
    [InlineData("ce", "eu-central-1", "https://ce.us-east-1.amazonaws.com/", "us-east-1")]
    [InlineData("ce", "cn-north-1", "https://ce.cn-northwest-1.amazonaws.com.cn/", "cn-northwest-1")]
    [InlineData("ce", "us-gov-east-1", "https://ce.us-gov-west-1.amazonaws.com/", "us-gov-west-1")]
    [InlineData("ce", "eusc-de-east-1", "https://ce.eusc-de-east-1.api.amazonwebservices.eu/", "eusc-de-east-1")]
    [InlineData("monitoring", "eu-central-1", "https://monitoring.eu-central-1.amazonaws.com/", "eu-central-1")]
    [InlineData("monitoring", "cn-north-1", "https://monitoring.cn-north-1.amazonaws.com.cn/", "cn-north-1")]
    public void Each_service_has_the_endpoint_of_its_partition(string service, string region, string url, string signingRegion) =>
        Assert.Equal((new Uri(url), signingRegion), AwsEndpoints.Find(service, region, null));

    [Fact]
    public void Made_answers_take_the_place_of_AWS()
    {
        var made = new MadeApi();
        var options = new AwsOptions { Connections = [new AwsConnectionOptions { Name = "Sample", MadeApi = made }] };
        Assert.Same(made, new AwsConnections(options, TimeProvider.System, NullLoggerFactory.Instance).Get("Sample").Api);
    }

    [Fact]
    public void Prices_of_requests_are_those_of_AWS()
    {
        Assert.Equal(0.01m, Money.ToUsd(AwsRequestTally.CostExplorerPageNanoUsd));
        Assert.Equal(0.01m, Money.ToUsd(1000 * AwsRequestTally.MetricNanoUsd));
    }

    private sealed class MadeApi : IAwsApi
    {
        public Task<byte[]> CallAsync(AwsCall call, CancellationToken cancel = default) => Task.FromResult("{}"u8.ToArray());
    }
}
