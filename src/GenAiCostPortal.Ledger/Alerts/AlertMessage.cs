using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Spikes;

namespace GenAiCostPortal.Ledger.Alerts;

/// <summary>What a message says, before a channel gives it its form.</summary>
/// <param name="Id">The same for every attempt, so that a receiver can tell a repeat.</param>
/// <param name="Headline">What happened and where.</param>
/// <param name="Sentence">The explanation, or what changed.</param>
/// <param name="Facts">Name and value, in this order.</param>
/// <param name="Course">The series as a line of blocks; empty when there is none.</param>
/// <param name="Link">Where the portal shows it; empty when its own address is not known.</param>
public sealed record AlertMessage(
    string Id, AlertEvent Event, long SpikeId, string Headline, string Sentence, IReadOnlyList<(string Name, string Value)> Facts, string Course, string Link, DateTime At)
{
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const int CourseAtMost = 48;
    private static readonly CultureInfo C = CultureInfo.InvariantCulture;

    /// <summary>Says a spike as it stands.</summary>
    /// <param name="scope">Name of what it is about.</param>
    /// <param name="course">USD or tokens per step, oldest first.</param>
    public static AlertMessage Of(AlertDelivery delivery, Spike spike, string scope, IReadOnlyList<decimal> course, string portalUrl)
    {
        var facts = new List<(string, string)>
        {
            ("Impact", SignedUsd(spike.ImpactNanoUsd) + Basis(spike)),
            ("Cost", $"{Usd(spike.ActualNanoUsd)} instead of {Usd(spike.BaselineNanoUsd)}"),
            (spike.IsRunning ? "Since" : "When", spike.IsRunning ? Time(spike.Start) : $"{Time(spike.Start)} to {Time(spike.End)}"),
        };
        if (spike is { BilledNanoUsd: { } billed, EstimatedNanoUsd: { } estimated }) facts.Add(("Bill", $"{Usd(billed)} billed, {Usd(estimated)} estimated"));
        if (spike.Status != SpikeStatus.Open) facts.Add(("Status", Status(spike)));
        if (spike.Owner.Length > 0) facts.Add(("Owner", spike.Owner));
        return new AlertMessage(IdOf(delivery), delivery.Event, spike.Id, Head(delivery.Event, spike, scope), spike.IsWithdrawn ? "Late data shows nothing unusual any more." : spike.Sentence,
            facts, Sparkline(course), portalUrl.Length > 0 ? string.Create(C, $"{portalUrl.TrimEnd('/')}/spikes/{spike.Id}") : "", delivery.CreatedAt);
    }

    /// <summary>What the test button sends.</summary>
    public static AlertMessage Test(AlertDelivery delivery, string channel, string portalUrl) => new(
        IdOf(delivery), AlertEvent.Test, 0, $"Test of “{channel}”", "The portal can reach this channel. Spikes will be told here.", [], "", portalUrl, delivery.CreatedAt);

    /// <summary>Values as blocks between nothing and the largest; long series are folded by their largest.</summary>
    public static string Sparkline(IReadOnlyList<decimal> values)
    {
        if (values.Count == 0 || values.Max() <= 0) return "";
        var fold = (values.Count + CourseAtMost - 1) / CourseAtMost;
        var folded = values.Chunk(fold).Select(c => c.Max()).ToList();
        var most = folded.Max();
        return string.Concat(folded.Select(v => Blocks[(int)Math.Clamp(Math.Ceiling(v / most * Blocks.Length) - 1, 0, Blocks.Length - 1)]));
    }

    /// <summary>Stands for a delivery towards the other side.</summary>
    public static string IdOf(AlertDelivery delivery) => string.Create(C, $"genai-cost-portal-{delivery.Id}");

    private static string Head(AlertEvent happened, Spike spike, string scope)
    {
        var what = spike.Kind switch
        {
            SpikeKind.Drop => $"Drop in {scope}",
            SpikeKind.LevelShift => $"New level in {scope}",
            SpikeKind.Ramp => $"{scope} keeps growing",
            _ => $"Spike in {scope}",
        };
        return happened switch
        {
            AlertEvent.Changed => "Update: " + Lower(what, scope),
            AlertEvent.Ended when spike.Kind == SpikeKind.Ramp => $"No longer growing: {scope}",
            AlertEvent.Ended => "Over: " + Lower(what, scope),
            AlertEvent.Billed => spike.Confirmation switch
            {
                SpikeConfirmation.Confirmed => "The bill confirms: " + Lower(what, scope),
                SpikeConfirmation.Corrected => "The bill corrects: " + Lower(what, scope),
                _ => "The bill does not show it: " + Lower(what, scope),
            },
            AlertEvent.Withdrawn => "Taken back: " + Lower(what, scope),
            _ => what,
        };
    }

    private static string Lower(string text, string scope) => text.StartsWith(scope, StringComparison.Ordinal) ? text : char.ToLowerInvariant(text[0]) + text[1..];

    // Once the bill is there the explanation is made anew from it.
    private static string Basis(Spike spike) => spike.Confirmation != SpikeConfirmation.NotBilledYet ? " as billed"
        : spike.Grain == SpikeGrain.Day ? " as billed so far" : " estimated, not billed yet";

    private static string Status(Spike spike) => spike.Status.ToString().ToLowerInvariant() + (spike.StatusBy.Length > 0 ? " by " + spike.StatusBy : "");
    private static string Usd(long nanoUsd) => "$" + Money.ToUsd(nanoUsd).ToString("#,0.00", C);
    private static string SignedUsd(long nanoUsd) => (nanoUsd < 0 ? "−" : "+") + Usd(Math.Abs(nanoUsd));
    private static string Time(DateTime time) => time.ToString("ddd d MMM HH:mm", C) + " UTC";
}
