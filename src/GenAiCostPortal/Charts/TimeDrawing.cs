using GenAiCostPortal.Filters;

namespace GenAiCostPortal.Charts;

/// <summary>Draws a chart over time at one size: stacked columns, or lines with their names at the end. Narrow is another drawing with fewer ticks.</summary>
internal sealed class TimeDrawing(TimeChart data, bool narrow, double width, double height)
{
    private const double Top = 10, LabelHeight = 14;
    private readonly ValueScale _scale = data.Scale;
    private readonly double _left = narrow ? 46 : 54;
    private readonly double _right = width - (data.IsStacked ? 4 : narrow ? 64 : Math.Max(92, LabelRoom(data)));
    private readonly double _bottom = height - 30;
    private readonly SvgText _svg = new();

    private double Slot => (_right - _left) / Math.Max(1, data.Steps.Count);
    private double BarWidth => Math.Min(Slot * (narrow ? 0.76 : 0.7), 44);

    /// <summary>The whole <c>svg</c> element.</summary>
    public string Draw()
    {
        _svg.Open("svg", ("class", narrow ? "narrow" : "wide"), ("viewBox", FormattableString.Invariant($"0 0 {width} {height}")), ("role", "group"), ("aria-label", data.Summary),
            ("data-brush", data.Brush?.Moments), ("data-brush-days", data.Brush?.Days));
        foreach (var tick in _scale.Ticks)
        {
            _svg.Mark("line", ("class", "g"), ("x1", _left), ("x2", _right), ("y1", Y(tick)), ("y2", Y(tick)));
            _svg.Words(data.Axis(tick, _scale.Step), ("x", _left - 8), ("y", Y(tick) + 4), ("text-anchor", "end"));
        }
        Gaps();
        if (!data.IsStacked) Lines();
        for (var i = 0; i < data.Steps.Count; i++) Point(i);
        _svg.Mark("line", ("class", "ax"), ("x1", _left), ("x2", _right), ("y1", Y(0) + 0.5), ("y2", Y(0) + 0.5));
        if (!data.IsStacked) EndLabels();
        if (data.Steps.Count > 0) TimeMarks.Draw(_svg, data.Marks, at => TimeMarks.Place([.. data.Steps.Select(s => s.Start)], data.Steps[^1].End, at, _left, Slot), 4, _bottom, _right);
        return _svg.Close("svg").ToString();
    }

    private double Y(decimal value) => _bottom - _scale.At(value) * (_bottom - Top);
    private double Middle(int index) => _left + Slot * (index + 0.5);

    // Missing time is a gap with a word. The steps at the end may still be to come.
    private void Gaps()
    {
        for (var from = 0; from < data.Steps.Count; from++)
        {
            var to = from;
            while (to < data.Steps.Count && data.TotalAt(to) is null) to++;
            if (to < data.Steps.Count && (to - from) * Slot > 96)
                _svg.Words("nothing recorded", ("x", _left + Slot * (from + to) / 2), ("y", _bottom - 8), ("text-anchor", "middle"), ("class", "t-quiet"));
            from = to;
        }
    }

    private void Point(int index)
    {
        var step = data.Steps[index];
        var words = data.Series.Where(s => s.Values[index] is { } v && (v != 0 || !data.IsStacked)).Select(s => $"{s.Label} {data.Value(s.Values[index]!.Value)}").ToArray();
        var total = data.IsStacked && data.TotalAt(index) is { } sum ? ": " + data.Value(sum) : "";
        if (words.Length == 0) words = ["nothing recorded"];
        _svg.Open("g", ("data-point", ""), ("data-mark", ""), ("tabindex", index == 0 ? "0" : "-1"), ("role", "group"), ("aria-label", $"{step.Name}{total}. {string.Join(", ", words)}"),
            ("data-from", Zoom.Text(step.Start)), ("data-to", Zoom.Text(step.End)));
        _svg.Open("title").Escaped($"{step.Name}{total}\n{string.Join('\n', words)}").Close("title");
        var href = data.StepHref?.Invoke(step);
        if (href is not null) _svg.Open("a", ("href", href), ("tabindex", "-1"), ("aria-label", $"Traces of {step.Name}"));
        _svg.Mark("rect", ("class", "ring-focus"), ("x", _left + Slot * index + 0.5), ("y", Top - 4), ("width", Math.Max(1, Slot - 1)), ("height", _bottom - Top + 4), ("pointer-events", "all"));
        if (href is not null) _svg.Close("a");
        if (data.IsStacked) Column(index, step, href);
        else
            foreach (var series in data.Series)
                if (series.Values[index] is { } value) _svg.Mark("circle", ("class", "dot-hover"), ("cx", Middle(index)), ("cy", Y(value)), ("r", "3"), ("fill", series.Colour), ("pointer-events", "none"));
        Tick(index, step);
        _svg.Close("g");
    }

