namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>
/// Additive LMDI-I: the effect of a factor is the logarithmic mean of both products × the logarithm of the factor's ratio, so the
/// effects of all factors add up to the difference of the products. Every step is exactly antisymmetric in its two windows.
/// </summary>
internal static class Lmdi
{
    private const double Near = 1e-6;

    /// <summary>Logarithmic mean of two positive numbers.</summary>
    public static double Mean(double a, double b)
    {
        if (a == b) return a;
        var (high, low) = a > b ? (a, b) : (b, a);
        var x = (high - low) / low;
        // The quotient of two differences near zero has no digits left.
        return x < Near ? low * (1 + x / 2 - x * x / 12 + x * x * x / 24) : (high - low) / Math.Log(high / low);
    }

    /// <summary>ln(now ÷ before).</summary>
    public static double Log(double before, double now) => now >= before ? Math.Log(now / before) : -Math.Log(before / now);

    /// <summary>
    /// Whole numbers near the parts that add up to a total: cut towards zero, the missing units to the largest remainders, ties to the
    /// lower index. Parts of the opposite sign give the same numbers with the opposite sign.
    /// </summary>
    public static long[] Round(long total, IReadOnlyList<double> parts)
    {
        var whole = new long[parts.Count];
        var rest = new (double Left, int Index)[parts.Count];
        var left = total;
        for (var i = 0; i < parts.Count; i++)
        {
            whole[i] = (long)Math.Truncate(parts[i]);
            rest[i] = (parts[i] - whole[i], i);
            left -= whole[i];
        }
        if (left == 0 || parts.Count == 0) return whole;
        var sign = Math.Sign(left);
        Array.Sort(rest, (a, b) => a.Left != b.Left ? (b.Left * sign).CompareTo(a.Left * sign) : a.Index.CompareTo(b.Index));
        var each = left / parts.Count;
        var more = Math.Abs(left % parts.Count);
        for (var i = 0; i < rest.Length; i++) whole[rest[i].Index] += each + (i < more ? sign : 0);
        return whole;
    }
}
