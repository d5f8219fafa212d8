using System.Globalization;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>
/// Says a change in one or two lines: how much, and at most three causes of 15 % or more with what moved from what to what. Never a
/// bare percentage that reads as growth; never the baseline as a cause.
/// </summary>
public static class Explanation
{
    private const int MostCauses = 3;
    private const double LeastShare = 0.15;
    // From here on the digits below a tenth of a million tell nothing.
    private const double Millions = 10e6;
    private static readonly CultureInfo C = CultureInfo.InvariantCulture;

    /// <summary>The whole sentence. Names come from <paramref name="feature"/> and <paramref name="model"/>.</summary>
    /// <param name="hasLoops">Whether the feature's traces repeat a step in the later window and hardly did before.</param>
    public static string Sentence(
        long beforeNanoUsd, long nowNanoUsd, IReadOnlyList<ChangeEffect> effects, Func<int, string> feature, Func<int, string> model, Func<int, bool> hasLoops)
    {
        var change = nowNanoUsd - beforeNanoUsd;
        var said = new List<string> { Headline(beforeNanoUsd, nowNanoUsd) };
        var named = new HashSet<int>();
        foreach (var effect in Causes(change, effects))
        {
            var share = (double)effect.NanoUsd / change;
            said.Add(string.Create(C, $"{Signed(effect.NanoUsd, change)} ({share * 100:0} %): {Words(effect, named, feature, model, hasLoops)}."));
        }
        if (said.Count == 1 && change != 0) said.Add("No single cause makes up 15 % of it.");
        return string.Join(' ', said);
    }

    /// <summary>Effects in the direction of the change that make up 15 % or more of it, largest first, three at most.</summary>
    public static IReadOnlyList<ChangeEffect> Causes(long changeNanoUsd, IReadOnlyList<ChangeEffect> effects) => changeNanoUsd == 0 ? [] :
        [.. effects.Where(e => (double)e.NanoUsd / changeNanoUsd >= LeastShare).OrderByDescending(e => (double)e.NanoUsd / changeNanoUsd).Take(MostCauses)];

    /// <summary>"+$946 (×7.8)." A factor only where there was something to multiply.</summary>
    public static string Headline(long beforeNanoUsd, long nowNanoUsd)
    {
        var change = nowNanoUsd - beforeNanoUsd;
        if (change == 0) return "No change.";
        var text = (change < 0 ? "−" : "+") + Usd(Math.Abs(change));
        if (beforeNanoUsd <= 0) return text + (nowNanoUsd > 0 && beforeNanoUsd == 0 ? " (nothing before)." : ".");
        var factor = (double)nowNanoUsd / beforeNanoUsd;
        return factor is >= 1.05 or <= 0.95 and > 0 ? string.Create(C, $"{text} (×{(factor < 0.1 ? factor.ToString("0.000", C) : factor < 1 ? factor.ToString("0.00", C) : factor.ToString("0.0", C))}).") : text + ".";
    }

