using GenAiCostPortal.Ledger.Alerts;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>Takes messages out of the outbox and brings them to their channels.</summary>
public sealed class AlertSender
{
    private readonly AlertOutbox _outbox;
    private readonly ChannelDoor _door;
    private readonly AlertOptions _options;

    internal AlertSender(AlertOutbox outbox, ChannelDoor door, AlertOptions options) => (_outbox, _door, _options) = (outbox, door, options);

    /// <summary>A mail server is configured, so that e-mail channels can send.</summary>
    public bool HasMail => _options.Smtp.IsSet;

    /// <summary>Sends what is due. Returns how many arrived and how many did not.</summary>
    public async Task<(int Sent, int Failed)> SendDueAsync(CancellationToken cancel = default)
    {
        int sent = 0, failed = 0;
        foreach (var due in await _outbox.DueAsync(_options.PortalUrl, cancel))
        {
            if (await SendAsync(due, cancel) is not { } outcome) continue;
            if (outcome.HasArrived) sent++;
            else failed++;
        }
        return (sent, failed);
    }

    /// <summary>Sends a test message now. Answers why it did not arrive; empty when it did, null when there is no such channel.</summary>
    public async Task<string?> TestAsync(int channel, CancellationToken cancel = default) =>
        await _outbox.TestAsync(channel, _options.PortalUrl, cancel) is { } due ? (await SendAsync(due, cancel))?.Problem ?? "It is being sent already." : null;

    private async Task<SendOutcome?> SendAsync(AlertDue due, CancellationToken cancel)
    {
        if (!await _outbox.BeginAsync(due, cancel)) return null;
        var outcome = await _door.SendAsync(due.Channel, due.Message, cancel);
        // From here on the message is out: its mark must not be lost to a stop.
        if (outcome.HasArrived) await _outbox.SentAsync(due, outcome.Note, CancellationToken.None);
        else await _outbox.FailedAsync(due, outcome.Problem, outcome.IsFinal, outcome.After, CancellationToken.None);
        return outcome;
    }
}
