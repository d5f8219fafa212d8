using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>What one factor of one cell (or of one other amount) did. Nano-USD, not rounded.</summary>
public sealed record CellEffect(ChangeFactor Factor, ChangeCell? Cell, int FeatureId, TokenKind? Kind, string Name, double NanoUsd);

/// <summary>
/// Takes a change of cost apart exactly (algorithms §7): <c>C = N · a · m · ρ · P · s · u</c> per cell and token kind, by additive
/// LMDI-I, with the zero rules in their order. There is no remainder.
/// </summary>
public static class Decomposition
{
    /// <summary>All effects; they add up to C1 − C0.</summary>
    public static IReadOnlyList<CellEffect> Of(ChangeInputs inputs)
    {
        var effects = new List<CellEffect>();
        foreach (var feature in inputs.Cells.GroupBy(c => c.Key.FeatureId)) AddFeature(effects, [.. feature], inputs.Features.GetValueOrDefault(feature.Key));
        foreach (var other in inputs.Others) Add(effects, other.Factor, null, -1, null, other.NanoUsd - other.BeforeNanoUsd, other.Name);
        foreach (var feature in inputs.Billed.GroupBy(b => b.FeatureId)) BilledChange.Add(effects, feature.Key, [.. feature]);
        return effects;
    }

    internal static void Add(List<CellEffect> effects, ChangeFactor factor, ChangeCell? cell, int feature, TokenKind? kind, double nanoUsd, string name = "")
    {
        if (nanoUsd != 0) effects.Add(new CellEffect(factor, cell, feature, kind, name, nanoUsd));
    }

    private static void AddFeature(List<CellEffect> effects, ChangeCell[] cells, FeatureUse? use)
    {
        var (wasThere, isThere) = (cells.Any(c => c.Before.IsPresent), cells.Any(c => c.Now.IsPresent));
        foreach (var cell in cells)
            foreach (var kind in TokenCounts.Kinds)
            {
                var (before, now) = (cell.Before.NanoUsd[(int)kind], cell.Now.NanoUsd[(int)kind]);
                if (before == 0 && now == 0) continue;
                var whole = wasThere && isThere ? Single(cell, kind) : wasThere ? ChangeFactor.Ended : ChangeFactor.New;
                if (whole is { } factor) Add(effects, factor, cell, cell.Key.FeatureId, kind, now - before);
                else AddFactors(effects, cell, kind, use);
            }
    }

    /// <summary>The one factor that takes everything where a logarithm has nothing to say, in the order of the zero rule.</summary>
    private static ChangeFactor? Single(ChangeCell cell, TokenKind kind)
    {
        var (before, now, k) = (cell.Before, cell.Now, (int)kind);
        if (!before.IsPresent || !now.IsPresent) return ChangeFactor.Mix;
        var isOutput = kind == TokenKind.Output;
        if (before.Tokens[k] <= 0 || now.Tokens[k] <= 0)
        {
            if (before.TokensOf(isOutput) > 0 && now.TokensOf(isOutput) > 0) return ChangeFactor.CachedShare;
            if (before.Tokens[k] > 0 || now.Tokens[k] > 0) return isOutput ? ChangeFactor.OutputLength : ChangeFactor.PromptLength;
        }
        return before.NanoUsd[k] <= 0 || now.NanoUsd[k] <= 0 || before.Tokens[k] <= 0 || now.Tokens[k] <= 0 ? ChangeFactor.UnitPrice : null;
    }

    private static void AddFactors(List<CellEffect> effects, ChangeCell cell, TokenKind kind, FeatureUse? use)
    {
        var (before, now, k) = (cell.Before, cell.Now, (int)kind);
        var (isOutput, feature) = (kind == TokenKind.Output, cell.Key.FeatureId);
        var mean = Lmdi.Mean(before.NanoUsd[k], now.NanoUsd[k]);
        var (allBefore, all) = use is { FirstCalls: > 0, FirstCallsBefore: > 0 } ? (use.FirstCallsBefore, use.FirstCalls) : (before.FirstCalls, now.FirstCalls);

        if (use is { KnowsRequests: true })
        {
            Put(ChangeFactor.Requests, use.RequestsBefore!.Value, use.Requests!.Value);
            Put(ChangeFactor.CallsPerRequest, allBefore / use.RequestsBefore.Value, all / use.Requests.Value);
        }
        else
        {
            Put(ChangeFactor.Calls, allBefore, all);
        }
        Put(ChangeFactor.Mix, before.FirstCalls / allBefore, now.FirstCalls / all);
        Put(ChangeFactor.Retries, before.Calls / before.FirstCalls, now.Calls / now.FirstCalls);
        Put(isOutput ? ChangeFactor.OutputLength : ChangeFactor.PromptLength, before.TokensOf(isOutput) / before.Calls, now.TokensOf(isOutput) / now.Calls);
        Put(ChangeFactor.CachedShare, before.Tokens[k] / before.TokensOf(isOutput), now.Tokens[k] / now.TokensOf(isOutput));
        Put(ChangeFactor.UnitPrice, before.NanoUsd[k] / before.Tokens[k], now.NanoUsd[k] / now.Tokens[k]);

        void Put(ChangeFactor factor, double from, double to) => Add(effects, factor, cell, feature, kind, mean * Lmdi.Log(from, to));
    }
}

/// <summary>The same for what only the bill tells of: amount = quantity × share of a usage type × its rate.</summary>
internal static class BilledChange
{
    public static void Add(List<CellEffect> effects, int feature, IReadOnlyList<BilledUse> uses)
    {
        var (all0, all1) = (uses.Sum(u => u.QuantityBefore ?? 0), uses.Sum(u => u.Quantity ?? 0));
        var (wasThere, isThere) = (uses.Any(u => u.BeforeNanoUsd != 0), uses.Any(u => u.NanoUsd != 0));
        foreach (var use in uses)
        {
            var (b0, b1, change) = (use.BeforeNanoUsd, use.NanoUsd, use.NanoUsd - use.BeforeNanoUsd);
            if (b0 == 0 && b1 == 0) continue;
            if (!wasThere || !isThere) Put(wasThere ? ChangeFactor.Ended : ChangeFactor.New, change);
            else if (use.Quantity is null && b1 != 0 || use.QuantityBefore is null && b0 != 0) Put(ChangeFactor.BilledAmount, change);
            else if (b0 == 0 && !(use.QuantityBefore > 0) || b1 == 0 && !(use.Quantity > 0)) Put(ChangeFactor.BilledMix, change);
            else if (!(b0 > 0) || !(b1 > 0) || !(use.QuantityBefore > 0) || !(use.Quantity > 0)) Put(ChangeFactor.BilledRate, change);
            else
            {
                var (q0, q1, mean) = (use.QuantityBefore.Value, use.Quantity.Value, Lmdi.Mean(b0, b1));
                Put(ChangeFactor.BilledQuantity, mean * Lmdi.Log(all0, all1));
                Put(ChangeFactor.BilledMix, mean * Lmdi.Log(q0 / all0, q1 / all1));
                Put(ChangeFactor.BilledRate, mean * Lmdi.Log(b0 / q0, b1 / q1));
            }
        }

        void Put(ChangeFactor factor, double nanoUsd) => Decomposition.Add(effects, factor, null, feature, null, nanoUsd);
    }
}
