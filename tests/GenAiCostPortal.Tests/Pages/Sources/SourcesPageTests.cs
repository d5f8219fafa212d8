using Bunit;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Pages.Sources;

public sealed class SourcesPageTests
{
    private static FeedPlan CostExplorer => new(
        "CostExplorer", "Payer", "Cost Explorer", "Billed cost per day", "$0.01 for each page read", ["ce:GetCostAndUsage"], true, "at 05:20 (UTC)", TimeSpan.FromHours(48),
        () => PageBench.Now.AddHours(4));

    private static async Task<PageBench> BenchAsync(Action<FeedRun>? with = null)
    {
        var bench = await PageBench.OpenAsync();
        bench.Get<FeedPlans>().Set([CostExplorer]);
        if (with is null) return bench;
        var run = new FeedRun
        {
            Feed = "CostExplorer", Connection = "Payer", Start = PageBench.Now.AddHours(-2), End = PageBench.Now.AddHours(-2).AddSeconds(48), Outcome = FeedOutcome.Succeeded, Rows = 21_377,
            CoveredFrom = new(2026, 9, 1, 0, 0, 0, DateTimeKind.Utc), CoveredTo = new(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc), Requests = 174, RequestCostNanoUsd = 1_740_000_000,
        };
        with(run);
        await using var db = bench.Db();
        db.FeedRuns.Add(run);
        db.SignalCounts.Add(new() { Signal = "traces", Received = 1_000, Stored = 982, Rejected = 18, LastAt = PageBench.Now.AddSeconds(-2) });
        db.Senders.Add(new() { ScopeName = "openinference.instrumentation.bedrock", ScopeVersion = "0.1.30", Language = "python", Reading = "cache inside input", Spans = 40, Calls = 20, RollUps = 7, FirstSeen = PageBench.Now.AddDays(-9), LastSeen = PageBench.Now });
        await db.SaveChangesAsync();
        return bench;
    }

