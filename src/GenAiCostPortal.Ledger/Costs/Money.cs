namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// USD as kept and as shown. In memory and in the API money is <see cref="decimal"/> USD; in the store it is
/// integer nano-USD (1e-9 USD). Unit prices are integer nano-USD per million units (algorithms §1).
/// </summary>
public static class Money
{
    /// <summary>Nano-USD in one USD.</summary>
    public const long NanoUsdPerUsd = 1_000_000_000;

    /// <summary>USD of an amount in nano-USD; exact.</summary>
    public static decimal ToUsd(long nanoUsd) => nanoUsd / (decimal)NanoUsdPerUsd;

    /// <summary>Nano-USD of an amount in USD, rounded half to even.</summary>
    /// <exception cref="OverflowException">The amount is beyond ±9.2 billion USD.</exception>
    public static long ToNanoUsd(decimal usd) =>
        decimal.ToInt64(decimal.Round(usd * NanoUsdPerUsd, 0, MidpointRounding.ToEven));

    /// <summary>Cost in nano-USD of <paramref name="units"/> at a price in nano-USD per million units, half to even.</summary>
    public static long Cost(long units, long nanoUsdPerMillion) =>
        decimal.ToInt64(decimal.Round((decimal)units * nanoUsdPerMillion / 1_000_000m, 0, MidpointRounding.ToEven));

    /// <summary>
    /// Splits <paramref name="total"/> by <paramref name="weights"/> with the largest-remainder method, so that the parts
    /// add up to it exactly; ties go to the lower index. No part has the opposite sign of the total.
    /// </summary>
    /// <exception cref="ArgumentException">No weights, a negative weight, or all weights zero with a non-zero total.</exception>
    public static long[] Split(long total, IReadOnlyList<decimal> weights)
    {
        if (weights.Count == 0) throw new ArgumentException("Nothing to split over.", nameof(weights));
        var sum = 0m;
        foreach (var w in weights)
        {
            if (w < 0) throw new ArgumentException("A weight is negative.", nameof(weights));
            sum += w;
        }
        var parts = new long[weights.Count];
        if (total == 0) return parts;
        if (sum == 0) throw new ArgumentException("All weights are zero.", nameof(weights));
        // Most lines have one owner.
        for (var i = 0; i < weights.Count; i++)
        {
            if (weights[i] == 0) continue;
            if (weights[i] != sum) break;
            parts[i] = total;
            return parts;
        }

        var size = Math.Abs((decimal)total);
        var remainders = new (decimal Remainder, int Index)[weights.Count];
        var given = 0m;
        for (var i = 0; i < weights.Count; i++)
        {
            // weight/sum first: size × weight can leave decimal's range when both are large.
            var exact = weights[i] / sum * size;
            var whole = decimal.Floor(exact);
            parts[i] = (long)whole;
            given += whole;
            remainders[i] = (exact - whole, i);
        }
        var left = (long)(size - given);
        if (left != 0) Array.Sort(remainders, (a, b) => a.Remainder != b.Remainder ? b.Remainder.CompareTo(a.Remainder) : a.Index.CompareTo(b.Index));
        // Rounding of the quotient can leave a unit too few or, with a repeating fraction, one too many.
        for (var i = 0; left > 0; i = (i + 1) % remainders.Length)
        {
            if (weights[remainders[i].Index] == 0) continue;
            parts[remainders[i].Index]++;
            left--;
        }
        for (var i = remainders.Length - 1; left < 0; i = i == 0 ? remainders.Length - 1 : i - 1)
        {
            if (parts[remainders[i].Index] == 0) continue;
            parts[remainders[i].Index]--;
            left++;
        }
        if (total < 0)
            for (var i = 0; i < parts.Length; i++) parts[i] = -parts[i];
        return parts;
    }
}
