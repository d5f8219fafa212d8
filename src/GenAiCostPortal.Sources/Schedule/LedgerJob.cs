using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;

namespace GenAiCostPortal.Sources.Schedule;

/// <summary>Builds the ledger of the days whose bill or calls changed.</summary>
internal sealed class LedgerJob(LedgerBuild build) : IScheduledJob
{
    public const string JobName = "Ledger";
    public string Name => JobName;
    public IReadOnlyList<string> Connections => [""];
    public TimeSpan? Reach => null;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var built = await build.BuildDueAsync(run.Progress, cancel);
        run.Rows = built.Entries;
        run.Outcome = built.Days == 0 ? FeedOutcome.NothingToDo : FeedOutcome.Succeeded;
        run.Message = built.Message is { Length: > 0 } said ? said
            : built.Days == 0 ? "No day needed a build." : string.Create(CultureInfo.InvariantCulture, $"{built.Days} days built, {built.Entries} entries.");
    }
}
