using System.Globalization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Sources.Schedule;

/// <summary>Takes away details that are older than kept.</summary>
internal sealed class RetentionJob(Retention retention, RetentionOptions options) : IScheduledJob
{
    public string Name => "Retention";
    public IReadOnlyList<string> Connections => [""];
    public TimeSpan? Reach => null;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var gone = await retention.RunAsync(options, run.Progress, cancel);
        run.Rows = gone.Spans + gone.Calls + gone.Traces + gone.Slots;
        run.Outcome = run.Rows == 0 ? FeedOutcome.NothingToDo : FeedOutcome.Succeeded;
        run.Message = run.Rows == 0 ? "Nothing is older than it is kept."
            : string.Create(CultureInfo.InvariantCulture, $"Removed {gone.Spans} spans, {gone.Calls} calls, {gone.Traces} traces and {gone.Slots} rollup slots.");
    }
}
