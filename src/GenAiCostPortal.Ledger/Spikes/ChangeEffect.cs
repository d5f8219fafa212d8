using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>The effect of one factor over everything, whole nano-USD, with what moved most in it.</summary>
/// <param name="Name">Component of <see cref="ChangeFactor.Component"/>; else empty.</param>
/// <param name="FeatureId">Feature in which the factor moved most; −1 where it has none.</param>
/// <param name="Cell">Cell in which it moved most.</param>
/// <param name="From">The factor there, before; in <paramref name="Unit"/>. Null where it has none.</param>
public sealed record ChangeEffect(
    ChangeFactor Factor, string Name, long NanoUsd, int FeatureId, ChangeCell? Cell, TokenKind? Kind, double? From, double? To, ChangeUnit Unit)
{
    /// <summary>Part of the effect that lies in <see cref="FeatureId"/>, 0–1; the sentence names the feature only for most of it.</summary>
    public double LeadingShare { get; init; } = 1;
    /// <summary>Release since which the factor stands where it is; empty when releases do not explain it.</summary>
    public string Since { get; init; } = "";

    public decimal Usd => Costs.Money.ToUsd(NanoUsd);
}

/// <summary>Adds single effects up by factor and rounds them so that they add up to the change exactly.</summary>
public static class ChangeEffects
{
    /// <summary>In the order of the factors; those that did nothing are left out.</summary>
    public static IReadOnlyList<ChangeEffect> Of(ChangeInputs inputs, long changeNanoUsd)
    {
        // Ordered before rounding: equal remainders must fall the same way whichever window comes first.
        var groups = Decomposition.Of(inputs).GroupBy(e => (e.Factor, e.Name)).OrderBy(g => g.Key.Factor).ThenBy(g => g.Key.Name, StringComparer.Ordinal).ToList();
        var whole = Lmdi.Round(changeNanoUsd, [.. groups.Select(g => g.Sum(e => e.NanoUsd))]);
        return [.. groups.Select((g, i) => Effect(inputs, g.Key.Factor, g.Key.Name, whole[i], [.. g])).Where(e => e.NanoUsd != 0)];
    }

    private static ChangeEffect Effect(ChangeInputs inputs, ChangeFactor factor, string name, long nanoUsd, IReadOnlyList<CellEffect> parts)
    {
        var sign = nanoUsd < 0 ? -1 : 1;
        var byFeature = parts.GroupBy(p => p.FeatureId).Select(g => (Feature: g.Key, Sum: g.Sum(p => p.NanoUsd) * sign, Parts: g)).MaxBy(g => g.Sum);
        var cell = byFeature.Parts.Where(p => p.Cell is not null).GroupBy(p => p.Cell!).MaxBy(g => g.Sum(p => p.NanoUsd) * sign);
        var kind = cell?.GroupBy(p => p.Kind).MaxBy(g => g.Sum(p => p.NanoUsd) * sign)?.Key;
        var use = inputs.Features.GetValueOrDefault(byFeature.Feature);
        var (from, to, unit) = Moved(inputs, factor, name, byFeature.Feature, cell?.Key, kind, use);
        return new ChangeEffect(factor, name, nanoUsd, byFeature.Feature, cell?.Key, kind, from, to, unit)
        {
            LeadingShare = nanoUsd == 0 ? 1 : Math.Clamp(byFeature.Sum / Math.Abs((double)nanoUsd), 0, 1),
        };
    }

    private static (double? From, double? To, ChangeUnit Unit) Moved(
        ChangeInputs inputs, ChangeFactor factor, string name, int feature, ChangeCell? cell, TokenKind? kind, FeatureUse? use)
    {
        switch (factor)
        {
            case ChangeFactor.Requests: return (use?.RequestsBefore, use?.Requests, ChangeUnit.Requests);
            case ChangeFactor.CallsPerRequest when use is { KnowsRequests: true }:
                return (use.FirstCallsBefore / use.RequestsBefore, use.FirstCalls / use.Requests, ChangeUnit.CallsPerRequest);
            case ChangeFactor.Calls: return (use?.FirstCallsBefore, use?.FirstCalls, ChangeUnit.Calls);
            case ChangeFactor.BilledQuantity:
                var billed = inputs.Billed.Where(b => b.FeatureId == feature).ToList();
                return (billed.Sum(b => b.QuantityBefore ?? 0), billed.Sum(b => b.Quantity ?? 0), ChangeUnit.Tokens);
        }
        if (cell is not null && InCell(factor, cell, kind, use) is { } moved) return moved;
        return (MoneyOf(inputs, factor, name, feature, before: true), MoneyOf(inputs, factor, name, feature, before: false), ChangeUnit.Usd);
    }

    private static (double? From, double? To, ChangeUnit Unit)? InCell(ChangeFactor factor, ChangeCell cell, TokenKind? kind, FeatureUse? use)
    {
        var (b, n) = (cell.Before, cell.Now);
        return factor switch
        {
            ChangeFactor.Mix when use is { FirstCalls: > 0, FirstCallsBefore: > 0 } => (b.FirstCalls / use.FirstCallsBefore, n.FirstCalls / use.FirstCalls, ChangeUnit.ShareOfCalls),
            ChangeFactor.Retries => (b.Calls / b.FirstCalls - 1, n.Calls / n.FirstCalls - 1, ChangeUnit.ShareOfAttempts),
            ChangeFactor.PromptLength => (b.PromptTokens / b.Calls, n.PromptTokens / n.Calls, ChangeUnit.TokensPerCall),
            ChangeFactor.OutputLength => (b.OutputTokens / b.Calls, n.OutputTokens / n.Calls, ChangeUnit.TokensPerCall),
            ChangeFactor.CachedShare => (Cached(b), Cached(n), ChangeUnit.ShareOfPrompt),
            ChangeFactor.UnitPrice when kind is { } k => (Price(b, (int)k), Price(n, (int)k), ChangeUnit.UsdPerMillion),
            _ => null,
        };
    }

    private static double? Cached(CellUse use) => use.PromptTokens > 0 ? use.Tokens[(int)TokenKind.CacheRead] / use.PromptTokens : null;

    private static double? Price(CellUse use, int kind) => use.Tokens[kind] > 0 ? use.NanoUsd[kind] / use.Tokens[kind] / 1_000 : null;

    // New, ended and everything without calls goes from money to money.
    private static double MoneyOf(ChangeInputs inputs, ChangeFactor factor, string name, int feature, bool before)
    {
        var others = inputs.Others.Where(o => o.Factor == factor && o.Name == name).ToList();
        if (others.Count > 0) return others.Sum(o => before ? o.BeforeNanoUsd : o.NanoUsd) / Costs.Money.NanoUsdPerUsd;
        var cells = inputs.Cells.Where(c => c.Key.FeatureId == feature).Sum(c => before ? c.Before.CostNanoUsd : c.Now.CostNanoUsd);
        return (cells + inputs.Billed.Where(b => b.FeatureId == feature).Sum(b => before ? b.BeforeNanoUsd : b.NanoUsd)) / Costs.Money.NanoUsdPerUsd;
    }
}
