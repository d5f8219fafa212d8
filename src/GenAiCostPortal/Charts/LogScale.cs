namespace GenAiCostPortal.Charts;

/// <summary>A logarithmic axis over whole powers of ten.</summary>
public sealed record LogScale(double Min, double Max)
{
    /// <summary>Wide enough for all values above zero; one power of ten at least.</summary>
    public static LogScale Of(IEnumerable<double> values)
    {
        var positive = values.Where(v => v > 0 && double.IsFinite(v)).ToArray();
        if (positive.Length == 0) return new LogScale(0.1, 1);
        var (low, high) = (Math.Floor(Math.Log10(positive.Min())), Math.Ceiling(Math.Log10(positive.Max())));
        return new LogScale(Math.Pow(10, low), Math.Pow(10, high > low ? high : low + 1));
    }

    /// <summary>Powers of ten from end to end.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            for (var power = Math.Round(Math.Log10(Min)); power <= Math.Round(Math.Log10(Max)); power++) yield return Math.Pow(10, power);
        }
    }

    /// <summary>Where a value lies between the ends, 0–1.</summary>
    public double At(double value) => Math.Clamp((Math.Log10(Math.Max(value, Min)) - Math.Log10(Min)) / (Math.Log10(Max) - Math.Log10(Min)), 0, 1);
}
