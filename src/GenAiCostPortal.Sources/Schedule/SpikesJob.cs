using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Spikes;

namespace GenAiCostPortal.Sources.Schedule;

/// <summary>Looks for what left its usual course, explains it, and holds it against the bill.</summary>
internal sealed class SpikesJob(SpikeWatch watch) : IScheduledJob
{
    public const string JobName = "Spikes";
    public string Name => JobName;
    public IReadOnlyList<string> Connections => [""];
    public TimeSpan? Reach => null;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        // Who feeds a whole history at once wants all of it looked at.
        var outcome = await watch.LookAsync(run.Progress, isAnew: run.Request.Trigger == "Sample", cancel);
        run.Rows = outcome.Opened + outcome.Changed + outcome.Closed + outcome.Confirmed;
        run.Outcome = outcome.IsNothing ? FeedOutcome.NothingToDo : FeedOutcome.Succeeded;
        run.Message = FormattableString.Invariant(outcome.IsNothing
            ? (FormattableString)$"{outcome.Series} series tested, nothing new." : $"{outcome.Series} series tested: {outcome.Opened} opened, {outcome.Changed} changed, {outcome.Closed} ended, {outcome.Confirmed} held against the bill.");
    }
}
