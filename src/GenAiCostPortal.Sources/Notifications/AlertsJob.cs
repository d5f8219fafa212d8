using System.Globalization;
using GenAiCostPortal.Ledger.Alerts;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>Tells people what the spike watch found.</summary>
internal sealed class AlertsJob(AlertOutbox outbox, AlertSender sender) : IScheduledJob
{
    private bool _hasRecovered;

    public string Name => "Alerts";
    public IReadOnlyList<string> Connections => [""];
    public TimeSpan? Reach => null;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (!_hasRecovered) await outbox.RecoverAsync(cancel);
        _hasRecovered = true;
        await outbox.PlanAsync(cancel);
        var (sent, failed) = await sender.SendDueAsync(cancel);
        run.Rows = sent;
        (run.Outcome, run.Message) = (sent, failed) switch
        {
            (0, 0) => (FeedOutcome.NothingToDo, "Nothing new to tell."),
            (_, 0) => (FeedOutcome.Succeeded, string.Create(CultureInfo.InvariantCulture, $"{sent} {(sent == 1 ? "message" : "messages")} sent.")),
            _ => (sent > 0 ? FeedOutcome.Partial : FeedOutcome.Failed, string.Create(CultureInfo.InvariantCulture, $"{sent} sent, {failed} did not arrive.")),
        };
        if (failed > 0) run.Cure = "Settings, Alerts shows why; what may still arrive is tried again.";
    }
}
