using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Figures;

/// <summary>Displayed parts add up to the displayed total, by largest remainder to the cent.</summary>
public static class DisplayedUsd
{
    /// <summary>
    /// Parts rounded to cents so that they add up to the rounded <paramref name="total"/>, which may itself be a displayed amount.
    /// Largest remainder whatever the sign; ties go to the lower index.
    /// </summary>
    /// <exception cref="ArgumentException">The parts differ from the total by more than a cent.</exception>
    public static decimal[] Parts(decimal total, IReadOnlyList<decimal> parts)
    {
        if (parts.Count == 0) return [];
        if (Math.Abs(parts.Sum() - total) > 0.01m) throw new ArgumentException("The parts do not make the total.", nameof(parts));
        var cents = parts.Select(p => decimal.Floor(p * 100m)).ToArray();
        var missing = decimal.Round(total * 100m, 0, MidpointRounding.ToEven) - cents.Sum();
        var order = Enumerable.Range(0, parts.Count).OrderByDescending(i => parts[i] * 100m - cents[i]).ThenBy(i => i).ToArray();
        for (var n = 0; n < missing; n++) cents[order[n % order.Length]]++;
        for (var n = 0; n < -missing; n++) cents[order[order.Length - 1 - n % order.Length]]--;
        return [.. cents.Select(c => c / 100m)];
    }

    /// <summary>Shares of a total in tenths of a per cent that add up to 100.0 %; empty total gives nulls.</summary>
    public static decimal?[] Shares(decimal total, IReadOnlyList<decimal> parts)
    {
        if (total <= 0 || parts.Count == 0) return new decimal?[parts.Count];
        if (parts.Any(p => p < 0) || parts.Sum() != total) return [.. parts.Select(p => (decimal?)decimal.Round(p / total, 3, MidpointRounding.ToEven))];
        return [.. Money.Split(1000, parts).Select(tenths => (decimal?)(tenths / 1000m))];
    }
}
