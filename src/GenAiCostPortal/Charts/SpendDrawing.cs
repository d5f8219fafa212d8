using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;

namespace GenAiCostPortal.Charts;

/// <summary>Draws spend over time at one size. Narrow is another drawing with fewer ticks, not a smaller one.</summary>
internal sealed class SpendDrawing(SpendColumns data, bool cut, bool narrow, double width, double height)
{
    private const double Top = 34;
    private readonly ValueScale _scale = data.Scale(cut);
    private readonly double _left = narrow ? 42 : 50;
    private readonly double _right = width - (narrow ? 4 : 8);
    private readonly double _bottom = height - 34;
    private readonly SvgText _svg = new();

    private double Slot => (_right - _left) / Math.Max(1, data.Columns.Count);
    private double BarWidth => Math.Min(Slot * (narrow ? 0.72 : 0.66), 44);

    /// <summary>The whole <c>svg</c> element.</summary>
    public string Draw()
    {
        _svg.Open("svg", ("class", narrow ? "narrow" : "wide"), ("viewBox", FormattableString.Invariant($"0 0 {width} {height}")), ("role", "group"), ("aria-label", data.Summary),
            ("data-brush", data.Brush), ("data-brush-days", data.Brush));
        Grid();
        Chosen();
        Divider();
        for (var i = 0; i < data.Columns.Count; i++) Column(i);
        _svg.Mark("line", ("class", "ax"), ("x1", _left), ("x2", _right), ("y1", Y(0) + 0.5), ("y2", Y(0) + 0.5));
        Spike();
        if (data.End is { } end) TimeMarks.Draw(_svg, data.Marks, at => TimeMarks.Place([.. data.Columns.Select(c => c.Start)], end, at, _left, Slot), Top - 16, _bottom, _right);
        return _svg.Close("svg").ToString();
    }

    private double Y(decimal usd) => _bottom - _scale.At(usd) * (_bottom - Top);
    private double Middle(int index) => _left + Slot * (index + 0.5);

    private void Grid()
    {
        foreach (var tick in _scale.Ticks)
        {
            _svg.Mark("line", ("class", "g"), ("x1", _left), ("x2", _right), ("y1", Y(tick)), ("y2", Y(tick)));
            _svg.Words(UsdText.Axis(tick, _scale.Step), ("x", _left - 8), ("y", Y(tick) + 4), ("text-anchor", "end"));
        }
    }

    private void Chosen()
    {
        if (data.Chosen is not { } range) return;
        var inside = Enumerable.Range(0, data.Columns.Count).Where(i => data.Columns[i].Covers is { } span && span.From < range.To && span.To > range.From).ToArray();
        if (inside.Length > 0) _svg.Mark("rect", ("class", "brush"), ("x", _left + Slot * inside[0]), ("y", Top - 6), ("width", Slot * inside.Length), ("height", _bottom - Top + 6));
    }

    private void Divider()
    {
        if (data.EstimatedFrom is not { } from) return;
        var at = data.Columns.TakeWhile(c => c.Start < from).Count();
        if (at == 0 || at == data.Columns.Count) return;
        var x = _left + Slot * at;
        _svg.Mark("line", ("x1", x), ("x2", x), ("y1", 6.0), ("y2", _bottom), ("stroke", "var(--chart-axis)"), ("stroke-dasharray", "2 3"));
        var room = _right - x;
        _svg.Words("billed", ("x", x - 7), ("y", 14.0), ("text-anchor", "end"), ("class", "t-quiet"));
        _svg.Words(narrow && room < 60 ? "est." : "estimated", ("x", x + 7), ("y", 14.0), ("class", "t-quiet"));
    }

    private void Column(int index)
    {
        var column = data.Columns[index];
        var x = Middle(index) - BarWidth / 2;
        var total = column.TotalUsd;
        var lines = column.Parts.Where(p => p.TotalUsd != 0).OrderByDescending(p => p.TotalUsd).Take(6).Select(p => $"{p.Label} {UsdText.Exact(p.TotalUsd)}").ToArray();
        _svg.Open("g", ("data-point", ""), ("data-mark", ""), ("tabindex", index == 0 ? "0" : "-1"), ("role", "group"),
            ("data-from", column.Covers is { } from ? Zoom.Text(from.From) : null), ("data-to", column.Covers is { } to ? Zoom.Text(to.To) : null),
            ("aria-label", $"{column.Name}: {UsdText.Exact(total)}, {column.BasisWord}. {string.Join(", ", lines)}"));
        _svg.Open("title").Escaped($"{column.Name}: {UsdText.Exact(total)}\n{column.BasisWord}\n{string.Join('\n', lines)}").Close("title");
        if (column.Href is { } href) _svg.Open("a", ("href", href), ("tabindex", "-1"), ("aria-label", $"Open {column.Name}"));
        _svg.Mark("rect", ("class", "ring-focus"), ("x", _left + Slot * index + 0.5), ("y", Top - 6), ("width", Math.Max(1, Slot - 1)), ("height", _bottom - Top + 6), ("pointer-events", "all"));
        if (column.Href is not null) _svg.Close("a");
        var positive = column.Parts.Where(p => p.TotalUsd > 0).Sum(p => p.TotalUsd);
        var isCut = positive > _scale.Max;
        // A cut column keeps the proportions of its parts and ends above the highest usual day.
        var pixelsPerUsd = isCut ? (_bottom - Top + 2) * (double)(_scale.Max / (_scale.Max - _scale.Min)) / (double)positive : (_bottom - Top) / (double)(_scale.Max - _scale.Min);
        var up = Y(0);
        var down = Y(0);
        foreach (var estimated in (bool[])[false, true])
            foreach (var part in column.Parts)
                Part(column, part, estimated ? part.EstimatedUsd : part.BilledUsd, estimated, x, pixelsPerUsd, ref up, ref down);
        if (isCut) Gap(x, up);
        Tick(index, column);
        _svg.Close("g");
    }

