using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Prices;

namespace GenAiCostPortal.Sources.Schedule;

/// <summary>Does the re-pricings that were ordered. Runs when asked; what a stop interrupted goes on at the next start.</summary>
internal sealed class RepricingJob(RepricingRun repricing, Repricings orders) : IScheduledJob
{
    public string Name => "Repricing";
    public IReadOnlyList<string> Connections => [""];
    public TimeSpan? Reach => null;

    public Task<bool> HasUnfinishedAsync(CancellationToken cancel) => orders.HasUnfinishedAsync(cancel);

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var done = await repricing.RunDueAsync(run.Progress, cancel);
        run.Rows = done.Count;
        run.Outcome = done.Count == 0 ? FeedOutcome.NothingToDo : FeedOutcome.Succeeded;
        run.Message = done.Count == 0 ? "Nothing was ordered." : string.Join(" ", done);
    }
}
