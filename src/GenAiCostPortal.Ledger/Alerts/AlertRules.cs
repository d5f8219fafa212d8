using System.Text.Json;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Spikes;

namespace GenAiCostPortal.Ledger.Alerts;

/// <summary>What is said to whom, and once: one message when a spike opens, further ones only when something worth telling changed.</summary>
internal static class AlertRules
{
    /// <summary>What ended longer ago is history that a backfill found.</summary>
    public static readonly TimeSpan History = TimeSpan.FromHours(48);
    /// <summary>A growing impact is told at most so often.</summary>
    public static readonly TimeSpan BetweenUpdates = TimeSpan.FromHours(1);
    private const decimal WorthTelling = 0.25m;
    private const long LeastUpdateNanoUsd = Money.NanoUsdPerUsd;

    /// <summary>The message that is due, or null.</summary>
    /// <param name="feature">Feature of the spike's scope; null when the scope is another.</param>
    /// <param name="earlier">What this channel was told of this spike, or is about to be.</param>
    public static AlertEvent? Next(AlertChannel channel, Spike spike, string? feature, IReadOnlyCollection<AlertDelivery> earlier, DateTime now)
    {
        if (!channel.IsOn || spike.PartOfId is not null) return null;
        // What waits is worded when it is sent, so it covers what changes until then.
        if (earlier.Any(d => d.State is DeliveryState.Waiting or DeliveryState.Sending)) return null;
        var update = earlier.MaxBy(At) is { } last ? Update(channel, spike, last, now) : AlertEvent.Opened;
        if (update is null || earlier.Any(d => d.State is DeliveryState.Sent or DeliveryState.Interrupted)) return update;
        // Nothing arrived yet; what was refused once is tried again only when there is more to say.
        return IsNews(channel, spike, feature, now) ? AlertEvent.Opened : null;
    }

    /// <summary>End of the quiet hours that a time lies in; null when it may be said now.</summary>
    public static DateTime? QuietUntil(AlertChannel channel, long impactNanoUsd, DateTime now)
    {
        if (channel is not { QuietFromMinute: { } from, QuietToMinute: { } to } || from == to) return null;
        if (channel.LoudFromNanoUsd is { } loud && Math.Abs(impactNanoUsd) >= loud) return null;
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(channel.QuietZone, out var known) ? known : TimeZoneInfo.Utc;
        var local = TimeZoneInfo.ConvertTimeFromUtc(now, zone);
        var minute = local.Hour * 60 + local.Minute;
        if (!(from < to ? minute >= from && minute < to : minute >= from || minute < to)) return null;
        var end = local.Date.AddMinutes(to);
        if (end <= local) end = end.AddDays(1);
        // A clock that is put forward may skip the very minute.
        while (zone.IsInvalidTime(end)) end = end.AddMinutes(30);
        return TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(end, DateTimeKind.Unspecified), zone);
    }

    private static DateTime At(AlertDelivery delivery) => delivery.SentAt ?? delivery.CreatedAt;

    private static bool IsNews(AlertChannel channel, Spike spike, string? feature, DateTime now)
    {
        if (spike.IsWithdrawn || spike.Status != SpikeStatus.Open || Math.Abs(spike.ImpactNanoUsd) < channel.LeastImpactNanoUsd) return false;
        if (!spike.IsRunning && (spike.DetectedAt < channel.CreatedAt || spike.End < now - History)) return false;
        var features = JsonSerializer.Deserialize<string[]>(channel.Features) ?? [];
        return features.Length == 0 || feature is not null && features.Contains(feature, StringComparer.OrdinalIgnoreCase);
    }

    private static AlertEvent? Update(AlertChannel channel, Spike spike, AlertDelivery said, DateTime now)
    {
        if (said.Event == AlertEvent.Withdrawn) return null;
        if (spike.IsWithdrawn) return AlertEvent.Withdrawn;
        if (said.SaidConfirmation == SpikeConfirmation.NotBilledYet && spike.Confirmation != SpikeConfirmation.NotBilledYet) return AlertEvent.Billed;
        // Somebody has dealt with it: only the bill is still news.
        if (said.SaidStatus is SpikeStatus.Expected or SpikeStatus.Resolved) return null;
        if (spike.Status != said.SaidStatus || spike.Kind != said.SaidKind) return AlertEvent.Changed;
        if (said.SaidRunning && !spike.IsRunning) return AlertEvent.Ended;
        var moved = Math.Abs((decimal)spike.ImpactNanoUsd - said.SaidImpactNanoUsd);
        var isWorth = moved >= LeastUpdateNanoUsd && moved >= WorthTelling * Math.Max(Math.Abs((decimal)said.SaidImpactNanoUsd), channel.LeastImpactNanoUsd);
        return isWorth && now - At(said) >= BetweenUpdates ? AlertEvent.Changed : null;
    }
}
