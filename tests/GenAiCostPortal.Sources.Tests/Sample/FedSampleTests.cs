using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Aws;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>A portal fed with the sample organisation, once for all tests of the class.</summary>
public sealed class FedSample : IAsyncLifetime
{
    internal TestPortal Portal { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var aws = new AwsOptions();
        var stage = new ServiceCollection();
        stage.AddSample(new SampleOptions { Now = MadeInputs.Now }, aws);
        Portal = await TestPortal.OpenAsync(aws, TimeProvider.System, also: services =>
        {
            foreach (var service in stage) services.Add(service);
        });
        await Portal.Get<Dimensions>().LoadAsync();
        await Portal.Get<PriceFinder>().LoadAsync();
        await Portal.Get<Otlp.Inbox>().StartAsync(CancellationToken.None);
        await FeedAsync();
    }

    internal async Task FeedAsync()
    {
        var feeding = Portal.Get<IEnumerable<IHostedService>>().OfType<SampleFeeding>().Single();
        await feeding.StartAsync(CancellationToken.None);
        await feeding.ExecuteTask!;
    }

    public async Task DisposeAsync()
    {
        await Portal.Get<Otlp.Inbox>().StopAsync(CancellationToken.None);
        await Portal.DisposeAsync();
    }
}

/// <summary>What the portal says of the sample organisation, against its raw inputs and the factors of the story.</summary>
public sealed class FedSampleTests(FedSample fed) : IClassFixture<FedSample>
{
    private static readonly Story Story = Story.Told;
    private static readonly DateTime StoryDay = MadeInputs.StoryDay.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
    private static readonly DateTime Today = MadeInputs.Now.Date;

    [Fact]
    public async Task Every_run_succeeded()
    {
        var runs = await fed.Portal.ReadAsync(db => db.FeedRuns.AsNoTracking().ToListAsync());
        Assert.All(runs, r => Assert.True(r.Outcome is FeedOutcome.Succeeded or FeedOutcome.NothingToDo, $"{r.Feed} {r.Connection}: {r.Message}"));
        Assert.Equal(["CloudWatch", "CostExplorer", "Ledger", "Sample", "Spikes"], runs.Select(r => r.Feed).Distinct().Order());
        Assert.Equal(2, runs.Count(r => r.Feed == "CostExplorer"));
    }

    [Fact]
    public async Task Every_sent_call_is_stored_with_its_tokens()
    {
        var calls = await fed.Portal.ReadAsync(db => db.Calls.AsNoTracking().ToListAsync());
        var sent = MadeInputs.SentCalls;
        Assert.Equal(sent.Count, calls.Count);
        Assert.Equal(sent.Sum(c => c.Input), calls.Sum(c => c.Input));
        Assert.Equal(sent.Sum(c => c.CacheRead), calls.Sum(c => c.CacheRead));
        Assert.Equal(sent.Sum(c => c.CacheWrite), calls.Sum(c => c.CacheWrite5m));
        Assert.Equal(sent.Sum(c => c.Output), calls.Sum(c => c.Output));
        Assert.DoesNotContain(calls, c => (c.Flags & (CallFlags.TokensInconsistent | CallFlags.ModelUnresolved | CallFlags.AccountUnknown)) != 0 && c.CostState != CostState.Unpriced);
        Assert.Equal(sent.Count(c => c.Error.Length > 0), calls.Count(c => (c.Flags & CallFlags.WasRetried) != 0));
        Assert.Equal(sent.Count(c => c.Model == "larkfield-doc-classifier-v2"), calls.Count(c => c.CostState == CostState.Unpriced));
        Assert.Equal(sent.Count(c => c.Model == "claude-sonnet-4-5-20250929"), calls.Count(c => (c.Flags & CallFlags.OffBill) != 0));
    }

