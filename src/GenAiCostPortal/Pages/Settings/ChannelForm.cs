using System.Globalization;
using GenAiCostPortal.Ledger.Alerts;
using GenAiCostPortal.Sources.Notifications;

namespace GenAiCostPortal.Pages.Settings;

/// <summary>A channel as it is typed.</summary>
public sealed class ChannelForm
{
    public int? Id { get; private init; }
    public string Name { get; set; } = "";
    public ChannelKind Kind { get; set; }
    /// <summary>Empty keeps the one it has.</summary>
    public string Address { get; set; } = "";
    public decimal LeastImpactUsd { get; set; }
    public string Features { get; set; } = "";
    public string QuietFrom { get; set; } = "";
    public string QuietTo { get; set; } = "";
    public string QuietZone { get; set; } = "UTC";
    public decimal? LoudFromUsd { get; set; }
    private bool IsOn { get; init; } = true;

    public ChannelDraft Draft => new(Name.Trim(), Kind, IsOn, LeastImpactUsd,
        [.. Features.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)], Time(QuietFrom), Time(QuietTo), QuietZone.Trim(), LoudFromUsd);

    /// <summary>Why it cannot be kept; empty when it can.</summary>
    public string Mistake =>
        QuietFrom.Length > 0 && Time(QuietFrom) is null || QuietTo.Length > 0 && Time(QuietTo) is null ? "Write quiet hours as 22:00 and 07:00."
        : AlertChannels.Mistake(Draft) is { Length: > 0 } mistake ? mistake
        : Address.Trim().Length > 0 ? ChannelSecrets.Mistake(Kind, Address)
        : Id is null ? "The channel needs an address." : "";

    public static ChannelForm Of(AlertChannel channel)
    {
        var draft = AlertChannels.DraftOf(channel);
        return new ChannelForm
        {
            Id = channel.Id, Name = draft.Name, Kind = draft.Kind, IsOn = draft.IsOn, LeastImpactUsd = draft.LeastImpactUsd, Features = string.Join(", ", draft.Features),
            QuietFrom = Text(draft.QuietFrom), QuietTo = Text(draft.QuietTo), QuietZone = draft.QuietZone, LoudFromUsd = draft.LoudFromUsd,
        };
    }

    private static string Text(TimeOnly? time) => time?.ToString("HH:mm", CultureInfo.InvariantCulture) ?? "";

    private static TimeOnly? Time(string text) =>
        TimeOnly.TryParseExact(text.Trim(), ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
