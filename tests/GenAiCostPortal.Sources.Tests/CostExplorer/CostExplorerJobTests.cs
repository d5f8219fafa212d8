using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.CostExplorer;

public sealed class CostExplorerJobTests
{
    private const string Payer = "111111111111";
    private static readonly DateTime Now = new(2026, 11, 21, 12, 20, 0, DateTimeKind.Utc);
    private readonly TestClock _clock = new(Now);

    private async Task<(AwsTestServer Server, TestPortal Portal)> OpenAsync(string granularity = "Daily")
    {
        var server = await AwsTestServer.StartAsync(_clock);
        for (var day = 1; day <= 40; day++)
            server.Bill.Lines.Add(new(Now.Date.AddDays(-day).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
                Payer, "Amazon Bedrock", "USE1-Nova2.0Lite-input-tokens", 0.5m, 100, "1K tokens"));
        var connection = server.Connection("us-east-1");
        connection.CostExplorer.Granularity = granularity;
        return (server, await TestPortal.OpenAsync(new AwsOptions { Connections = [connection] }, _clock));
    }

    private static Task<List<BilledLine>> LinesAsync(TestPortal portal) => portal.ReadAsync(db => db.BilledLines.AsNoTracking().OrderBy(l => l.Day).ToListAsync());

    private static string[] Starts(AwsTestServer server) => [.. server.Calls.Select(c => c.Body.GetProperty("TimePeriod").GetProperty("Start").GetString()!).Distinct()];

    [Fact]
    public async Task The_first_run_of_a_day_reads_the_look_back_and_the_others_three_days()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        var first = await portal.RunAsync("CostExplorer");
        Assert.Equal((FeedOutcome.Succeeded, 35L), (first.Outcome, first.Rows));
        Assert.Equal((Now.Date.AddDays(-35), Now.Date), (first.CoveredFrom, first.CoveredTo));
        Assert.Equal(["2026-10-17"], Starts(server));
        // Everything, tags by service, one base: today is not asked for.
        Assert.Equal((3L, 30_000_000L), (first.Requests, first.RequestCostNanoUsd));
        Assert.All(server.Calls, c => Assert.Equal("2026-11-21", c.Body.GetProperty("TimePeriod").GetProperty("End").GetString()));

        server.Calls.Clear();
        _clock.Now = Now.AddHours(7);
        Assert.Equal(Now.Date.AddDays(-3), (await portal.RunAsync("CostExplorer")).CoveredFrom);
        Assert.Equal(["2026-11-18"], Starts(server));

