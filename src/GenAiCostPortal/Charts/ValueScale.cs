namespace GenAiCostPortal.Charts;

/// <summary>A value axis from zero with round ticks. Values beyond <see cref="Max"/> are drawn cut.</summary>
/// <param name="Min">Zero, or a round value below when there are negative amounts.</param>
/// <param name="IsCut">Some value lies beyond <paramref name="Max"/>.</param>
/// <param name="CanCut">One or few values dwarf the rest, so that a cut helps.</param>
public sealed record ValueScale(decimal Min, decimal Max, decimal Step, bool IsCut, bool CanCut)
{
    private const decimal Dwarfs = 2m;

    public IEnumerable<decimal> Ticks
    {
        get
        {
            for (var tick = Min; tick <= Max; tick += Step) yield return tick;
        }
    }

    /// <summary>A scale for the totals of all columns; <paramref name="cut"/> asks for usual days at a readable size.</summary>
    public static ValueScale Of(IReadOnlyList<decimal> totals, bool cut, decimal lowest = 0)
    {
        var positive = totals.Where(t => t > 0).Order().ToArray();
        if (positive.Length == 0) return new ValueScale(lowest < 0 ? -RoundStep(-lowest) : 0, 1, 0.25m, false, false);
        var max = positive[^1];
        var median = positive[positive.Length / 2];
        var usual = positive.Last(t => t <= Math.Max(3 * median, positive[0]));
        var canCut = positive.Length >= 4 && max > Dwarfs * usual && positive.Count(t => t > usual) <= Math.Max(2, positive.Length / 10);
        var isCut = cut && canCut;
        var top = isCut ? usual * 1.6m : max * 1.04m;
        var step = RoundStep(top / 5);
        return new ValueScale(lowest < 0 ? -decimal.Ceiling(-lowest / step) * step : 0, decimal.Ceiling(top / step) * step, step, isCut, canCut);
    }

    /// <summary>Where a value lies between the ends, 0–1; beyond the top 1.</summary>
    public double At(decimal value) => (double)((Math.Min(value, Max) - Min) / (Max - Min));

    private static decimal RoundStep(decimal atLeast)
    {
        var size = 1m;
        while (size * 10 <= atLeast) size *= 10;
        while (size > atLeast) size /= 10;
        foreach (var factor in (decimal[])[1m, 2m, 2.5m, 5m])
            if (size * factor >= atLeast) return size * factor;
        return size * 10;
    }
}
