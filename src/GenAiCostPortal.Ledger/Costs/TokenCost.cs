using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Tokens at a price: summed exactly, rounded once, half to even (algorithms §1).</summary>
/// <param name="NanoUsd">Cost of the kinds that have a price.</param>
/// <param name="PricedTokens">Tokens of those kinds.</param>
/// <param name="UnpricedTokens">Tokens of kinds without a price; they add nothing to the cost.</param>
public readonly record struct TokenCost(long NanoUsd, long PricedTokens, long UnpricedTokens)
{
    /// <summary>Cost of tokens; without a price all of them are unpriced.</summary>
    public static TokenCost Of(in TokenCounts tokens, Price? price)
    {
        if (price is null) return new(0, 0, tokens.Total);
        Int128 exact = 0;
        long priced = 0, unpriced = 0;
        Add(tokens.Input, price.InputNanoUsd, ref exact, ref priced, ref unpriced);
        Add(tokens.CacheRead, price.CacheReadNanoUsd, ref exact, ref priced, ref unpriced);
        Add(tokens.CacheWrite5m, price.CacheWrite5mNanoUsd, ref exact, ref priced, ref unpriced);
        Add(tokens.CacheWrite30m, price.CacheWrite30mNanoUsd, ref exact, ref priced, ref unpriced);
        Add(tokens.CacheWrite1h, price.CacheWrite1hNanoUsd, ref exact, ref priced, ref unpriced);
        Add(tokens.Output, price.OutputNanoUsd, ref exact, ref priced, ref unpriced);
        return new(PerMillion(exact), priced, unpriced);
    }

    private static void Add(long tokens, long? nanoUsd, ref Int128 exact, ref long priced, ref long unpriced)
    {
        if (nanoUsd is { } p)
        {
            exact += (Int128)tokens * p;
            priced += tokens;
        }
        else
        {
            unpriced += tokens;
        }
    }

    private static long PerMillion(Int128 exact)
    {
        if (exact >= long.MinValue && exact <= long.MaxValue)
        {
            // Nearly every sum; 128-bit division is many times slower.
            var (quotient, remainder) = long.DivRem((long)exact, 1_000_000);
            var twice = Math.Abs(remainder) * 2;
            return twice > 1_000_000 || (twice == 1_000_000 && long.IsOddInteger(quotient)) ? quotient + Math.Sign(remainder) : quotient;
        }
        var (whole, rest) = Int128.DivRem(exact, 1_000_000);
        var size = Int128.Abs(rest) * 2;
        if (size > 1_000_000 || (size == 1_000_000 && Int128.IsOddInteger(whole))) whole += exact < 0 ? -1 : 1;
        return whole > long.MaxValue ? long.MaxValue : whole < long.MinValue ? long.MinValue : (long)whole;
    }
}
