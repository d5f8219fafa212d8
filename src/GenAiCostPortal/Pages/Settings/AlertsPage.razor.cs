using GenAiCostPortal.Access;
using GenAiCostPortal.Actions;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Alerts;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Pages.Settings;

/// <summary>What the page shows.</summary>
/// <param name="HasMail">A mail server is configured.</param>
public sealed record AlertsAnswer(IReadOnlyList<AlertChannel> Channels, IReadOnlyList<(AlertDelivery Delivery, string Channel)> Deliveries, bool HasMail, bool MayEdit);

/// <summary>Channels that spikes are told to, and what they were told.</summary>
public sealed partial class AlertsPage
{
    private const int DeliveriesShown = 50;
    private ChannelForm _form = new();
    private string _signing = "", _signingOf = "";

    protected override bool Concerns(LedgerPart part) => part == LedgerPart.Alerts;

    protected override async Task<AlertsAnswer> ReadAsync(PortalUrl url, CancellationToken cancel) => new(
        await Channels.ReadAsync(cancel), await Outbox.NewestAsync(DeliveriesShown, cancel), Sender.HasMail, await Act.MayAsync(Policies.Administrator));

    private static string Lead(AlertsAnswer answer) => answer.Channels.Count(c => c.IsOn) switch
    {
        0 => "Nobody is told yet. A channel gets one message when cost or tokens leave their usual course, with the cause, its impact and a link to the spike.",
        1 => "One channel is told when cost or tokens leave their usual course.",
        var n => $"{n} channels are told when cost or tokens leave their usual course.",
    };

    private void Edit(AlertChannel channel) => _form = ChannelForm.Of(channel);

    private void Anew() => _form = new ChannelForm();

    private async Task SaveAsync()
    {
        var form = _form;
        await Act.RunAsync(Policies.Administrator, form.Id is null ? "Add an alert channel" : "Change an alert channel", form.Name, async _ =>
        {
            (string, string)? secret = null;
            if (form.Address.Length > 0)
            {
                var (closed, hint, signing) = Secrets.Close(form.Kind, form.Address);
                (secret, _signing, _signingOf) = ((closed, hint), signing, form.Name);
            }
            if (await Channels.SaveAsync(form.Draft, form.Id, secret) is null) return new ActionOutcome("It was removed meanwhile.", IsDone: false);
            Anew();
            return new ActionOutcome("Send a test to see that it arrives.");
        });
        await ReadAgainAsync();
    }

    private async Task TestAsync(AlertChannel channel)
    {
        await Act.RunAsync(Policies.Administrator, "Send a test alert", channel.Name, async _ => await Sender.TestAsync(channel.Id) switch
        {
            null => new ActionOutcome("It was removed meanwhile.", IsDone: false),
            "" => new ActionOutcome("The other side took it."),
            var problem => new ActionOutcome(problem, IsDone: false),
        });
        await ReadAgainAsync();
    }

    private async Task SwitchAsync(AlertChannel channel)
    {
        var draft = AlertChannels.DraftOf(channel) with { IsOn = !channel.IsOn };
        await Act.RunAsync(Policies.Administrator, channel.IsOn ? "Switch an alert channel off" : "Switch an alert channel on", channel.Name, async _ =>
        {
            await Channels.SaveAsync(draft, channel.Id, null);
            return new ActionOutcome(draft.IsOn ? "It is told from now on." : "It is told nothing more.");
        });
        await ReadAgainAsync();
    }

    private async Task RemoveAsync(AlertChannel channel)
    {
        await Act.RunAsync(Policies.Administrator, "Remove an alert channel", channel.Name, async _ =>
        {
            await Channels.RemoveAsync(channel.Id);
            return new ActionOutcome("What it was told stays in the log.");
        });
        await ReadAgainAsync();
    }
}