    /// <summary>What moved, from what to what.</summary>
    public static string Words(ChangeEffect effect, HashSet<int> named, Func<int, string> feature, Func<int, string> model, Func<int, bool> hasLoops)
    {
        var isNamed = effect.FeatureId >= 0 && (effect.LeadingShare >= 0.5 || effect.Factor is ChangeFactor.New or ChangeFactor.Ended);
        // A feature that was named stays meant until another one is.
        var where = isNamed && (!named.Contains(effect.FeatureId) || named.Count > 1) ? " in " + feature(effect.FeatureId) : "";
        if (isNamed) named.Add(effect.FeatureId);
        var fromTo = FromTo(effect);
        var since = effect.Since.Length > 0 ? " since " + effect.Since : "";
        return effect.Factor switch
        {
            ChangeFactor.Requests => $"requests{where} went {fromTo}{since}",
            ChangeFactor.CallsPerRequest => $"calls per request{where} went {fromTo}{since}{(effect.FeatureId >= 0 && effect.NanoUsd > 0 && hasLoops(effect.FeatureId) ? ", agent loop" : "")}",
            ChangeFactor.Calls => $"calls{where} went {fromTo}{since}",
            ChangeFactor.Mix => $"another mix of models{where}{(effect.Cell is { } c && effect.From is not null ? $", {model(c.Key.ModelId)} went {fromTo} of calls" : "")}{since}",
            ChangeFactor.Retries => $"failed attempts that were paid and sent again{where} went {fromTo} of first attempts{since}",
            ChangeFactor.PromptLength => $"prompts{where} {Grew(effect)} {fromTo} tokens per call{since}",
            ChangeFactor.OutputLength => $"answers{where} {Grew(effect)} {fromTo} tokens per call{since}",
            ChangeFactor.CachedShare => $"the cached part of prompts{where} went {fromTo}{since}",
            ChangeFactor.UnitPrice => $"the price of {(effect.Cell is { } p ? model(p.Key.ModelId) : "tokens")}{where} went {fromTo} per million tokens",
            ChangeFactor.New => $"{feature(effect.FeatureId)} is new{since}",
            ChangeFactor.Ended => $"{feature(effect.FeatureId)} ended",
            ChangeFactor.UnrecordedUsage => $"usage that no call is recorded of went {fromTo}",
            ChangeFactor.Component => $"{effect.Name} went {fromTo}",
            ChangeFactor.Credits => $"credits, discounts, taxes and fees went {fromTo}",
            ChangeFactor.OffBill => $"calls not billed through AWS went {fromTo}",
            ChangeFactor.BilledQuantity => $"the billed quantity{where} went {fromTo} tokens",
            ChangeFactor.BilledMix => $"another mix of usage types on the bill{where}",
            ChangeFactor.BilledRate => $"the billed rate{where} changed",
            _ => $"the billed amount{where} went {fromTo}",
        };
    }

    private static string Grew(ChangeEffect effect) => effect.To >= effect.From ? "grew" : "shrank";

    private static string FromTo(ChangeEffect effect) =>
        effect is { From: { } from, To: { } to } ? $"from {Figure(from, to, effect.Unit)} to {Figure(to, from, effect.Unit)}" : "up or down";

    /// <summary>A factor's figure in its unit; <paramref name="other"/> decides how many digits tell the two apart.</summary>
    public static string Figure(double value, double other, ChangeUnit unit) => unit switch
    {
        ChangeUnit.Usd => (value < 0 ? "−$" : "$") + Math.Abs(value).ToString("#,0.00", C),
        ChangeUnit.UsdPerMillion => "$" + value.ToString(Math.Max(value, other) < 1 ? "0.0000" : "#,0.00", C),
        ChangeUnit.ShareOfPrompt or ChangeUnit.ShareOfCalls or ChangeUnit.ShareOfAttempts => (value * 100).ToString(Math.Max(value, other) < 0.1 ? "0.0" : "0", C) + " %",
        ChangeUnit.CallsPerRequest => value.ToString(Math.Max(value, other) < 20 ? "0.0" : "#,0", C),
        _ when Math.Max(value, other) >= Millions => (value / 1e6).ToString(Math.Max(value, other) < 100e6 ? "0.0" : "#,0", C) + " M",
        _ => value.ToString(Math.Max(value, other) < 10 ? "0.0" : "#,0", C),
    };

    private static string Signed(long nanoUsd, long change) => (nanoUsd < 0 ? "−" : change < 0 ? "+" : "") + Usd(Math.Abs(nanoUsd));

    private static string Usd(long nanoUsd)
    {
        var usd = Money.ToUsd(nanoUsd);
        return "$" + usd.ToString(usd >= 100 ? "#,0" : usd >= 0.01m ? "#,0.00" : "0.######", C);
    }
}
