namespace GenAiCostPortal.Charts;

/// <summary>Something that happened at a moment, drawn as a thin line over a chart.</summary>
/// <param name="Label">A word beside its top: <c>2.4.1</c>.</param>
/// <param name="Title">The whole of it.</param>
public sealed record TimeMark(DateTime At, string Label, string Title, string? Href);

/// <summary>Draws marks; labels that would lie on each other are left out, their lines and tooltips stay.</summary>
internal static class TimeMarks
{
    /// <param name="x">Where a moment lies; null = outside.</param>
    public static void Draw(SvgText svg, IReadOnlyList<TimeMark> marks, Func<DateTime, double?> x, double top, double bottom, double right)
    {
        var free = double.MinValue;
        foreach (var mark in marks.OrderBy(m => m.At))
        {
            if (x(mark.At) is not { } at) continue;
            var width = mark.Label.Length * 6.5 + 8;
            var start = at + width > right ? at - width : at;
            var isLabelled = start >= free;
            // A link that shows a word is named by it.
            if (mark.Href is not null) svg.Open("a", ("href", mark.Href), ("tabindex", "-1"), ("aria-label", isLabelled ? null : mark.Title));
            else svg.Open("g");
            svg.Open("title").Escaped(mark.Title).Close("title");
            svg.Mark("line", ("class", "release"), ("x1", at), ("x2", at), ("y1", top), ("y2", bottom));
            if (isLabelled)
            {
                svg.Words(mark.Label, ("x", start + 4), ("y", top + 6), ("class", "t-release halo"));
                free = start + width;
            }
            svg.Close(mark.Href is not null ? "a" : "g");
        }
    }

    /// <summary>Where a moment lies between the starts of equal steps.</summary>
    public static double? Place(IReadOnlyList<DateTime> starts, DateTime end, DateTime at, double left, double slot)
    {
        if (starts.Count == 0 || at < starts[0] || at >= end) return null;
        var index = starts.Count - 1;
        while (starts[index] > at) index--;
        var next = index + 1 < starts.Count ? starts[index + 1] : end;
        return left + slot * (index + (at - starts[index]) / (next - starts[index]));
    }
}
