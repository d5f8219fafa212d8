using GenAiCostPortal.Figures;

namespace GenAiCostPortal.Charts;

/// <summary>Draws money as areas. Narrow is another drawing with its own layout.</summary>
internal sealed class MapDrawing(MapChart data, bool narrow)
{
    private const double TextUnit = 6.4, Inset = 10, Line = 16, FirstLine = 18, Edge = 4;
    private readonly Box _whole = narrow ? new Box(0, 0, 358, 440) : new Box(0, 0, 1168, 400);
    private readonly SvgText _svg = new();
    private int _points;

    /// <summary>The whole <c>svg</c> element.</summary>
    public string Draw()
    {
        _svg.Open("svg", ("class", narrow ? "narrow" : "wide"), ("viewBox", FormattableString.Invariant($"0 0 {_whole.Width} {_whole.Height}")), ("role", "group"), ("aria-label", data.Summary));
        foreach (var (area, box) in Lay(data.Areas, _whole))
        {
            if (area.Parts.Count == 0) Leaf(area, box, null, hasHead: false);
            else Group(area, box);
        }
        return _svg.Close("svg").ToString();
    }

    private static IEnumerable<(MapArea Area, Box Box)> Lay(IReadOnlyList<MapArea> areas, Box within)
    {
        var drawn = areas.Where(a => a.DrawnUsd > 0).ToArray();
        return drawn.Zip(Squares.Lay([.. drawn.Select(a => (double)a.DrawnUsd)], within));
    }

    // The name of a group stands in its first part, which is the largest; a line parts it from its neighbours.
    private void Group(MapArea group, Box box)
    {
        var parts = Lay(group.Parts, box).ToArray();
        var head = Fit(group.Label, parts[0].Box.Width);
        var hasHead = head is not null && parts[0].Box.Height >= FirstLine + Line + 6;
        for (var i = 0; i < parts.Length; i++) Leaf(parts[i].Area, parts[i].Box, group.Label, hasHead && i == 0);
        _svg.Mark("rect", ("class", "area-line"), ("x", box.X), ("y", box.Y), ("width", box.Width), ("height", box.Height));
        if (hasHead) _svg.Words(head!, ("x", box.X + Inset), ("y", box.Y + FirstLine), ("class", "t-strong t-area"));
    }

    private void Leaf(MapArea area, Box box, string? group, bool hasHead)
    {
        var share = NumberText.Share(data.TotalUsd > 0 ? area.Usd / data.TotalUsd : null);
        var name = group is null || group == area.Label ? area.Label : $"{group}, {area.Label}";
        var words = $"{name}: {UsdText.Exact(area.Usd)}, {share} of the total";
        _svg.Open("g", ("data-point", ""), ("data-mark", ""), ("tabindex", _points++ == 0 ? "0" : "-1"), ("role", "group"), ("aria-label", words));
        _svg.Open("title").Escaped($"{name}: {UsdText.Exact(area.Usd)}\n{share} of the total").Close("title");
        var label = LabelOf(area, box, hasHead);
        // A small area has no words of its own.
        if (area.Href is { } href) _svg.Open("a", ("href", href), ("tabindex", "-1"), ("aria-label", label is null ? words : null));
        _svg.Mark("rect", ("class", "area"), ("x", box.X), ("y", box.Y), ("width", box.Width), ("height", box.Height), ("fill", area.Fill));
        if (box is { Width: > 2 * Edge, Height: > 2 * Edge }) _svg.Mark("rect", ("x", box.X + 2), ("y", box.Y + 2), ("width", Edge), ("height", box.Height - 4), ("fill", area.Fill));
        _svg.Mark("rect", ("class", "ring-focus"), ("x", box.X + 2), ("y", box.Y + 2), ("width", Math.Max(0, box.Width - 4)), ("height", Math.Max(0, box.Height - 4)));
        if (label is not null) Label(area, label, box, LineOf(hasHead));
        if (area.Href is not null) _svg.Close("a");
        _svg.Close("g");
    }

    private static double LineOf(bool hasHead) => hasHead ? FirstLine + Line : FirstLine;

    private static string? LabelOf(MapArea area, Box box, bool hasHead) => box.Height < LineOf(hasHead) + 5 ? null : Fit(area.Label, box.Width);

    private void Label(MapArea area, string label, Box box, double y)
    {
        // Text on a hatch needs a ground of its own.
        var halo = area.Fill.StartsWith("url", StringComparison.Ordinal) ? " halo" : "";
        _svg.Words(label, ("x", box.X + Inset), ("y", box.Y + y), ("class", "t-area" + halo));
        var (value, after) = (UsdText.Round(area.Usd), label.Length * TextUnit + 8);
        var isBelow = box.Height >= y + Line + 4;
        if (Fit(value, box.Width - (isBelow ? 0 : after), isWhole: true) is null) return;
        _svg.Words(value, ("x", box.X + Inset + (isBelow ? 0 : after)), ("y", box.Y + y + (isBelow ? Line : 0)), ("class", "t-area t-area-value" + halo));
    }

    // Shortened where some of it can still be read; an amount is whole or not there.
    private static string? Fit(string text, double width, bool isWhole = false)
    {
        var room = (int)((width - Inset - 4) / TextUnit);
        return text.Length <= room ? text : isWhole || room < 6 ? null : text[..(room - 1)] + "\u2026";
    }
}
