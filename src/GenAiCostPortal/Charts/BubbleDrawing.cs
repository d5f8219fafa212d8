namespace GenAiCostPortal.Charts;

/// <summary>A bubble: how long, how dear, how much.</summary>
/// <param name="Label">Beside the mark.</param>
/// <param name="Words">All that is known, one line each.</param>
/// <param name="Across">Along the axis, above zero.</param>
/// <param name="Up">Up the axis, above zero.</param>
/// <param name="Area">Decides the size.</param>
public sealed record Bubble(string Label, string SubLabel, string Words, string Colour, double Across, double Up, double Area, string? Href);

/// <summary>Draws bubbles on two logarithmic axes. Names stand beside the largest, as many as there is room for; all are in the table.</summary>
internal sealed class BubbleDrawing(IReadOnlyList<Bubble> bubbles, Func<double, string> across, Func<double, string> up, string acrossName, string upName, string summary, bool narrow, double width, double height)
{
    private const double Top = 22, LargestRadius = 26, SmallestRadius = 4;
    private readonly LogScale _x = LogScale.Of(bubbles.Select(b => b.Across));
    private readonly LogScale _y = LogScale.Of(bubbles.Select(b => b.Up));
    private readonly double _left = narrow ? 52 : 64;
    private readonly double _right = width - (narrow ? 12 : 40);
    private readonly double _bottom = height - 40;
    private readonly double _most = bubbles.Count == 0 ? 1 : Math.Max(double.Epsilon, bubbles.Max(b => b.Area));
    private readonly List<(double X1, double Y1, double X2, double Y2)> _taken = [];
    private readonly SvgText _svg = new();

    public string Draw()
    {
        _svg.Open("svg", ("class", narrow ? "narrow" : "wide"), ("viewBox", FormattableString.Invariant($"0 0 {width} {height}")), ("role", "group"), ("aria-label", summary));
        foreach (var tick in _y.Ticks)
        {
            _svg.Mark("line", ("class", "g"), ("x1", _left), ("x2", _right), ("y1", Y(tick)), ("y2", Y(tick)));
            _svg.Words(up(tick), ("x", _left - 8), ("y", Y(tick) + 4), ("text-anchor", "end"));
        }
        foreach (var tick in _x.Ticks)
        {
            _svg.Mark("line", ("class", "g"), ("x1", X(tick)), ("x2", X(tick)), ("y1", Top), ("y2", _bottom));
            // The last one would run over the edge of a narrow chart.
            var isLast = narrow && X(tick) > _right - 24;
            _svg.Words(across(tick), ("x", isLast ? width : X(tick)), ("y", _bottom + 16), ("text-anchor", isLast ? "end" : "middle"));
        }
        _svg.Words(acrossName, ("x", _right), ("y", height - 6), ("text-anchor", "end"), ("class", "t-label"));
        _svg.Words(upName, ("x", 0), ("y", 11), ("class", "t-label"));
        // Large ones first, so that small ones lie on top and can be reached.
        var order = bubbles.OrderByDescending(b => b.Area).ToArray();
        foreach (var bubble in order) _taken.Add((X(bubble.Across) - R(bubble), Y(bubble.Up) - R(bubble), X(bubble.Across) + R(bubble), Y(bubble.Up) + R(bubble)));
        for (var i = 0; i < order.Length; i++) Mark(order[i], i);
        foreach (var bubble in order) Name(bubble);
        return _svg.Close("svg").ToString();
    }

    private double X(double value) => _left + _x.At(value) * (_right - _left);
    private double Y(double value) => _bottom - _y.At(value) * (_bottom - Top);
    private double R(Bubble bubble) => Math.Max(SmallestRadius, Math.Sqrt(Math.Max(0, bubble.Area) / _most) * LargestRadius * (narrow ? 0.7 : 1));

    private void Mark(Bubble bubble, int index)
    {
        _svg.Open("g", ("data-point", ""), ("data-mark", ""), ("tabindex", index == 0 ? "0" : "-1"), ("role", "group"), ("aria-label", bubble.Words.Replace("\n", ", ", StringComparison.Ordinal)));
        _svg.Open("title").Escaped(bubble.Words).Close("title");
        if (bubble.Href is not null) _svg.Open("a", ("href", bubble.Href), ("tabindex", "-1"), ("aria-label", $"Traces of {bubble.Label} with {bubble.SubLabel}"));
        _svg.Mark("circle", ("class", "bubble"), ("cx", X(bubble.Across)), ("cy", Y(bubble.Up)), ("r", R(bubble)), ("fill", bubble.Colour), ("stroke", bubble.Colour));
        if (bubble.Href is not null) _svg.Close("a");
        _svg.Mark("circle", ("class", "ring-focus"), ("cx", X(bubble.Across)), ("cy", Y(bubble.Up)), ("r", R(bubble) + 3), ("style", "pointer-events:none"));
        _svg.Close("g");
    }

    private void Name(Bubble bubble)
    {
        if (narrow && bubble.Area < _most / 6) return;
        var words = narrow ? bubble.Label : $"{bubble.Label} \u00b7 {bubble.SubLabel}";
        var length = words.Length * 5.9 + 4;
        var (x, y, r) = (X(bubble.Across), Y(bubble.Up), R(bubble));
        foreach (var (at, anchor, row) in new[] { (x + r + 5, "start", y), (x - r - 5, "end", y), (x, "middle", y - r - 9), (x, "middle", y + r + 9) })
        {
            var from = anchor == "start" ? at : anchor == "end" ? at - length : at - length / 2;
            var box = (X1: from, Y1: row - 7, X2: from + length, Y2: row + 7);
            if (box.X1 < _left || box.X2 > width || box.Y1 < Top - 8 || box.Y2 > _bottom || _taken.Any(t => t.X1 < box.X2 && box.X1 < t.X2 && t.Y1 < box.Y2 && box.Y1 < t.Y2)) continue;
            _taken.Add(box);
            _svg.Words(words, ("x", at), ("y", row + 4), ("text-anchor", anchor), ("class", "t-label halo"), ("pointer-events", "none"));
            return;
        }
    }
}
