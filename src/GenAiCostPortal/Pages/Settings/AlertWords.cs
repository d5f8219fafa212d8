using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Alerts;

namespace GenAiCostPortal.Pages.Settings;

/// <summary>Channels and deliveries in words.</summary>
internal static class AlertWords
{
    public static string Kind(ChannelKind kind) => kind == ChannelKind.Email ? "E-mail" : kind.ToString();

    public static string Told(ChannelDraft draft)
    {
        var what = draft.Features.Count == 0 ? "Every spike" : "Spikes of " + string.Join(", ", draft.Features);
        return draft.LeastImpactUsd > 0 ? $"{what} from {UsdText.Round(draft.LeastImpactUsd)} on" : what;
    }

    public static string Quiet(ChannelDraft draft)
    {
        if (draft.QuietFrom is not { } from || draft.QuietTo is not { } to) return "never";
        var hours = $"{from:HH:mm} to {to:HH:mm} {draft.QuietZone}";
        return draft.LoudFromUsd is { } loud ? $"{hours}, unless {UsdText.Round(loud)} or more" : hours;
    }

    public static string Event(AlertEvent happened) => happened switch
    {
        AlertEvent.Opened => "opened", AlertEvent.Changed => "changed", AlertEvent.Ended => "over", AlertEvent.Billed => "billed", AlertEvent.Withdrawn => "taken back", _ => "test",
    };

    public static string State(AlertDelivery delivery, DateTime now) => delivery.State switch
    {
        DeliveryState.Waiting when delivery.Attempts > 0 => $"tried {delivery.Attempts}×, again {DayText.Moment(delivery.NextAt, now)}",
        DeliveryState.Waiting => delivery.NextAt > now ? $"held until {DayText.Moment(delivery.NextAt, now)}" : "waiting",
        DeliveryState.Sending => "being sent",
        DeliveryState.Sent => "arrived",
        DeliveryState.Interrupted => "uncertain",
        _ => "did not arrive",
    };
}
