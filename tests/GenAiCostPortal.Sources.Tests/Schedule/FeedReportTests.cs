using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.Schedule;

public sealed class FeedReportTests
{
    private static readonly DateTime Now = new(2026, 11, 21, 14, 2, 0, DateTimeKind.Utc);
    private readonly TestClock _clock = new(Now);

    private async Task<TestPortal> OpenAsync()
    {
        var on = new AwsConnectionOptions { Name = "Payer", AccountId = "111111111111", Regions = ["us-east-1"], CostExplorer = { Enabled = true } };
        var portal = await TestPortal.OpenAsync(new AwsOptions { Connections = [on] }, _clock);
        await portal.Get<JobSchedule>().StartAsync(CancellationToken.None);
        return portal;
    }

    private static async Task<FeedState> StateAsync(TestPortal portal, string feed) => (await portal.Get<FeedReport>().ReadAsync()).Single(f => f.Feed == feed);

    private async Task RunAsync(TestPortal portal, DateTime start, RunOutcome outcome)
    {
        _clock.Now = start;
        var run = await portal.Get<FeedRuns>().StartAsync("CostExplorer", "Payer");
        await run.EndAsync(outcome);
        _clock.Now = Now;
    }

    [Fact]
    public async Task Feeds_say_what_they_add_need_and_cost_before_they_ever_ran()
    {
        await using var portal = await OpenAsync();
        var ce = await StateAsync(portal, "CostExplorer");
        Assert.Equal((FeedHealth.NeverRan, "never ran", "Payer"), (ce.Health, ce.Words, ce.Connection));
        Assert.Equal(["ce:GetCostAndUsage"], ce.Needs);
        Assert.Contains("$0.01", ce.Costs, StringComparison.Ordinal);
        Assert.Equal(new DateTime(2026, 11, 21, 19, 20, 0), ce.NextRun);
        var cw = await StateAsync(portal, "CloudWatch");
        Assert.Equal((FeedHealth.Off, "off", (DateTime?)null), (cw.Health, cw.Words, cw.NextRun));
        Assert.Equal((FeedHealth.NeverRan, "nothing received yet"), ((await StateAsync(portal, "Otlp")).Health, (await StateAsync(portal, "Otlp")).Words));
    }

    [Fact]
    public async Task Coverage_rows_and_spending_add_up_over_the_runs_of_the_month()
    {
        await using var portal = await OpenAsync();
        await RunAsync(portal, new DateTime(2026, 10, 30, 5, 20, 0, DateTimeKind.Utc), Read(Day(-60), Day(-22), rows: 7));
        await RunAsync(portal, Now.AddHours(-9), Read(Day(-35), Day(0), rows: 100));
        await RunAsync(portal, Now.AddHours(-2), Read(Day(-3), Day(0), rows: 10));
        var ce = await StateAsync(portal, "CostExplorer");
        Assert.Equal((FeedHealth.UpToDate, "up to date"), (ce.Health, ce.Words));
        Assert.Equal((Day(-60), Day(0)), (ce.CoveredFrom, ce.CoveredTo));
        Assert.Equal((110L, 24L, 0.24m), (ce.RowsThisMonth, ce.RequestsThisMonth, ce.SpentThisMonthUsd));
        Assert.Equal(Now - Day(0), ce.Lag);
        Assert.Equal(0.24m, (await portal.Get<AwsCostMeter>().ReadAsync()).ByConnection["Payer"]);

        // A range apart from the rest does not hide the gap between them.
        await RunAsync(portal, Now, Read(Day(-200), Day(-190), rows: 1));
        Assert.Equal(Day(-60), (await StateAsync(portal, "CostExplorer")).CoveredFrom);
    }

    [Fact]
    public async Task Late_stopped_partial_and_running_are_said_in_words()
    {
        await using var portal = await OpenAsync();
        await RunAsync(portal, Now.AddDays(-4), Read(Day(-40), Day(-4), rows: 1));
        Assert.Equal((FeedHealth.Late, "late since 19 Nov 00:00"), await HealthAsync(portal));
        await RunAsync(portal, Now.AddHours(-1), Read(Day(-4), Day(0), 1) with { Outcome = FeedOutcome.Partial, Message = "2 series came in part only." });
        Assert.Equal((FeedHealth.InPart, "up to date in part: 2 series came in part only."), await HealthAsync(portal));
        await RunAsync(portal, Now, new RunOutcome(FeedOutcome.Failed, "The role lacks ce:GetCostAndUsage.", "Allow it."));
        Assert.Equal((FeedHealth.Stopped, "stopped: The role lacks ce:GetCostAndUsage."), await HealthAsync(portal));
        Assert.Equal("Allow it.", (await StateAsync(portal, "CostExplorer")).Cure);
        await portal.Get<FeedRuns>().StartAsync("CostExplorer", "Payer");
        Assert.Equal((FeedHealth.Running, "reading since 14:02, 0 %"), await HealthAsync(portal));
    }

    [Fact]
    public async Task OTLP_is_receiving_or_silent_by_its_last_item()
    {
        await using var portal = await OpenAsync();
        await portal.ReadAsync(async db =>
        {
            db.SignalCounts.Add(new SignalCount { Signal = "traces", Received = 12, Stored = 10, Rejected = 2, LastAt = Now.AddMinutes(-1) });
            return await db.SaveChangesAsync();
        });
        var otlp = await StateAsync(portal, "Otlp");
        Assert.Equal((FeedHealth.Receiving, 10L, "2 of 12 items were refused."), (otlp.Health, otlp.RowsThisMonth, otlp.Error));
        _clock.Now = Now.AddMinutes(30);
        Assert.Equal("silent since 14:01", (await StateAsync(portal, "Otlp")).Words);
    }

    [Fact]
    public async Task A_month_near_its_cap_slows_the_feeds_and_says_so()
    {
        await using var portal = await OpenAsync();
        await RunAsync(portal, Now.AddHours(-9), Read(Day(-35), Day(0), rows: 1) with { RequestCostNanoUsd = 17_000_000_000 });
        var near = await portal.RunAsync("CostExplorer");
        Assert.Equal(FeedOutcome.NothingToDo, near.Outcome);
        Assert.Equal("The portal's own AWS requests cost $17.00 this month; the cap is $20.00. Near the cap the bill is read once a day.", near.Message);
        await RunAsync(portal, Now.AddDays(-2), Read(Day(-35), Day(-2), rows: 1) with { RequestCostNanoUsd = 3_000_000_000 });
        var reached = await portal.RunAsync("CostExplorer");
        Assert.Equal("The portal's own AWS requests cost $20.00 this month; the cap is $20.00. Nothing is read until next month.", reached.Message);
        Assert.Equal(0, reached.Requests);
    }

    private static async Task<(FeedHealth, string)> HealthAsync(TestPortal portal) => await StateAsync(portal, "CostExplorer") is var s ? (s.Health, s.Words) : default;
    private static DateTime Day(int offset) => Now.Date.AddDays(offset);
    private static RunOutcome Read(DateTime from, DateTime to, long rows) => new(FeedOutcome.Succeeded, "", "", rows, from, to, 12, 120_000_000);
}
