using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Aws;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Xunit;

namespace GenAiCostPortal.Sources.Schedule;

public sealed class JobRunnerTests
{
    private static readonly DateTime Now = new(2026, 11, 21, 14, 2, 0, DateTimeKind.Utc);
    private readonly TestClock _clock = new(Now);

    private Task<TestPortal> OpenAsync(params IScheduledJob[] jobs) => TestPortal.OpenAsync(
        new AwsOptions { Connections = [new AwsConnectionOptions { Name = "Payer", RoleArn = "arn:aws:iam::111111111111:role/portal-reader" }] }, _clock,
        services =>
        {
            services.RemoveAll<IScheduledJob>();
            foreach (var job in jobs) services.AddSingleton(job);
        });

    [Fact]
    public async Task A_run_is_a_row_from_its_start_to_its_end()
    {
        var seen = new List<FeedOutcome>();
        TestPortal? portal = null;
        await using var opened = portal = await OpenAsync(new MadeJob("CostExplorer", async run =>
        {
            seen.Add((await portal!.Get<FeedReport>().RunsAsync(null, 1))[0].Outcome);
            run.Rows = 12;
            run.Cover(Now.Date.AddDays(-3), Now.Date);
            run.Tally.Add(10_000_000);
            run.Message = "3 days read.";
        }));
        var row = await portal.RunAsync("CostExplorer");
        Assert.Equal([FeedOutcome.Running], seen);
        Assert.Equal((FeedOutcome.Succeeded, 12L, 1d, 1L, 10_000_000L), (row.Outcome, row.Rows, row.Progress, row.Requests, row.RequestCostNanoUsd));
        Assert.Equal((Now.Date.AddDays(-3), Now.Date, Now), (row.CoveredFrom, row.CoveredTo, row.End));
        Assert.Equal("3 days read.", row.Message);
    }

