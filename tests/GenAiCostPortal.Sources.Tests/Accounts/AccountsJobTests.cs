using System.Globalization;
using System.Text.Json.Nodes;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.Accounts;

public sealed class AccountsJobTests
{
    private static readonly DateTime Now = new(2026, 11, 21, 5, 50, 0, DateTimeKind.Utc);
    private readonly TestClock _clock = new(Now);
    private readonly List<(string Id, string Name)> _accounts = [.. Enumerable.Range(1, 45).Select(i => ($"1000000000{i:00}", $"Account {i}"))];

    private async Task<(AwsTestServer Server, TestPortal Portal)> OpenAsync()
    {
        var server = await AwsTestServer.StartAsync(_clock);
        server.Answers["ListAccounts"] = Answer;
        // The bill makes these two accounts known.
        foreach (var account in new[] { "100000000007", "100000000044" })
            server.Bill.Lines.Add(new("2026-11-20", account, "Amazon Bedrock", "USE1-Nova2.0Lite-input-tokens", 0.5m, 100, "1K tokens"));
        var connection = server.Connection("eu-central-1");
        connection.Accounts.Enabled = true;
        var portal = await TestPortal.OpenAsync(new AwsOptions { Connections = [connection] }, _clock);
        await portal.RunAsync("CostExplorer");
        server.Calls.Clear();
        return (server, portal);
    }

    private JsonObject Answer(TestCall call)
    {
        var skip = call.Body.TryGetProperty("NextToken", out var token) ? int.Parse(token.GetString()!, CultureInfo.InvariantCulture) : 0;
        var size = call.Body.GetProperty("MaxResults").GetInt32();
        var answer = new JsonObject
        {
            ["Accounts"] = new JsonArray([.. _accounts.Skip(skip).Take(size).Select(a => (JsonNode)new JsonObject
            {
                ["Id"] = a.Id, ["Arn"] = $"arn:aws:organizations::111111111111:account/o-exampleorgid/{a.Id}", ["Email"] = $"aws+{a.Id}@example.com",
                ["Name"] = a.Name, ["Status"] = "ACTIVE", ["State"] = "ACTIVE", ["JoinedMethod"] = "CREATED", ["JoinedTimestamp"] = 1700000000.5,
            })]),
        };
        if (skip + size < _accounts.Count) answer["NextToken"] = $"{skip + size}";
        return answer;
    }

    private static Task<Dictionary<string, string?>> LabelsAsync(TestPortal portal) =>
        portal.ReadAsync(db => db.Dimensions.Where(d => d.Kind == DimensionKind.Account).ToDictionaryAsync(d => d.Name, d => d.Label));

    [Fact]
    public async Task Every_page_is_read_and_accounts_that_are_known_get_their_names()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        var run = await portal.RunAsync("Accounts");
        Assert.Equal((FeedOutcome.Succeeded, 45L, "45 accounts listed; 2 of them are known here, 2 got a new name."), (run.Outcome, run.Rows, run.Message));
        // 20 a page, signed for the partition's one region although the connection is in another.
        Assert.Equal(["us-east-1", "us-east-1", "us-east-1"], server.Calls.Select(c => c.Region));
        var labels = await LabelsAsync(portal);
        Assert.Equal(("Account 7", "Account 44"), (labels["100000000007"], labels["100000000044"]));
        Assert.DoesNotContain("100000000001", labels.Keys);
        var dimensions = portal.Get<Dimensions>();
        Assert.Equal("Account 44", dimensions.Label(dimensions.Find(DimensionKind.Account, "100000000044")));
        Assert.Equal((3L, 0L), (run.Requests, run.RequestCostNanoUsd));
    }

    [Fact]
    public async Task A_renamed_account_is_shown_by_its_new_name_and_the_coverage_goes_on()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        await portal.RunAsync("Accounts");
        _accounts[6] = ("100000000007", "Search production");
        _clock.Now = Now.AddDays(1);
        var run = await portal.RunAsync("Accounts");
        Assert.EndsWith("2 of them are known here, 1 got a new name.", run.Message, StringComparison.Ordinal);
        Assert.Equal("Search production", (await LabelsAsync(portal))["100000000007"]);
        Assert.Equal((Now, Now.AddDays(1)), (run.CoveredFrom, run.CoveredTo));
    }

    [Fact]
    public async Task Throttling_is_waited_out()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        var left = 2;
        server.Fault = _ => left-- > 0 ? new TestFault(400, "TooManyRequestsException", "You have sent too many requests") : null;
        Assert.Equal(FeedOutcome.Succeeded, (await portal.RunAsync("Accounts")).Outcome);
        Assert.Equal(2, server.Refusals.Count);
    }

    [Theory]
    [InlineData("AccessDeniedException", "You don't have permissions to access this resource.", "AWS does not list", "management account")]
    [InlineData("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.", "is in no organisation", "Accounts:Enabled")]
    public async Task A_connection_that_may_not_list_says_what_to_do_and_names_stay(string code, string text, string message, string cure)
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        await portal.RunAsync("Accounts");
        server.Fault = _ => new TestFault(400, code, text);
        var run = await portal.RunAsync("Accounts");
        Assert.Equal(FeedOutcome.Failed, run.Outcome);
        Assert.Contains(message, run.Message, StringComparison.Ordinal);
        Assert.Contains(cure, run.Cure, StringComparison.Ordinal);
        Assert.Equal("Account 7", (await LabelsAsync(portal))["100000000007"]);
    }

    [Fact]
    public async Task Pages_that_do_not_end_are_a_fault()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        server.Answers["ListAccounts"] = _ => new JsonObject { ["Accounts"] = new JsonArray(), ["NextToken"] = "again" };
        var run = await portal.RunAsync("Accounts");
        Assert.Equal((FeedOutcome.Failed, 2), (run.Outcome, server.Calls.Count));
    }

    [Fact]
    public async Task The_feed_is_offered_once_and_told_where_it_is_on()
    {
        var options = new AwsOptions { Connections = [new AwsConnectionOptions { Name = "A" }, new AwsConnectionOptions { Name = "B" }] };
        await using var portal = await TestPortal.OpenAsync(options, _clock);
        await portal.Get<JobSchedule>().StartAsync(CancellationToken.None);
        var off = Assert.Single(await portal.Get<FeedReport>().ReadAsync(), f => f.Feed == "Accounts");
        Assert.Equal((FeedHealth.Off, "A"), (off.Health, off.Connection));
        Assert.Equal(["organizations:ListAccounts"], off.Needs);
        options.Connections[1].Accounts.Enabled = true;
        await portal.Get<JobSchedule>().StartAsync(CancellationToken.None);
        var on = Assert.Single(await portal.Get<FeedReport>().ReadAsync(), f => f.Feed == "Accounts");
        Assert.Equal(("B", "every day at 05:50 (UTC)", false), (on.Connection, on.When, on.HasPast));
        Assert.All((await portal.Get<FeedReport>().ReadAsync()).Where(f => f.Feed is "CostExplorer" or "CloudWatch"), f => Assert.True(f.HasPast));
    }
}