        server.Calls.Clear();
        _clock.Now = Now.AddHours(18);
        await portal.RunAsync("CostExplorer");
        Assert.Equal(["2026-10-18"], Starts(server));
    }

    [Fact]
    public async Task Another_cost_metric_reads_every_stored_day_again()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        await portal.RunAsync("CostExplorer");
        server.Calls.Clear();
        _clock.Now = Now.AddHours(7);
        var options = portal.Get<AwsOptions>();
        options.Connections[0].CostExplorer.Metric = "NetUnblendedCost";
        Assert.Equal("NetUnblendedCost", options.CostMetric);
        await portal.RunAsync("CostExplorer");
        Assert.Equal(["2026-10-17"], Starts(server));
        Assert.All(server.Calls, c => Assert.Contains("NetUnblendedCost", c.Body.GetProperty("Metrics").EnumerateArray().Select(m => m.GetString())));
        // Once, not for ever.
        server.Calls.Clear();
        _clock.Now = Now.AddHours(8);
        await portal.RunAsync("CostExplorer");
        Assert.Equal(["2026-11-18"], Starts(server));
    }

    [Fact]
    public async Task Another_feature_tag_key_reads_every_stored_day_again_once()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        server.Bill.Lines.Add(new("2026-10-20", Payer, "Amazon Bedrock", "USE1-Nova2.0Lite-output-tokens", 100m, 100, "1K tokens") { Tags = new Dictionary<string, string> { ["Workload"] = "rag" } });
        await portal.RunAsync("CostExplorer");
        Assert.All(await LinesAsync(portal), l => Assert.Equal(0, l.TagFeatureId));
        server.Calls.Clear();
        _clock.Now = Now.AddHours(7);
        var keys = portal.Get<OwnerSettings>().Current;
        keys.TagKeys.Feature = "Workload";
        await portal.Get<OwnerSettings>().SaveAsync(keys);
        await portal.RunAsync("CostExplorer");
        Assert.Equal(["2026-10-17"], Starts(server));
        var tagged = Assert.Single(await LinesAsync(portal), l => l.TagFeatureId != 0);
        Assert.Equal(("rag", new DateOnly(2026, 10, 20)), (portal.Get<Dimensions>().Name(tagged.TagFeatureId), tagged.Day));
        // Once, not for ever.
        server.Calls.Clear();
        _clock.Now = Now.AddHours(8);
        await portal.RunAsync("CostExplorer");
        Assert.Equal(["2026-11-18"], Starts(server));
    }

    [Theory]
    [InlineData("Daily", false)]
    [InlineData("Hourly", true)]
    public async Task A_granularity_that_is_not_followed_is_said_with_every_run(string granularity, bool isSaid)
    {
        var (server, portal) = await OpenAsync(granularity);
        await using var s = server;
        await using var p = portal;
        var run = await portal.RunAsync("CostExplorer");
        Assert.Equal(FeedOutcome.Succeeded, run.Outcome);
        Assert.Equal(isSaid, run.Message.Contains("Read by the day: hourly granularity is not read yet.", StringComparison.Ordinal));
        Assert.All(server.Calls, c => Assert.Equal("DAILY", c.Body.GetProperty("Granularity").GetString()));
    }

    [Fact]
    public async Task The_ledger_follows_the_bill_by_itself()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        await portal.RunAsync("CostExplorer");
        Assert.Equal(FeedOutcome.Succeeded, (await portal.Get<FeedReport>().RunsAsync("Ledger", 1))[0].Outcome);
        Assert.Equal(17_500_000_000, await portal.ReadAsync(db => db.LedgerEntries.SumAsync(e => e.AmountNanoUsd)));
    }

    [Fact]
    public async Task A_restated_day_replaces_and_the_same_again_changes_nothing()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        await portal.RunAsync("CostExplorer");
        var before = await LinesAsync(portal);
        _clock.Now = Now.AddHours(7);
        await portal.RunAsync("CostExplorer");
        Assert.Equal(before.Select(l => (l.Day, l.AmountNanoUsd)), (await LinesAsync(portal)).Select(l => (l.Day, l.AmountNanoUsd)));

        server.Bill.Lines[1] = server.Bill.Lines[1] with { Usd = 0.75m };
        await portal.RunAsync("CostExplorer");
        var after = await LinesAsync(portal);
        Assert.Equal(35, after.Count);
        Assert.Equal(750_000_000, Assert.Single(after, l => l.Day == new DateOnly(2026, 11, 19)).AmountNanoUsd);
        Assert.Equal(1, await portal.ReadAsync(db => db.BilledDays.CountAsync(d => d.Restatements == 1)));
    }

    [Fact]
    public async Task A_failed_page_leaves_the_days_as_they_were()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        await portal.RunAsync("CostExplorer");
        var before = await LinesAsync(portal);
        for (var i = 0; i < server.Bill.Lines.Count; i++) server.Bill.Lines[i] = server.Bill.Lines[i] with { Usd = 9m };
        // The base comes in pages; its second page is denied.
        server.Bill.GroupsPerPage = 2;
        server.Fault = call => call.Body.TryGetProperty("NextPageToken", out _) && call.Body.TryGetProperty("Filter", out var f) && f.TryGetProperty("And", out _) ? TestFault.Denied("ce:GetCostAndUsage") : null;
        _clock.Now = Now.AddHours(7);
        var run = await portal.RunAsync("CostExplorer");
        Assert.Equal((FeedOutcome.Failed, "The credentials lack ce:GetCostAndUsage.", 0L), (run.Outcome, run.Message, run.Rows));
        Assert.Null(run.CoveredTo);
        Assert.Equal(before.Select(l => (l.Id, l.AmountNanoUsd)), (await LinesAsync(portal)).Select(l => (l.Id, l.AmountNanoUsd)));
        // What it cost before it failed is not forgotten.
        Assert.True(run.RequestCostNanoUsd > 0);
    }

    [Fact]
    public async Task A_backfill_goes_in_steps_and_keeps_the_steps_that_came()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        var range = new DayRange(new DateOnly(2026, 8, 1), new DateOnly(2026, 11, 21));
        server.Fault = call => call.Body.GetProperty("TimePeriod").GetProperty("Start").GetString() == "2026-08-20" ? TestFault.Denied("ce:GetCostAndUsage") : null;
        var run = await portal.RunAsync("CostExplorer", new JobRequest("Backfill", "Ada", range));
        // 112 days in steps of 31 from the newest: two steps come, the third (from 20 Aug) is denied.
        Assert.Equal((FeedOutcome.Partial, "Ada"), (run.Outcome, run.Who));
        Assert.Equal((new DateTime(2026, 9, 20), Now.Date), (run.CoveredFrom, run.CoveredTo));
        Assert.Equal(40, (await LinesAsync(portal)).Count);
    }

    [Fact]
    public async Task A_long_stop_leaves_no_gap()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        await portal.RunAsync("CostExplorer");
        server.Calls.Clear();
        _clock.Now = Now.AddDays(60);
        var run = await portal.RunAsync("CostExplorer");
        Assert.Equal(Now.Date, run.CoveredFrom);
    }

    [Fact]
    public async Task A_connection_without_an_account_says_what_to_set()
    {
        var (server, portal) = await OpenAsync();
        await using var s = server;
        await using var p = portal;
        portal.Get<AwsOptions>().Connections[0].AccountId = "";
        var run = await portal.RunAsync("CostExplorer");
        Assert.Equal((FeedOutcome.Failed, "Connection Payer has no AccountId."), (run.Outcome, run.Message));
        Assert.Contains("AccountId", run.Cure, StringComparison.Ordinal);
    }
}
