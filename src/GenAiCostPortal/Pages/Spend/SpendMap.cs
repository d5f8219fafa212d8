using GenAiCostPortal.Charts;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Pages.Spend;

/// <summary>The rows of the Spend table as areas: the last grouping is what is coloured; what has no owner and what is not billed yet stand at the end.</summary>
public sealed class SpendMap(Colours colours)
{
    private const int MostAreas = 24, MostParts = 12;

    public MapChart Of(SpendPicture picture, SpendTable table)
    {
        decimal Usd(SpendLine line) => picture.IsUnbilled ? line.EstimatedUsd : line.BilledUsd;
        string Fill(SpendDimension dimension, string key) => picture.IsUnbilled ? colours.Hatched(dimension, key) : colours.Solid(dimension, key);

        MapArea Area(SpendLine line)
        {
            var dimension = picture.GroupBy[line.Keys.Count - 1];
            var href = line.Key == SpendQuery.Unattributed ? null : DrillDown.Href(picture.Url, picture.GroupBy, dimension, line.Key);
            return new MapArea(SpendNames.Of(colours, dimension, line.Key), Usd(line), Fill(dimension, line.Key), href, Limited(line.Parts, MostParts));
        }

        IReadOnlyList<MapArea> Limited(IReadOnlyList<SpendLine> lines, int most)
        {
            var named = lines.Where(l => l.Key != SpendQuery.Unattributed && Usd(l) != 0).OrderByDescending(Usd).ThenBy(l => l.Key, StringComparer.Ordinal).ToArray();
            var rest = lines.Where(l => l.Key == SpendQuery.Unattributed && Usd(l) != 0).Select(Area);
            return named.Length - 1 <= most ? [.. named.Select(Area), .. rest]
                : [.. named.Take(most).Select(Area), new MapArea($"Other ({named.Length - most})", named.Skip(most).Sum(Usd), Fill(picture.GroupBy[0], ""), null, []), .. rest];
        }

        var areas = Limited([.. table.Groups, .. new[] { table.Unattributed }.OfType<SpendLine>()], MostAreas).ToList();
        if (!picture.IsUnbilled && table.EstimatedUsd != 0) areas.Add(new MapArea("Not yet billed", table.EstimatedUsd, "url(#h-rest)", null, []));
        var names = string.Join(", then ", picture.GroupBy.Select(d => DimensionText.Name(d).ToLowerInvariant()));
        var largest = string.Join(", ", areas.OrderByDescending(a => a.Usd).Take(3).Select(a => $"{a.Label} {UsdText.Exact(a.Usd)}"));
        return new MapChart(areas, areas.Sum(a => a.Usd), $"{UsdText.Exact(table.TotalUsd)} as areas by {names}. Largest: {largest}.");
    }
}