    [Fact]
    public async Task The_ledger_of_billed_days_is_the_made_bill()
    {
        var from = new DateOnly(2026, 8, 23);
        var (groups, _) = await MadeInputs.BillAsync(from, MadeInputs.StoryDay.AddDays(3), "SERVICE", "RECORD_TYPE");
        var made = groups.Where(g => MadeBillTests.IsGenAi(g.Key1)).Sum(g => g.Usd);
        var answer = await AskAsync(from.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), StoryDay.AddDays(3));
        Assert.Equal(made, answer.BilledUsd, 4);
    }

    [Fact]
    public async Task The_dear_day_is_7_8_times_a_usual_one()
    {
        var dear = await AskAsync(StoryDay, StoryDay.AddDays(1));
        Assert.Equal(Story.DearDay.TotalUsd, dear.TotalUsd, 0);
        var feature = await AskAsync(StoryDay, StoryDay.AddDays(1), SpendDimension.Feature);
        var share = feature.Rows.Single(r => r.Keys[0] == Story.Feature).CostUsd;
        // Staging of the same feature costs about a dollar a day more.
        Assert.InRange(share, Story.DearDay.FeatureUsd, Story.DearDay.FeatureUsd + 2);
        var before = new List<decimal>();
        for (var week = 1; week <= 4; week++) before.Add((await AskAsync(StoryDay.AddDays(-7 * week), StoryDay.AddDays(1 - 7 * week))).BilledUsd);
        Assert.InRange(dear.TotalUsd / before.Order().Skip(1).Take(2).Average(), Story.DearDay.TimesUsual - 0.15m, Story.DearDay.TimesUsual + 0.15m);
    }

    [Fact]
    public async Task The_dear_release_shows_the_factors_of_the_story()
    {
        var filter = new SpendFilter(new Dictionary<SpendDimension, IReadOnlyList<string>>
        {
            [SpendDimension.Feature] = [Story.Feature], [SpendDimension.Environment] = ["prod"], [SpendDimension.Release] = [Story.ReleaseDear],
        });
        var answer = await fed.Portal.Get<SpendReport>().ReadAsync(new SpendQuery(StoryDay, StoryDay.AddDays(1), [SpendDimension.Release], Granularity.None, SpendView.Estimated, filter));
        var row = Assert.Single(answer.Rows);
        var firstAttempts = Story.Dear.RequestsInWindow * Story.Dear.CallsPerRequest;
        var billed = firstAttempts * Story.Dear.BilledAttemptsPerCall;
        Assert.Equal(Story.Dear.RequestsInWindow, row.Requests);
        Assert.Equal(billed + firstAttempts * Story.Dear.ThrottledShareOfCalls, row.Calls);
        Assert.Equal(billed * Story.Dear.PromptTokensPerCall, row.Tokens.Input + row.Tokens.CacheRead + row.Tokens.CacheWrite5m);
        Assert.Equal(billed * Story.Dear.OutputTokensPerCall, row.Tokens.Output);
    }

    /// <summary>From raw OTLP, CloudWatch and the bill to the sentence: the feature, the release, both causes with their factors, and traces that loop.</summary>
    [Fact]
    public async Task The_story_is_found_told_and_confirmed_by_the_bill()
    {
        var list = fed.Portal.Get<SpikeList>();
        var listed = await list.ReadAsync(StoryDay, StoryDay.AddDays(1));
        var item = Assert.Single(listed);
        Assert.Equal((SpikeScope.Feature, Story.Feature, SpikeKind.Spike), (item.Scope, item.ScopeName, item.Kind));
        Assert.InRange(item.Start, StoryDay.AddHours(8), StoryDay.AddHours(9));
        Assert.InRange(item.End, StoryDay.AddHours(19), StoryDay.AddHours(21));
        Assert.Contains($"prompts in {Story.Feature} grew", item.Sentence, StringComparison.Ordinal);
        Assert.Contains($"since {Story.ReleaseDear}", item.Sentence, StringComparison.Ordinal);
        Assert.Contains("calls per request", item.Sentence, StringComparison.Ordinal);
        Assert.Contains("agent loop", item.Sentence, StringComparison.Ordinal);
        Assert.Equal((Story.ReleaseDear, SpikeConfirmation.Confirmed), (item.FirstSeenRelease, item.Confirmation));

        var detail = (await list.OpenAsync(item.Id))!;
        var effects = detail.Change!.Effects.ToDictionary(e => e.Factor + e.Name);
        Assert.Equal(item.ImpactUsd, effects.Values.Sum(e => e.Usd));
        Assert.InRange(effects["promptLength"].To!.Value / effects["promptLength"].From!.Value, 0.95 * (double)Story.Factors.PromptTokensPerCall, 1.05 * (double)Story.Factors.PromptTokensPerCall);
        Assert.InRange(effects["callsPerRequest"].To!.Value / effects["callsPerRequest"].From!.Value, 0.95 * (double)Story.Factors.CallsPerRequest, 1.05 * (double)Story.Factors.CallsPerRequest);
        Assert.Equal(7, detail.Exemplars.Count);
        Assert.All(detail.Exemplars.Where(e => e.Role != ExemplarRole.Before), e => Assert.True(e.Trace.Loops > 0 && e.Trace.Release == Story.ReleaseDear));
        Assert.Equal(0, detail.Exemplars.Single(e => e.Role == ExemplarRole.Before).Trace.Loops);
        Assert.Contains(detail.Parts, p => p.Scope == SpikeScope.Total);
    }

    [Fact]
    public async Task Thirty_days_are_well_explained_by_tags_and_traces()
    {
        var answer = await AskAsync(Today.AddDays(-30), Today);
        Assert.InRange(answer.MeasuredShare!.Value, 0.93m, 0.98m);
        var methods = answer.Rows.Single().Methods;
        Assert.InRange(methods[AllocationMethod.Tag] / answer.BilledUsd, 0.75m, 0.85m);
        Assert.InRange(methods[AllocationMethod.Trace] / answer.BilledUsd, 0.10m, 0.22m);
        // Declared: the untagged checks of the guardrail by a split rule, us-west-2 for a week by an owner rule; before it nobody.
        Assert.True(methods[AllocationMethod.Shared] > 0 && methods[AllocationMethod.Rule] > 0);
        Assert.InRange(answer.DeclaredShare!.Value, 0.001m, 0.03m);
        Assert.True(answer.Rows.Single().Reasons.ContainsKey(UnattributedReason.RegionNotLogged));
        Assert.True(answer.Rows.Single().Reasons.ContainsKey(UnattributedReason.NoCallRecorded));
    }

    [Fact]
    public async Task Days_are_closed_but_for_the_young_and_the_restated()
    {
        var open = await fed.Portal.ReadAsync(db => db.BilledDays.AsNoTracking().Where(d => d.ClosedAt == null).Select(d => d.Day).Distinct().ToListAsync());
        Assert.Contains(MadeInputs.Organisation.Calendar.RestatedDay, open);
        Assert.All(open.Where(d => d != MadeInputs.Organisation.Calendar.RestatedDay), day => Assert.InRange(day, MadeInputs.Organisation.Calendar.Today.AddDays(-2), MadeInputs.Organisation.Calendar.Today));
    }

    [Fact]
    public async Task Yesterday_is_part_bill_and_part_estimate_and_today_estimate_alone()
    {
        var yesterday = await AskAsync(Today.AddDays(-1), Today);
        Assert.InRange(yesterday.BilledUsd, 45, 75);
        Assert.InRange(yesterday.TotalUsd, 120, 146);
        var today = await AskAsync(Today, Today.AddDays(1));
        Assert.Equal(0, today.BilledUsd);
        Assert.True(today.EstimatedUsd > 20);
    }

    [Fact]
    public async Task A_second_start_feeds_nothing_and_goes_on_with_the_same_organisation()
    {
        var before = await fed.Portal.ReadAsync(db => db.FeedRuns.CountAsync());
        await fed.FeedAsync();
        Assert.Equal(before, await fed.Portal.ReadAsync(db => db.FeedRuns.CountAsync()));
    }

    private Task<SpendAnswer> AskAsync(DateTime from, DateTime to, params SpendDimension[] groupBy) =>
        fed.Portal.Get<SpendReport>().ReadAsync(new SpendQuery(from, to, groupBy, Granularity.None, SpendView.Ledger, SpendFilter.None));
}
