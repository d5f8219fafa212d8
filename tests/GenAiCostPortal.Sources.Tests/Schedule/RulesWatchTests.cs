using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Sources.Aws;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace GenAiCostPortal.Sources.Schedule;

public sealed class RulesWatchTests
{
    private static readonly DateTime Now = new(2026, 11, 21, 14, 2, 0, DateTimeKind.Utc);

    [Fact]
    public async Task A_changed_rule_has_the_ledger_built_and_the_run_says_why()
    {
        await using var portal = await TestPortal.OpenAsync(new AwsOptions(), new TestClock(Now));
        var day = DateOnly.FromDateTime(Now).AddDays(-5);
        var line = new BilledLineRead(day, "111111111111", "us-east-1", "Amazon Bedrock", "USE1-NovaLite-input-tokens", ChargeCategory.Usage, null, 3m, 50m, "1K tokens", false);
        await portal.Get<BillWriter>().ReplaceAsync(new BilledDaysRead("CostExplorer", day, day.AddDays(1), Now, [line], [], new Dictionary<string, string>()));
        await portal.Get<LedgerBuild>().BuildDueAsync();
        var watch = portal.Get<IEnumerable<IHostedService>>().OfType<RulesWatch>().Single();
        await watch.StartAsync(CancellationToken.None);
        await portal.Get<RuleDesk>().AddAsync(new OwnerRuleDraft { Name = "a", Conditions = [new(RuleSubject.Region, RuleMatch.Is, "us-east-1")], Team = "Growth", Feature = "a" }, "Ada");
        FeedRun? run = null;
        for (var i = 0; i < 600 && run?.Outcome is null or FeedOutcome.Running; i++)
        {
            await Task.Delay(50);
            run = (await portal.Get<FeedReport>().RunsAsync(LedgerJob.JobName, 1)).FirstOrDefault();
        }
        await watch.StopAsync(CancellationToken.None);
        Assert.Equal((FeedOutcome.Succeeded, "Rules"), (run!.Outcome, run.Trigger));
        Assert.Equal(3m, (await portal.Get<RuleReport>().ReadAsync()).Uses[(RuleKind.Owner, 1)].Usd);
    }
}
