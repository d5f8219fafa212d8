using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Alerts;

/// <summary>A message to be sent now.</summary>
public sealed record AlertDue(AlertDelivery Delivery, AlertChannel Channel, AlertMessage Message);

/// <summary>
/// Messages are written here before they are sent and marked before they leave the house, so that a restart in between sends none
/// twice: what was on its way is told to be uncertain, not repeated.
/// </summary>
public sealed class AlertOutbox(
    IDbContextFactory<LedgerDb> stores, WriteGate gate, LedgerChanges changes, Dimensions dimensions, SpikeList spikes, TimeProvider clock)
{
    private const int DueAtMost = 50;
    private static readonly TimeSpan LookedBack = TimeSpan.FromDays(14);
    private static readonly TimeSpan[] Waits = [.. ((int[])[1, 5, 15, 60, 240]).Select(m => TimeSpan.FromMinutes(m))];

    /// <summary>Settles what a stop left on its way: a webhook's receiver knows the id of a repeat, nobody else does. Call once at start.</summary>
    public async Task<int> RecoverAsync(CancellationToken cancel = default)
    {
        using var turn = await gate.EnterAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var left = await db.AlertDeliveries.Where(d => d.State == DeliveryState.Sending || d.State == DeliveryState.Waiting && d.Event == AlertEvent.Test).ToListAsync(cancel);
        var webhooks = await db.AlertChannels.Where(c => c.Kind == ChannelKind.Webhook).Select(c => c.Id).ToListAsync(cancel);
        foreach (var delivery in left)
        {
            // A test was somebody's wish of that moment.
            delivery.State = webhooks.Contains(delivery.ChannelId) && delivery.Event != AlertEvent.Test ? DeliveryState.Waiting : DeliveryState.Interrupted;
            if (delivery.State == DeliveryState.Interrupted) delivery.Problem = "The portal stopped while it was sending this; it may have arrived.";
        }
        await db.SaveChangesAsync(cancel);
        return left.Count;
    }

    /// <summary>Writes what is due to be said. Returns how many.</summary>
    public async Task<int> PlanAsync(CancellationToken cancel = default)
    {
        var now = Now;
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var channels = await db.AlertChannels.AsNoTracking().Where(c => c.IsOn).ToListAsync(cancel);
        if (channels.Count == 0) return 0;
        var since = now - LookedBack;
        var recent = await db.Spikes.AsNoTracking().Where(s => s.UpdatedAt > since && s.PartOfId == null).OrderBy(s => s.Id).ToListAsync(cancel);
        var ids = recent.ConvertAll(s => s.Id);
        var told = (await db.AlertDeliveries.AsNoTracking().Where(d => ids.Contains(d.SpikeId)).ToListAsync(cancel)).ToLookup(d => (d.ChannelId, d.SpikeId));
        var planned = new List<AlertDelivery>();
        foreach (var spike in recent)
            foreach (var channel in channels)
            {
                var feature = spike.Scope == SpikeScope.Feature && spike.ScopeId != 0 ? dimensions.Name(spike.ScopeId) : null;
                var earlier = told[(channel.Id, spike.Id)].ToList();
                if (AlertRules.Next(channel, spike, feature, earlier, now) is not { } happened || earlier.Any(d => d.Event == happened && d.Version == spike.Version)) continue;
                planned.Add(new AlertDelivery
                {
                    ChannelId = channel.Id, SpikeId = spike.Id, Event = happened, Version = spike.Version, CreatedAt = now,
                    NextAt = AlertRules.QuietUntil(channel, spike.ImpactNanoUsd, now) ?? now,
                });
            }
        if (planned.Count == 0) return 0;
        using (await gate.EnterAsync(cancel))
        {
            db.AlertDeliveries.AddRange(planned);
            await db.SaveChangesAsync(cancel);
        }
        changes.Say(LedgerPart.Alerts);
        return planned.Count;
    }

    /// <summary>Writes a test message, due at once. Null when there is no such channel.</summary>
    public async Task<AlertDue?> TestAsync(int channel, string portalUrl, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        if (await db.AlertChannels.AsNoTracking().FirstOrDefaultAsync(c => c.Id == channel, cancel) is not { } to) return null;
        // A test waits for nobody and is not repeated: far in the future for the job, sent by who asks.
        var delivery = new AlertDelivery { ChannelId = channel, Event = AlertEvent.Test, CreatedAt = Now, NextAt = DateTime.UnixEpoch.AddYears(200) };
        using (await gate.EnterAsync(cancel))
        {
            db.AlertDeliveries.Add(delivery);
            await db.SaveChangesAsync(cancel);
        }
        return new AlertDue(delivery, to, AlertMessage.Test(delivery, to.Name, portalUrl));
    }

    /// <summary>What is to be sent now, worded as things stand.</summary>
    public async Task<IReadOnlyList<AlertDue>> DueAsync(string portalUrl, CancellationToken cancel = default)
    {
        var now = Now;
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        // What waits for the end of quiet hours is looked at too: it may have grown loud meanwhile.
        var waiting = await db.AlertDeliveries.AsNoTracking().Where(d => d.State == DeliveryState.Waiting && d.Event != AlertEvent.Test && (d.NextAt <= now || d.Attempts == 0))
            .OrderBy(d => d.Id).ToListAsync(cancel);
        var channels = await db.AlertChannels.AsNoTracking().ToDictionaryAsync(c => c.Id, cancel);
        var due = new List<AlertDue>();
        foreach (var delivery in waiting)
        {
            if (due.Count == DueAtMost) break;
            var spike = await db.Spikes.AsNoTracking().FirstOrDefaultAsync(s => s.Id == delivery.SpikeId, cancel);
            if (!channels.TryGetValue(delivery.ChannelId, out var channel) || !channel.IsOn || spike is null)
            {
                await GiveUpAsync(delivery.Id, "The channel or the spike is gone, or the channel was switched off.", cancel);
                continue;
            }
            if (delivery.Event == AlertEvent.Opened && spike.IsWithdrawn)
            {
                await GiveUpAsync(delivery.Id, "Late data took the spike back before it was told.", cancel);
                continue;
            }
            if (AlertRules.QuietUntil(channel, spike.ImpactNanoUsd, now) is { } until)
            {
                if (delivery.NextAt != until) await EndAsync(delivery.Id, row => row.NextAt = until, cancel);
                continue;
            }
            // Said once: the update that waited is the one that takes it back.
            if (spike.IsWithdrawn) delivery.Event = AlertEvent.Withdrawn;
            var course = (await spikes.OpenAsync(spike.Id, cancel))?.Course.Select(p => (decimal)p.Seen).ToList() ?? [];
            Remember(delivery, spike);
            due.Add(new AlertDue(delivery, channel, AlertMessage.Of(delivery, spike, SpikeScopes.Name(dimensions, spike.Scope, spike.ScopeId), course, portalUrl)));
        }
        return due;
    }

    /// <summary>Marks that a message leaves now. False when somebody else took it.</summary>
    public async Task<bool> BeginAsync(AlertDue due, CancellationToken cancel = default)
    {
        using var turn = await gate.EnterAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var said = due.Delivery;
        // What it says is kept now: whether it arrives may never be known.
        return await db.AlertDeliveries.Where(d => d.Id == said.Id && d.State == DeliveryState.Waiting).ExecuteUpdateAsync(set => set
            .SetProperty(d => d.State, DeliveryState.Sending).SetProperty(d => d.Attempts, d => d.Attempts + 1).SetProperty(d => d.Headline, due.Message.Headline)
            .SetProperty(d => d.Event, said.Event).SetProperty(d => d.SaidImpactNanoUsd, said.SaidImpactNanoUsd).SetProperty(d => d.SaidKind, said.SaidKind)
            .SetProperty(d => d.SaidStatus, said.SaidStatus).SetProperty(d => d.SaidConfirmation, said.SaidConfirmation).SetProperty(d => d.SaidRunning, said.SaidRunning), cancel) == 1;
    }

    /// <summary>It arrived.</summary>
    /// <param name="note">What went wrong all the same.</param>
    public Task SentAsync(AlertDue due, string note = "", CancellationToken cancel = default) =>
        EndAsync(due.Delivery.Id, row => (row.State, row.SentAt, row.Problem) = (DeliveryState.Sent, Now, note), cancel);

    /// <summary>It did not arrive; it is tried again until the attempts are used up.</summary>
    /// <param name="isFinal">Trying again would not help.</param>
    /// <param name="after">What the other side asks to wait.</param>
    public Task FailedAsync(AlertDue due, string problem, bool isFinal, TimeSpan? after = null, CancellationToken cancel = default) => EndAsync(due.Delivery.Id, row =>
    {
        row.Problem = problem;
        var isLast = isFinal || due.Delivery.Event == AlertEvent.Test || row.Attempts > Waits.Length;
        row.State = isLast ? DeliveryState.GivenUp : DeliveryState.Waiting;
        var wait = isLast ? TimeSpan.Zero : Waits[Math.Max(0, row.Attempts - 1)];
        // Nobody may put an alert off for longer than we would ourselves.
        row.NextAt = Now + (after is { } asked && asked > wait ? asked < Waits[^1] ? asked : Waits[^1] : wait);
    }, cancel);

    /// <summary>The newest deliveries, newest first, with the names of their channels.</summary>
    public async Task<IReadOnlyList<(AlertDelivery Delivery, string Channel)>> NewestAsync(int count, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var names = await db.AlertChannels.AsNoTracking().ToDictionaryAsync(c => c.Id, c => c.Name, cancel);
        return (await db.AlertDeliveries.AsNoTracking().OrderByDescending(d => d.Id).Take(count).ToListAsync(cancel))
            .ConvertAll(d => (d, names.GetValueOrDefault(d.ChannelId, "a channel that was removed")));
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private static void Remember(AlertDelivery delivery, Spike spike) =>
        (delivery.SaidImpactNanoUsd, delivery.SaidKind, delivery.SaidStatus, delivery.SaidConfirmation, delivery.SaidRunning) =
            (spike.ImpactNanoUsd, spike.Kind, spike.Status, spike.Confirmation, spike.IsRunning);

    private Task GiveUpAsync(long id, string problem, CancellationToken cancel) => EndAsync(id, row => (row.State, row.Problem) = (DeliveryState.GivenUp, problem), cancel);

    private async Task EndAsync(long id, Action<AlertDelivery> change, CancellationToken cancel)
    {
        using (await gate.EnterAsync(cancel))
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            if (await db.AlertDeliveries.FindAsync([id], cancel) is { } row) change(row);
            await db.SaveChangesAsync(cancel);
        }
        changes.Say(LedgerPart.Alerts);
    }
}