    private void Column(int index, TimeStep step, string? href)
    {
        var up = Y(0);
        foreach (var series in data.Series)
        {
            if (series.Values[index] is not { } value || value <= 0) continue;
            var size = _scale.At(value) * (_bottom - Top);
            up -= size;
            if (size < 0.15) continue;
            var to = series.Href?.Invoke(step) ?? href;
            if (to is not null) _svg.Open("a", ("href", to), ("data-mark", ""), ("tabindex", "-1"));
            else _svg.Open("g", ("data-mark", ""));
            _svg.Open("title").Escaped($"{series.Label}: {data.Value(value)}\n{step.Name}").Close("title");
            _svg.Mark("rect", ("class", "seg"), ("x", Middle(index) - BarWidth / 2), ("y", up), ("width", BarWidth), ("height", size), ("fill", series.Colour), ("style", size < 4 || BarWidth < 6 ? "stroke-width:.4" : null));
            _svg.Close(to is not null ? "a" : "g");
        }
    }

    private void Tick(int index, TimeStep step)
    {
        var every = Math.Max(1, (int)Math.Ceiling((narrow ? 42 : 30) / Slot));
        var hasMajors = data.Steps.Any(s => s.IsMajor);
        if (every > 1 && !(hasMajors ? step.IsMajor : index % every == 0)) return;
        _svg.Words(step.Tick, ("x", Middle(index)), ("y", _bottom + 15), ("text-anchor", "middle"), ("class", step.IsPale ? "t-pale" : null));
        if (step.SubTick is not null && !narrow && every == 1) _svg.Words(step.SubTick, ("x", Middle(index)), ("y", _bottom + 27), ("text-anchor", "middle"), ("class", "t-weekday"));
    }

    // A gap is never bridged; a value between two gaps is a dot.
    private void Lines()
    {
        // The first is drawn last, over the others.
        foreach (var series in data.Series.Reverse())
        {
            var path = new System.Text.StringBuilder();
            for (var i = 0; i < series.Values.Count; i++)
            {
                if (series.Values[i] is not { } value) continue;
                var starts = i == 0 || series.Values[i - 1] is null;
                var ends = i == series.Values.Count - 1 || series.Values[i + 1] is null;
                if (starts && ends) _svg.Mark("circle", ("cx", Middle(i)), ("cy", Y(value)), ("r", "2.25"), ("fill", series.Colour));
                else path.Append(FormattableString.Invariant($"{(starts ? 'M' : 'L')}{Middle(i):0.##} {Y(value):0.##}"));
            }
            if (path.Length > 0) _svg.Mark("path", ("d", path.ToString()), ("fill", "none"), ("stroke", series.Colour), ("stroke-width", "1.75"), ("stroke-linejoin", "round"));
        }
    }

    // What the longest name with its value takes at the end of a line.
    private static double LabelRoom(TimeChart data) => 20 + 6.2 * data.Series
        .Select(s => s.Values.LastOrDefault(v => v is not null) is { } last ? (data.Series.Count == 1 ? "" : s.Label + " ").Length + data.Value(last).Length : 0).DefaultIfEmpty(0).Max();

    private void EndLabels()
    {
        var ends = data.Series.Select(s => (Series: s, At: s.Values.ToList().FindLastIndex(v => v is not null))).Where(e => e.At >= 0)
            .Select(e => (e.Series, Value: e.Series.Values[e.At]!.Value, Y: Y(e.Series.Values[e.At]!.Value))).OrderBy(e => e.Y).ToList();
        var last = Top - LabelHeight;
        var places = ends.Select(e => last = Math.Max(e.Y, last + LabelHeight)).ToArray();
        var over = places.Length == 0 ? 0 : Math.Max(0, places[^1] - _bottom);
        for (var i = 0; i < ends.Count; i++)
        {
            var y = places[i] - over;
            _svg.Mark("line", ("x1", _right + 3), ("x2", _right + 9), ("y1", y), ("y2", y), ("stroke", ends[i].Series.Colour), ("stroke-width", "2"));
            _svg.Words(ends.Count == 1 ? data.Value(ends[i].Value) : narrow ? ends[i].Series.Label : $"{ends[i].Series.Label} {data.Value(ends[i].Value)}", ("x", _right + 12), ("y", y + 4), ("class", "t-label"));
        }
    }
}
