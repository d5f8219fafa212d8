namespace GenAiCostPortal.Charts;

/// <summary>From the usual to the dearest, on one row.</summary>
/// <param name="Usual">Half are at most this.</param>
/// <param name="Most">95 of 100 are at most this.</param>
public sealed record RangeRow(string Label, string Colour, decimal Usual, decimal Most, decimal Dearest, string? Href);

/// <summary>Draws ranges below each other on one logarithmic axis: a dot for p50, a bar to p95, a line to the maximum.</summary>
internal sealed class RangeDrawing(IReadOnlyList<RangeRow> rows, Func<decimal, string> value, Func<double, string> axis, string summary, bool narrow, double width)
{
    private const double RowHeight = 30, Top = 8;
    private readonly LogScale _scale = LogScale.Of(rows.SelectMany(r => new[] { (double)r.Usual, (double)r.Dearest }));
    private readonly double _left = narrow ? 8 : 170;
    private readonly double _right = width - (narrow ? 8 : 90);
    private readonly SvgText _svg = new();

    private double Step => narrow ? RowHeight + 14 : RowHeight;
    private double Bottom => Top + Step * rows.Count;

    public string Draw()
    {
        _svg.Open("svg", ("class", narrow ? "narrow" : "wide"), ("viewBox", FormattableString.Invariant($"0 0 {width} {Bottom + 24}")), ("role", "group"), ("aria-label", summary));
        foreach (var tick in _scale.Ticks)
        {
            _svg.Mark("line", ("class", "g"), ("x1", X((decimal)tick)), ("x2", X((decimal)tick)), ("y1", Top), ("y2", Bottom));
            _svg.Words(axis(tick), ("x", X((decimal)tick)), ("y", Bottom + 15), ("text-anchor", tick == _scale.Min && narrow ? "start" : tick == _scale.Max && narrow ? "end" : "middle"));
        }
        for (var i = 0; i < rows.Count; i++) Row(i);
        return _svg.Close("svg").ToString();
    }

    private double X(decimal usd) => _left + _scale.At((double)usd) * (_right - _left);

    private void Row(int index)
    {
        var row = rows[index];
        var y = Top + Step * index + (narrow ? 30 : Step / 2);
        var words = $"p50 {value(row.Usual)}, p95 {value(row.Most)}, dearest {value(row.Dearest)}";
        _svg.Open("g", ("data-point", ""), ("data-mark", ""), ("tabindex", index == 0 ? "0" : "-1"), ("role", "group"), ("aria-label", $"{row.Label}: {words}"));
        _svg.Open("title").Escaped($"{row.Label}\n{words.Replace(", ", "\n", StringComparison.Ordinal)}").Close("title");
        if (row.Href is not null) _svg.Open("a", ("href", row.Href), ("tabindex", "-1"), ("aria-label", $"Traces of {row.Label}, dearest first"));
        _svg.Mark("rect", ("class", "ring-focus"), ("x", narrow ? 0 : 2), ("y", Top + Step * index + 1), ("width", width - 4), ("height", Step - 2), ("pointer-events", "all"));
        if (row.Href is not null) _svg.Close("a");
        _svg.Mark("line", ("x1", X(row.Usual)), ("x2", X(row.Dearest)), ("y1", y), ("y2", y), ("stroke", row.Colour), ("stroke-width", "1.25"), ("pointer-events", "none"));
        _svg.Mark("rect", ("x", X(row.Usual)), ("y", y - 3), ("width", Math.Max(1, X(row.Most) - X(row.Usual))), ("height", 6.0), ("fill", row.Colour), ("pointer-events", "none"));
        _svg.Mark("line", ("x1", X(row.Dearest)), ("x2", X(row.Dearest)), ("y1", y - 4), ("y2", y + 4), ("stroke", row.Colour), ("stroke-width", "1.25"), ("pointer-events", "none"));
        _svg.Mark("circle", ("cx", X(row.Usual)), ("cy", y), ("r", "4.5"), ("fill", "var(--surface-page)"), ("stroke", row.Colour), ("stroke-width", "2"), ("pointer-events", "none"));
        _svg.Words(row.Label, ("x", narrow ? 4 : _left - 14), ("y", narrow ? y - 14 : y + 4), ("text-anchor", narrow ? "start" : "end"), ("class", "t-label"), ("pointer-events", "none"));
        if (!narrow) _svg.Words(value(row.Dearest), ("x", _right + 12), ("y", y + 4), ("pointer-events", "none"));
        _svg.Close("g");
    }
}
