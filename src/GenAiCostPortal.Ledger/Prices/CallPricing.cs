using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>Tokens × price. A kind without a price is never zero: the cost is partial, or unknown (algorithms §3).</summary>
public static class CallPricing
{
    private const long Million = 1_000_000;

    /// <summary>Cost in nano-USD, rounded once half to even; null when no token of the call has a price.</summary>
    /// <returns>The cost, its state, and how many tokens have no price.</returns>
    public static (long? CostNanoUsd, CostState State, long UnpricedTokens) Price(TokenCounts tokens, Price? price)
    {
        Int128 sum = 0;
        Int128 unpriced = 0;
        var isAnyPriced = false;
        foreach (var kind in TokenCounts.Kinds)
        {
            var count = tokens[kind];
            if (count <= 0) continue;
            if (price?[kind] is { } rate)
            {
                sum += (Int128)count * rate;
                isAnyPriced = true;
            }
            else
            {
                unpriced += count;
            }
        }
        var unpricedTokens = Cut(unpriced);
        if (price is null) return (null, CostState.Unpriced, unpricedTokens);
        if (unpriced == 0) return (Round(sum), CostState.Priced, 0);
        return isAnyPriced ? (Round(sum), CostState.PartiallyPriced, unpricedTokens) : (null, CostState.Unpriced, unpricedTokens);
    }

    private static long Round(Int128 nanoUsdTimesMillion)
    {
        var (whole, rest) = Int128.DivRem(nanoUsdTimesMillion, Million);
        if (rest * 2 > Million || (rest * 2 == Million && Int128.IsOddInteger(whole))) whole++;
        return Cut(whole);
    }

    // Absurd counts come from outside; they must not stop the writer.
    private static long Cut(Int128 value) => value > long.MaxValue ? long.MaxValue : (long)value;
}