    [Fact]
    public async Task A_feed_says_how_it_does_what_it_covers_and_what_it_cost()
    {
        await using var bench = await BenchAsync(_ => { });
        var page = bench.Render<SourcesPage>("/sources");
        page.WaitForElement(".feed");
        var feed = page.FindAll(".feed").Single(f => f.TextContent.Contains("Cost Explorer", StringComparison.Ordinal));
        Assert.Equal("Up to date", feed.QuerySelector(".tag")!.TextContent);
        Assert.Contains("to 19 Nov", feed.TextContent, StringComparison.Ordinal);
        Assert.Contains("21,377", feed.TextContent, StringComparison.Ordinal);
        Assert.Contains("ce:GetCostAndUsage", feed.TextContent, StringComparison.Ordinal);
        Assert.Contains("$1.74", page.Markup, StringComparison.Ordinal);
        Assert.Contains("of the cap of $20.00 a month", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Received_is_stored_plus_refused_and_senders_are_listed()
    {
        await using var bench = await BenchAsync(_ => { });
        var page = bench.Render<SourcesPage>("/sources");
        page.WaitForElement(".feed");
        var row = page.FindAll("tr").Single(r => r.FirstElementChild!.TextContent == "Spans");
        Assert.Equal(["Spans", "1,000", "982", "18"], row.Children.Take(4).Select(c => c.TextContent));
        Assert.Contains("cache inside input", page.Markup, StringComparison.Ordinal);
        Assert.Equal(["40", "20", "7"], page.FindAll("tr").Single(r => r.TextContent.Contains("openinference.instrumentation.bedrock", StringComparison.Ordinal)).Children.Skip(3).Take(3).Select(c => c.TextContent));
    }

    [Fact]
    public async Task Sampled_traces_are_counted_beside_their_senders_and_the_settings_say_what_they_would_change()
    {
        await using var bench = await BenchAsync(_ => { });
        // One of four calls at p = 1/4: 100,000 and 1,000 tokens at 3 and 15 USD a million cost 0.315 USD and stand for three times that.
        var (plain, sampled) = (new TraceId(1, 1), new TraceId(1, 2));
        await bench.WriteAsync([.. Enumerable.Range(1, 3).Select(i => MadeSpans.Call(plain, (ulong)i, 0, i * 1_000, 100_000, 1_000)), MadeSpans.Call(sampled, 9, 0, 100, 100_000, 1_000) with { TraceState = "ot=th:c" }]);
        const string state = "25.0 % of calls come from sampled traces; extrapolation is off.";
        var page = bench.Render<SourcesPage>("/sources");
        page.WaitForElement(".foot-note.sampled");
        Assert.Contains(state, page.Find(".foot-note.sampled").TextContent.Replace('\u00a0', ' '), StringComparison.Ordinal);

        var setting = bench.Context.Render<Settings.SampledSetting>();
        setting.WaitForElement("#sampled");
        var words = setting.Find("#sampled").TextContent.Replace('\u00a0', ' ');
        Assert.Contains(state, words, StringComparison.Ordinal);
        Assert.Contains("$0.95 at the price of these calls", words, StringComparison.Ordinal);
        Assert.Contains("Ledger:ExtrapolateSampledTraces", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_sampled_trace_Sources_says_nothing_of_them_and_the_settings_that_there_is_none()
    {
        await using var bench = await BenchAsync(_ => { });
        var page = bench.Render<SourcesPage>("/sources");
        page.WaitForElement(".feed");
        Assert.Empty(page.FindAll(".foot-note.sampled"));
        var setting = bench.Context.Render<Settings.SampledSetting>();
        Assert.Contains("No sender says that it samples.", setting.WaitForElement("#sampled").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_whose_model_Bedrock_does_not_say_is_named_with_the_reason()
    {
        const string Arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/ab12cd34ef56";
        await using var bench = await BenchAsync(_ => { });
        bench.Get<Ledger.ModelNames.InferenceProfiles>().Note(Arn, "The credentials lack bedrock:GetInferenceProfile.");
        var page = bench.Render<SourcesPage>("/sources");
        page.WaitForElement(".feed");
        Assert.Equal([$"ab12cd34ef56{Arn}", "The credentials lack bedrock:GetInferenceProfile.", "–"], page.FindAll("tr").Single(r => r.TextContent.Contains(Arn, StringComparison.Ordinal)).Children.Select(c => c.TextContent));
    }

    [Fact]
    public async Task A_failed_feed_stands_in_the_headline_with_its_reason_and_cure()
    {
        await using var bench = await BenchAsync(run => (run.Outcome, run.Message, run.Cure) = (FeedOutcome.Failed, "AWS refused ce:GetCostAndUsage.", "Add the action to the role."));
        var page = bench.Render<SourcesPage>("/sources");
        page.WaitForElement(".callout.bad");
        Assert.Contains("Cost Explorer has stopped", page.Find(".lead").TextContent, StringComparison.Ordinal);
        Assert.Contains("AWS refused ce:GetCostAndUsage.", page.Find(".callout.bad").TextContent, StringComparison.Ordinal);
        Assert.Contains("Add the action to the role.", page.Find(".callout.bad").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_feed_shows_its_progress_and_cannot_be_started_again()
    {
        await using var bench = await BenchAsync(run => (run.Outcome, run.End, run.Progress) = (FeedOutcome.Running, null, 0.64));
        var page = bench.Render<SourcesPage>("/sources");
        Assert.Equal("64", page.WaitForElement("[role=progressbar]").GetAttribute("aria-valuenow"));
        Assert.True(page.FindAll(".feed .acts button").Single().HasAttribute("disabled"));
    }

    [Fact]
    public async Task Run_now_asks_the_schedule_in_my_name_and_is_logged()
    {
        await using var bench = await BenchAsync(_ => { });
        var page = bench.Render<SourcesPage>("/sources");
        page.WaitForElement(".feed .acts button");
        await page.InvokeAsync(() => page.Find(".feed .acts button").ClickAsync(new()));
        Assert.Equal(["run CostExplorer for Ada"], bench.Schedule.Asked);
        var logged = Assert.Single(await bench.Get<ActionLog>().RecentAsync());
        Assert.Equal(("Ada", "Run now", "Cost Explorer", "done"), (logged.Who, logged.Action, logged.Target, logged.Outcome));
    }

    [Fact]
    public async Task Without_the_role_nothing_runs_and_the_refusal_is_logged()
    {
        await using var bench = await BenchAsync(_ => { });
        bench.SignIn.SetPolicies(nameof(PortalRole.Viewer));
        var page = bench.Render<SourcesPage>("/sources");
        page.WaitForElement(".feed .acts button");
        await page.InvokeAsync(() => page.Find(".feed .acts button").ClickAsync(new()));
        Assert.Empty(bench.Schedule.Asked);
        Assert.Equal("refused", Assert.Single(await bench.Get<ActionLog>().RecentAsync()).Outcome);
    }

    [Fact]
    public async Task A_backfill_covers_the_days_chosen_both_included()
    {
        await using var bench = await BenchAsync(_ => { });
        var page = bench.Render<SourcesPage>("/sources");
        page.WaitForElement(".backfill");
        await page.InvokeAsync(() => page.FindAll(".backfill input[type=date]")[0].ChangeAsync(new() { Value = "2026-10-01" }));
        await page.InvokeAsync(() => page.FindAll(".backfill input[type=date]")[1].ChangeAsync(new() { Value = "2026-10-31" }));
        await page.InvokeAsync(() => page.Find(".backfill").SubmitAsync());
        Assert.Equal(["backfill CostExplorer 2026-10-01 2026-11-01 for Ada"], bench.Schedule.Asked);
    }

    [Fact]
    public async Task The_runs_of_a_feed_open_by_the_address()
    {
        await using var bench = await BenchAsync(run => run.Trigger = "RunNow");
        var page = bench.Render<SourcesPage>("/sources?runs=CostExplorer");
        page.WaitForElement("#runs");
        Assert.Contains("run now", page.Find("#runs tbody").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_portal_says_how_to_begin()
    {
        await using var bench = await PageBench.OpenAsync();
        var page = bench.Render<SourcesPage>("/sources");
        page.WaitForElement(".feed");
        Assert.Contains("No source has delivered yet.", page.Find(".lead").TextContent, StringComparison.Ordinal);
        // The portal's own address takes OTLP too.
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost\n", page.Find(".snippet").TextContent.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("No AWS connection is set up", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_store_gives_Retry_and_a_slow_one_a_skeleton()
    {
        await using var bench = await BenchAsync(_ => { });
        bench.Stores.IsBroken = true;
        var page = bench.Render<SourcesPage>("/sources");
        page.WaitForElement("[role=alert]");
        bench.Stores.IsBroken = false;
        await page.InvokeAsync(() => page.Find("[role=alert] button").ClickAsync(new()));
        page.WaitForElement(".feed");
        bench.Stores.Shut();
        var slow = bench.Render<SourcesPage>("/sources");
        slow.WaitForElement("[aria-busy=true] .skeleton");
        bench.Stores.Open();
        slow.WaitForElement(".feed");
    }
}