    private void Part(SpendColumn column, ColumnPart part, decimal usd, bool estimated, double x, double pixelsPerUsd, ref double up, ref double down)
    {
        if (usd == 0) return;
        var size = Math.Abs((double)usd) * pixelsPerUsd;
        var y = usd > 0 ? up - size : down;
        if (usd > 0) up -= size; else down += size;
        if (size < 0.15) return;
        var share = column.TotalUsd > 0 ? $"{NumberText.Share(usd / column.TotalUsd)} of {column.Name}, " : "";
        if (part.Href is not null) _svg.Open("a", ("href", part.Href), ("data-mark", ""), ("tabindex", "-1"));
        else _svg.Open("g", ("data-mark", ""));
        _svg.Open("title").Escaped($"{part.Label}: {UsdText.Exact(usd)}\n{share}{(estimated ? "estimated" : "billed")}").Close("title");
        _svg.Mark("rect", ("class", "seg"), ("x", x), ("y", y), ("width", BarWidth), ("height", size), ("fill", estimated ? part.Hatched : part.Solid), ("style", size < 4 ? "stroke-width:.4" : null));
        _svg.Close(part.Href is not null ? "a" : "g");
    }

    private void Gap(double x, double top)
    {
        var y = top + 34;
        var quarter = (BarWidth + 6) / 2;
        _svg.Mark("path", ("d", FormattableString.Invariant($"M{x - 3:0.##} {y:0.##}l{quarter:0.##} -5 {quarter:0.##} 5")), ("fill", "none"), ("stroke", "var(--surface-page)"), ("stroke-width", "5"));
    }

    private void Tick(int index, SpendColumn column)
    {
        var room = narrow ? 42 : 26;
        var every = Math.Max(1, (int)Math.Ceiling(room / Slot));
        var isSpike = data.Spike?.Start == column.Start;
        var hasMajors = data.Columns.Any(c => c.IsMajor);
        var isNearSpike = data.Spike is { } spike && !isSpike && every > 1 && Math.Abs(data.Columns.ToList().FindIndex(c => c.Start == spike.Start) - index) < every;
        var labelled = isSpike || (!isNearSpike && (every == 1 || (hasMajors ? column.IsMajor : index % every == 0)));
        if (!labelled) return;
        _svg.Words(column.Tick, ("x", Middle(index)), ("y", _bottom + 15), ("text-anchor", "middle"), ("class", isSpike ? "t-strong" : column.IsPale ? "t-pale" : null));
        if (column.SubTick is not null && !narrow && every == 1)
            _svg.Words(column.SubTick, ("x", Middle(index)), ("y", _bottom + 28), ("text-anchor", "middle"), ("class", "t-weekday"));
    }

    private void Spike()
    {
        if (data.Spike is not { } spike) return;
        var index = data.Columns.ToList().FindIndex(c => c.Start == spike.Start);
        if (index < 0) return;
        var isCut = data.Columns[index].TotalUsd > _scale.Max;
        var leftSide = Middle(index) > _left + (_right - _left) * 0.42;
        var x = leftSide ? Middle(index) - BarWidth / 2 - 8 : Middle(index) + BarWidth / 2 + 8;
        var anchor = leftSide ? "end" : "start";
        var y = Math.Max(Top + 8, isCut ? 0 : Y(spike.TotalUsd) + 14);
        void Line(string words, string style, string? ink = null)
        {
            _svg.Words(words, ("x", x), ("y", y), ("text-anchor", anchor), ("class", style + " halo"), ("style", ink is null ? null : $"fill:{ink}"));
            y += 17;
        }
        Line(narrow ? UsdText.Exact(spike.TotalUsd) : $"{spike.Name}: {UsdText.Exact(spike.TotalUsd)}", "t-big");
        if (isCut) Line(narrow ? $"cut at {UsdText.Axis(_scale.Max, _scale.Step)}" : $"cut at {UsdText.Axis(_scale.Max, _scale.Step)} so that usual days can be read", "t-label");
        else
        {
            if (spike.Against is not null && !narrow) Line(spike.Against, "t-label");
            if (spike.Cause is not null && !narrow) Line(spike.Cause, "t-label", spike.CauseInk);
            _svg.Mark("circle", ("cx", Middle(index)), ("cy", Y(spike.TotalUsd) - 9), ("r", "3.5"), ("fill", "var(--surface-page)"), ("stroke", "var(--text-primary)"), ("stroke-width", "1.5"));
        }
    }
}
