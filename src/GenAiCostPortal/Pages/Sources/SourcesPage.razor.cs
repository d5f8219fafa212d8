using GenAiCostPortal.Access;
using GenAiCostPortal.Actions;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Pages.Sources;

/// <summary>Where usage and cost come from, how each source does, and what to do when it does not.</summary>
public sealed partial class SourcesPage
{
    private const int RunsShown = 40;

    protected override bool Concerns(LedgerPart part) => part is LedgerPart.Feeds or LedgerPart.Costs or LedgerPart.Traces;

    protected override async Task<SourcesAnswer> ReadAsync(PortalUrl url, CancellationToken cancel)
    {
        var states = await Feeds.ReadAsync(cancel);
        var jobs = new List<JobState>();
        foreach (var job in (await Schedule.JobsAsync(cancel)).Where(j => states.All(s => s.Feed != j.Name)))
            jobs.Add(new(job, (await Feeds.RunsAsync(job.Name, 1, cancel)).FirstOrDefault()));
        var month = Period.Of(PeriodName.MonthToDate, Today);
        var bill = await Spend.ReadAsync(new SpendQuery(month.FromUtc, month.ToUtc, [], Granularity.None, SpendView.Ledger, SpendFilter.None), cancel);
        var runsOf = states.Select(s => s.Feed).Concat(jobs.Select(j => j.Job.Name)).FirstOrDefault(name => name == url["runs"]) ?? "";
        var checks = (await Feeds.RunsAsync(PermissionCheck.Feed, RunsShown, cancel)).Where(r => r.Start >= month.FromUtc).ToList();
        return new SourcesAnswer(states, jobs, checks, await Receiver.ReadAsync(cancel), bill, runsOf,
            runsOf.Length == 0 ? [] : await Feeds.RunsAsync(runsOf, RunsShown, cancel));
    }

    private string Sub
    {
        get
        {
            var connections = Reading.Answer?.On.Where(f => f.Connection.Length > 0).DistinctBy(f => f.Connection).Count() ?? 0;
            return "Where usage and cost come from · " + (connections == 0 ? "" : Connections(connections)) + "times in UTC";
        }
    }

    private static string Connections(int connections) => connections == 1 ? "one AWS connection · " : $"{connections} AWS connections · ";

    private string RunsHref(string feed) => Url.With("runs", feed).ToString();

    private Task RunAsync(string job, string title) => Act.RunAsync(Policies.Operator, "Run now", title, async who => Said(await Schedule.RunNowAsync(job, who)));

    private Task BackfillAsync((string Feed, DateOnly From, DateOnly To) range) =>
        Act.RunAsync(Policies.Operator, $"Backfill {DayText.Days(range.From, range.To)}", range.Feed,
            async who => Said(await Schedule.BackfillAsync(range.Feed, range.From, range.To, who)));

    private static ActionOutcome Said(RunAsked asked) =>
        new(asked.Message.Length > 0 ? asked.Message : $"Run {asked.RunId} has begun; its progress stands at the feed.", asked.RunId is not null);

    private static string JobAdds(string job) => job switch
    {
        "Ledger" => "gives every billed dollar its owner",
        "Retention" => "removes spans and calls past their days, in small steps",
        "InferenceProfiles" => "asks Bedrock which model an application inference profile stands for",
        "Attribution" => "gives stored calls the owners that today's keys name",
        _ => "",
    };
}
