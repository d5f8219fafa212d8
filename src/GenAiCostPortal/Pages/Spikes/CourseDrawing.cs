using System.Globalization;
using System.Text;
using GenAiCostPortal.Charts;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Spikes;

namespace GenAiCostPortal.Pages.Spikes;

/// <summary>The series of a spike with its expected band; the spike itself is filled, the release and the ends are marked.</summary>
public sealed class CourseDrawing(SpikeDetail detail, bool narrow)
{
    private const double Top = 34;
    private readonly IReadOnlyList<CoursePoint> _points = detail.Course;
    private readonly SvgText _svg = new();
    private readonly double _width = narrow ? 358 : 1168, _height = narrow ? 210 : 270, _left = narrow ? 42 : 56;
    private double _bottom, _right;
    private ValueScale _scale = ValueScale.Of([], false);

    private bool IsUsd => detail.Spike.Measure == SpikeMeasure.Cost;

    public string Draw()
    {
        (_bottom, _right) = (_height - 28, _width - 8);
        _scale = ValueScale.Of([.. _points.Select(p => (decimal)p.Seen)], cut: false);
        _svg.Open("svg", ("class", narrow ? "narrow-only" : "wide"), ("viewBox", FormattableString.Invariant($"0 0 {_width} {_height}")), ("role", "img"), ("aria-label", detail.Spike.Sentence));
        Axis();
        Band();
        Excess();
        Line("var(--text-primary)", "1.75", p => p.Seen);
        Line("var(--text-tertiary)", "1", p => p.Expected, "3 3");
        Marks();
        return _svg.Close("svg").ToString();
    }

    private double X(double step) => _left + (_right - _left) * (step + 0.5) / _points.Count;
    private double Y(double value) => _bottom - _scale.At((decimal)Math.Max(0, value)) * (_bottom - Top);

    private void Axis()
    {
        foreach (var tick in _scale.Ticks)
        {
            var y = Y((double)tick);
            _svg.Mark("line", ("x1", _left), ("x2", _right), ("y1", y), ("y2", y), ("stroke", tick == 0 ? "var(--chart-axis)" : "var(--chart-grid)"));
            _svg.Words(IsUsd ? UsdText.Axis(tick, _scale.Step) : NumberText.Tokens((long)tick), ("x", _left - 8), ("y", y + 4), ("text-anchor", "end"));
        }
        var isDay = detail.Spike.Grain == SpikeGrain.Day;
        var every = Math.Max(1, (int)Math.Ceiling(_points.Count / (narrow ? 4.0 : 12.0)));
        for (var i = 0; i < _points.Count; i++)
        {
            var time = _points[i].Time;
            var isMajor = isDay ? i % every == 0 : time.Hour % 24 == 0 || !narrow && _points.Count <= 120 && time.Hour % 6 == 0;
            if (!isMajor) continue;
            _svg.Words(isDay || time.Hour == 0 ? DayText.Day(DateOnly.FromDateTime(time)) : time.ToString("HH:mm", CultureInfo.InvariantCulture),
                ("x", X(i)), ("y", _bottom + 18), ("text-anchor", "middle"), ("class", isDay || time.Hour == 0 ? "t-label" : null));
        }
    }

    private void Band()
    {
        var (up, down) = (new StringBuilder(), new List<string>());
        for (var i = 0; i < _points.Count; i++)
        {
            if (_points[i] is not { Low: { } low, High: { } high }) continue;
            up.Append(FormattableString.Invariant($"{(up.Length == 0 ? 'M' : 'L')}{X(i):0.##} {Math.Max(Top, Y(Math.Min(high, (double)_scale.Max))):0.##}"));
            down.Add(FormattableString.Invariant($"L{X(i):0.##} {Y(low):0.##}"));
        }
        if (down.Count < 2) return;
        down.Reverse();
        _svg.Mark("path", ("d", up + string.Concat(down) + "Z"), ("fill", "var(--chart-band, var(--chart-grid))"), ("opacity", "0.7"));
    }

    private void Excess()
    {
        var inside = Enumerable.Range(0, _points.Count).Where(i => _points[i].Time >= detail.Spike.Start && _points[i].Time < detail.Spike.End && _points[i].Expected is not null).ToList();
        if (inside.Count == 0) return;
        var colour = detail.Spike.Kind == SpikeKind.Drop ? "var(--change-down)" : "var(--change-up)";
        if (inside.Count == 1)
        {
            _svg.Mark("rect", ("x", X(inside[0]) - 4), ("width", 8d), ("y", Math.Min(Y(_points[inside[0]].Seen), Y(_points[inside[0]].Expected!.Value))),
                ("height", Math.Abs(Y(_points[inside[0]].Seen) - Y(_points[inside[0]].Expected!.Value))), ("fill", colour), ("opacity", "0.25"));
            return;
        }
        var seen = string.Concat(inside.Select((i, n) => FormattableString.Invariant($"{(n == 0 ? 'M' : 'L')}{X(i):0.##} {Y(_points[i].Seen):0.##}")));
        var usual = string.Concat(inside.AsEnumerable().Reverse().Select(i => FormattableString.Invariant($"L{X(i):0.##} {Y(_points[i].Expected!.Value):0.##}")));
        _svg.Mark("path", ("d", seen + usual + "Z"), ("fill", colour), ("opacity", "0.2"));
        var middle = inside[inside.Count / 2];
        _svg.Words(UsdText.Delta(detail.Spike.ImpactUsd), ("x", X(middle)), ("y", (Y(_points[middle].Seen) + Y(_points[middle].Expected!.Value)) / 2 + 4), ("text-anchor", "middle"), ("class", "t-label"));
    }

    private void Line(string colour, string width, Func<CoursePoint, double?> value, string? dashes = null)
    {
        var path = new StringBuilder();
        for (var i = 0; i < _points.Count; i++)
            if (value(_points[i]) is { } v) path.Append(FormattableString.Invariant($"{(path.Length == 0 || i > 0 && value(_points[i - 1]) is null ? 'M' : 'L')}{X(i):0.##} {Y(v):0.##}"));
        if (path.Length > 0) _svg.Mark("path", ("d", path.ToString()), ("fill", "none"), ("stroke", colour), ("stroke-width", width), ("stroke-dasharray", dashes), ("stroke-linejoin", "round"));
    }

    private void Marks()
    {
        if (detail.Change?.FirstSeenAt is { } released) Mark(released, $"Release {detail.Change.FirstSeenRelease}", end: true);
        else Mark(detail.Spike.Start, "begins", end: true);
        if (!detail.Spike.IsRunning) Mark(detail.Spike.End, detail.Spike.Kind is SpikeKind.LevelShift ? "the new usual" : "back to the usual", end: false);
    }

    private void Mark(DateTime at, string words, bool end)
    {
        var first = _points[0].Time;
        var step = _points.Count > 1 ? _points[1].Time - first : TimeSpan.FromHours(1);
        var x = X((at - first) / step - 0.5);
        if (x < _left || x > _right) return;
        _svg.Mark("line", ("x1", x), ("x2", x), ("y1", Top - 12), ("y2", _bottom), ("stroke", "var(--border-strong)"), ("stroke-dasharray", "2 3"));
        if (!narrow || end) _svg.Words(words, ("x", end ? x - 6 : x + 6), ("y", Top - 16), ("text-anchor", end ? "end" : "start"), ("class", "t-label"));
    }
}
