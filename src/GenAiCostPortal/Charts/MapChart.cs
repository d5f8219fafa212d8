namespace GenAiCostPortal.Charts;

/// <summary>A part of the whole, as an area; one with parts is filled by them.</summary>
/// <param name="Usd">As displayed: the areas add up to the total, and the parts of each to the area.</param>
/// <param name="Fill">CSS colour or pattern.</param>
/// <param name="Href">Where a click leads; null = nowhere.</param>
public sealed record MapArea(string Label, decimal Usd, string Fill, string? Href, IReadOnlyList<MapArea> Parts)
{
    /// <summary>What can be drawn of it: credits and refunds have no area.</summary>
    public decimal DrawnUsd => Parts.Count == 0 ? Math.Max(0, Usd) : Parts.Sum(p => p.DrawnUsd);

    /// <summary>Some of it is a credit or a refund.</summary>
    public bool HasCredits => Usd < 0 || Parts.Any(p => p.HasCredits);
}

/// <summary>Money as areas. They stand in the order in which they are drawn.</summary>
/// <param name="Summary">The point of the chart in a sentence, for those who do not see it.</param>
public sealed record MapChart(IReadOnlyList<MapArea> Areas, decimal TotalUsd, string Summary);
