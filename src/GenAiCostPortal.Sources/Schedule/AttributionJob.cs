using System.Globalization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Owners;

namespace GenAiCostPortal.Sources.Schedule;

/// <summary>Gives stored calls the owners that today's keys name. Runs when asked, after the keys were changed.</summary>
internal sealed class AttributionJob(OwnerReading reading) : IScheduledJob
{
    public string Name => "Attribution";
    public IReadOnlyList<string> Connections => [""];
    public TimeSpan? Reach => null;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        run.Rows = await reading.ReadAnewAsync(run.Progress, cancel);
        run.Outcome = run.Rows == 0 ? FeedOutcome.NothingToDo : FeedOutcome.Succeeded;
        run.Message = run.Rows == 0 ? "No trace is stored." : string.Create(CultureInfo.InvariantCulture, $"{run.Rows} stored traces read again.");
    }
}
