using System.Globalization;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Spikes;

namespace GenAiCostPortal.Pages.Spikes;

/// <summary>Words of spikes and their causes.</summary>
public static class SpikeWords
{
    private static readonly CultureInfo C = CultureInfo.InvariantCulture;

    /// <summary>"Longer prompts": the cause in the direction it moved.</summary>
    public static string Cause(EffectLine effect)
    {
        var more = effect.Usd >= 0;
        return effect.Factor switch
        {
            "requests" => more ? "More requests" : "Fewer requests",
            "callsPerRequest" => more ? "More calls per request" : "Fewer calls per request",
            "calls" => more ? "More calls" : "Fewer calls",
            "mix" => "Other mix of models",
            "retries" => more ? "More retries" : "Fewer retries",
            "promptLength" => more ? "Longer prompts" : "Shorter prompts",
            "outputLength" => more ? "Longer answers" : "Shorter answers",
            "cachedShare" => more ? "Less of the prompt cached" : "More of the prompt cached",
            "unitPrice" => more ? "Higher unit prices" : "Lower unit prices",
            "new" => "New",
            "ended" => "Ended",
            "unrecordedUsage" => "Usage without a recorded call",
            "component" => effect.Name,
            "credits" => "Credits, discounts, taxes and fees",
            "offBill" => "Off the AWS bill",
            "billedQuantity" => more ? "More billed" : "Less billed",
            "billedMix" => "Other usage types on the bill",
            "billedRate" => more ? "Higher billed rates" : "Lower billed rates",
            _ => "Billed amount",
        };
    }

    /// <summary>Under a cause: where it lies.</summary>
    public static string Where(EffectLine effect) => string.Join(" · ", new[] { effect.Feature, effect.Model, effect.Since.Length > 0 ? $"since {effect.Since}" : "" }.Where(p => p.Length > 0));

    public static string Unit(string unit) => unit switch
    {
        "requests" => "requests",
        "callsPerRequest" => "calls per request",
        "calls" => "calls",
        "tokensPerCall" => "tokens per call",
        "shareOfPrompt" => "of prompt tokens",
        "shareOfCalls" => "of its calls",
        "shareOfAttempts" => "of first attempts",
        "usdPerMillion" => "per 1 M tokens",
        "tokens" => "tokens",
        _ => "",
    };

    public static string Figure(double? value, double? other, string unit) =>
        value is { } v && Enum.TryParse<ChangeUnit>(unit, ignoreCase: true, out var of) ? Explanation.Figure(v, other ?? v, of) : "";

    public static string Title(SpikeItem s) => $"{Kind(s.Kind)} of {s.Start.ToString(s.Start.Date == s.End.AddTicks(-1).Date ? "dddd d MMMM" : "d MMMM", C)}";

    public static string Kind(SpikeKind kind) => kind switch { SpikeKind.LevelShift => "Level shift", SpikeKind.Ramp => "Growth", _ => kind.ToString() };

    /// <summary><c>17 Nov 08:00–20:00</c>, or the days.</summary>
    public static string When(SpikeItem s)
    {
        var end = s.IsRunning ? "now" : s.Start.Date == s.End.AddTicks(-1).Date ? s.End.ToString("HH:mm", C) : DayText.Moment(s.End);
        return s.Grain == SpikeGrain.Day ? DayText.Days(DateOnly.FromDateTime(s.Start), DateOnly.FromDateTime(s.End)) : $"{DayText.Moment(s.Start)}\u2013{end}";
    }

    public static string StatusTag(SpikeStatus status) => status switch { SpikeStatus.Open => "warn", SpikeStatus.Acknowledged => "run", SpikeStatus.Resolved => "good", _ => "" };

    /// <summary>What the bill says, in words; the class of its mark beside it.</summary>
    public static (string Tag, string Text) Confirmation(SpikeItem s)
    {
        if (s.Confirmation == SpikeConfirmation.NotBilledYet || s is not { BilledUsd: { } billed, EstimatedUsd: { } estimated })
            return ("", s.Grain == SpikeGrain.Day ? "Found on the bill, which is not closed yet" : "Not billed yet");
        var off = estimated == 0 ? 0 : Math.Round(Math.Abs(billed / estimated - 1) * 100, 1);
        var difference = estimated == 0 ? "" : off == 0 ? " (within 0.1\u00a0%)" : $" ({off.ToString("0.0", C)}\u00a0% {(billed >= estimated ? "more" : "less")})";
        var figures = $"estimated {UsdText.Exact(estimated)}, billed {UsdText.Exact(billed)}{difference}";
        return s.Confirmation switch
        {
            SpikeConfirmation.Confirmed => ("good", "Confirmed by the bill: " + figures),
            SpikeConfirmation.Denied => ("bad", "The bill does not show it: " + figures),
            _ => ("warn", "Corrected by the bill: " + figures),
        };
    }

    public static string Share(double? share) => share is { } s ? (Math.Abs(s) < 0.0005 ? "0.0" : (s * 100).ToString("0.0", C).Replace('-', '\u2212')) + " %" : "";
}