    [Fact]
    public async Task A_throw_is_a_failed_row_in_our_words_and_in_the_log_with_its_number()
    {
        await using var portal = await OpenAsync(new MadeJob("CloudWatch", _ => throw new InvalidOperationException("secret-in-a-message")));
        var row = await portal.RunAsync("CloudWatch");
        Assert.Equal((FeedOutcome.Failed, "The run failed unexpectedly."), (row.Outcome, row.Message));
        Assert.DoesNotContain("secret", row.Message + row.Cure, StringComparison.Ordinal);
        Assert.Contains(portal.Log.Entries, e => e.Fault is InvalidOperationException && e.Text.Contains($"Run {row.Id} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Access_denied_names_the_action_and_the_cure()
    {
        await using var portal = await OpenAsync(new MadeJob("CostExplorer",
            _ => throw new AwsRefusedException("AccessDeniedException", "User … is not authorized", 400, "ce:GetCostAndUsage")));
        var row = await portal.RunAsync("CostExplorer");
        Assert.Equal((FeedOutcome.Failed, "The role lacks ce:GetCostAndUsage."), (row.Outcome, row.Message));
        Assert.StartsWith("Allow the action ce:GetCostAndUsage to the role arn:aws:iam::111111111111:role/portal-reader", row.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_read_before_a_refusal_stays_covered()
    {
        await using var portal = await OpenAsync(new MadeJob("CostExplorer", run =>
        {
            run.Rows = 5;
            run.Cover(Now.Date.AddDays(-31), Now.Date);
            throw new AwsRefusedException("ThrottlingException", "Rate exceeded", 400);
        }));
        var row = await portal.RunAsync("CostExplorer");
        Assert.Equal((FeedOutcome.Partial, 5L, Now.Date), (row.Outcome, row.Rows, row.CoveredTo));
    }

    [Fact]
    public async Task Run_now_while_running_says_since_when()
    {
        var go = new TaskCompletionSource();
        var inside = new TaskCompletionSource();
        await using var portal = await OpenAsync(new MadeJob("CostExplorer", async _ =>
        {
            inside.SetResult();
            await go.Task;
        }));
        var schedule = portal.Get<IJobSchedule>();
        var first = await schedule.RunNowAsync("CostExplorer", "Ada");
        Assert.NotNull(first.RunId);
        await inside.Task;
        var row = await portal.Get<FeedReport>().RunAsync(first.RunId.Value);
        Assert.Equal((FeedOutcome.Running, "RunNow", "Ada"), (row!.Outcome, row.Trigger, row.Who));

        _clock.Now = Now.AddMinutes(5);
        var second = await schedule.RunNowAsync("CostExplorer", "Bob");
        Assert.Null(second.RunId);
        Assert.Equal("CostExplorer is already running since 14:02 (UTC).", second.Message);
        Assert.False(await portal.Get<JobRunner>().RunAsync("CostExplorer", JobRequest.Scheduled, CancellationToken.None));
        Assert.True((await schedule.JobsAsync())[0].IsRunning);

        go.SetResult();
        Assert.Equal(1, await portal.ReadAsync(db => db.FeedRuns.CountAsync()));
    }

    [Fact]
    public async Task The_ledger_is_built_after_a_changed_bill_and_again_when_asked_meanwhile()
    {
        var built = 0;
        TestPortal? portal = null;
        var feed = new MadeJob("CostExplorer", run => Task.FromResult(run.HasChangedTheBill = true));
        var ledger = new MadeJob("Ledger", async _ =>
        {
            // The bill changes once more while the first build runs.
            if (++built == 1) await portal!.Get<JobRunner>().RunAsync("CostExplorer", JobRequest.Scheduled, CancellationToken.None);
        });
        var starter = new MadeJob("CloudWatch", run => Task.FromResult(run.HasChangedTheBill = true));
        await using var opened = portal = await OpenAsync(feed, ledger, starter);
        await portal.RunAsync("CloudWatch");
        Assert.Equal(2, built);
    }

    [Fact]
    public async Task Runs_that_a_crash_left_running_are_closed_at_start()
    {
        await using var portal = await OpenAsync(new MadeJob("CostExplorer", _ => Task.CompletedTask));
        await portal.Get<FeedRuns>().StartAsync("CostExplorer", "Payer");
        await portal.Get<JobSchedule>().StartAsync(CancellationToken.None);
        var row = Assert.Single(await portal.Get<FeedReport>().RunsAsync("CostExplorer"));
        Assert.Equal((FeedOutcome.Cancelled, "The portal stopped while this ran."), (row.Outcome, row.Message));
    }

    [Fact]
    public async Task A_job_that_finds_nothing_leaves_one_row()
    {
        await using var portal = await OpenAsync(new MadeJob("Ledger", run => Task.FromResult(run.Outcome = FeedOutcome.NothingToDo)));
        for (var i = 0; i < 5; i++) await portal.RunAsync("Ledger");
        Assert.Single(await portal.Get<FeedReport>().RunsAsync("Ledger"));
    }

    [Fact]
    public async Task Progress_reaches_the_store_at_most_once_a_second()
    {
        await using var portal = await OpenAsync();
        var run = await portal.Get<FeedRuns>().StartAsync("CostExplorer");
        var saves = 0;
        using var heard = portal.Get<Ledger.Store.LedgerChanges>().Subscribe(_ => Interlocked.Increment(ref saves));
        for (var i = 0; i < 100; i++) run.Report(i / 100d);
        Assert.Equal(0, saves);
        _clock.Now = Now.AddSeconds(2);
        run.Report(0.5);
        for (var i = 0; i < 100; i++) run.Report(0.6);
        await run.EndAsync(new RunOutcome(FeedOutcome.Failed));
        // One while it ran, one at its end.
        Assert.Equal(2, saves);
        Assert.Equal(0.6, (await portal.Get<FeedReport>().RunsAsync(null, 1))[0].Progress);
    }

    [Theory]
    [InlineData("Ledger", "2026-11-01", "2026-11-02", "Ledger cannot read past days.")]
    [InlineData("CostExplorer", "2026-11-02", "2026-11-02", "The range is empty: its end is exclusive.")]
    [InlineData("CostExplorer", "2026-11-20", "2026-11-23", "The range ends in the future.")]
    [InlineData("CostExplorer", "2024-11-20", "2024-11-23", "AWS keeps this for 395 days; begin no earlier than 2025-10-22.")]
    [InlineData("XRay", "2026-11-01", "2026-11-02", "There is no job XRay.")]
    public async Task A_backfill_that_cannot_be_is_refused_with_the_reason(string feed, string from, string to, string reason)
    {
        await using var portal = await OpenAsync(new MadeJob("CostExplorer", _ => Task.CompletedTask, TimeSpan.FromDays(395)), new MadeJob("Ledger", _ => Task.CompletedTask));
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var asked = await portal.Get<IJobSchedule>().BackfillAsync(feed, DateOnly.Parse(from, culture), DateOnly.Parse(to, culture), "Ada");
        Assert.Equal((null, reason), (asked.RunId, asked.Message));
    }

    [Fact]
    public void Cron_comes_from_the_settings_in_UTC_or_is_off()
    {
        var triggers = JobTable.Read(new ScheduleOptions { Jobs = { ["costexplorer"] = "15 */6 * * *", ["CloudWatch"] = "off" } });
        Assert.Equal("by cron 15 */6 * * * (UTC)", triggers["CostExplorer"].InWords);
        Assert.Equal(new DateTime(2026, 11, 21, 18, 15, 0), triggers["CostExplorer"].Cron!.GetNextValidTimeAfter(new DateTimeOffset(Now))!.Value.UtcDateTime);
        Assert.Equal((null, "off"), (triggers["CloudWatch"].Cron, triggers["CloudWatch"].InWords));
        Assert.Equal(new DateTime(2026, 11, 21, 19, 20, 0), JobTable.Read(new ScheduleOptions())["CostExplorer"].Cron!.GetNextValidTimeAfter(new DateTimeOffset(Now))!.Value.UtcDateTime);
        var wrong = new ScheduleOptions { Jobs = { ["Ledger"] = "sometimes", ["Leger"] = "Off", ["Retention"] = "Off", ["XRay"] = "0 3 * * *" } };
        Assert.Equal(["Ledger", "Leger"], wrong.Mistakes().Select(m => m.Job));
        Assert.Throws<FormatException>(() => JobTable.Read(new ScheduleOptions { Jobs = { ["Ledger"] = "sometimes" } }));
    }

    [Fact]
    public async Task What_was_due_while_the_portal_was_off_is_missed()
    {
        await using var portal = await OpenAsync(new MadeJob("CostExplorer", _ => Task.CompletedTask), new MadeJob("Ledger", _ => Task.CompletedTask));
        var schedule = portal.Get<JobSchedule>();
        Assert.Equal(["CostExplorer", "Ledger"], await schedule.MissedAsync(CancellationToken.None));
        await portal.RunAsync("CostExplorer");
        await portal.RunAsync("Ledger");
        Assert.Empty(await schedule.MissedAsync(CancellationToken.None));
        // 19:20 passes without a run.
        _clock.Now = Now.Date.AddHours(19).AddMinutes(21);
        Assert.Contains("CostExplorer", await schedule.MissedAsync(CancellationToken.None));
    }

    private sealed class MadeJob(string name, Func<JobRun, Task> work, TimeSpan? reach = null) : IScheduledJob
    {
        public string Name => name;
        public IReadOnlyList<string> Connections => name == "Ledger" ? [""] : ["Payer"];
        public TimeSpan? Reach => reach;
        public Task RunAsync(JobRun run, CancellationToken cancel) => work(run);
    }
}
