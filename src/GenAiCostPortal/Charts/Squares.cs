namespace GenAiCostPortal.Charts;

/// <summary>A rectangle of a drawing.</summary>
public readonly record struct Box(double X, double Y, double Width, double Height);

/// <summary>Fills a rectangle with areas in proportion to their sizes, as near to squares as going along gets them (Bruls, Huizing and van Wijk, 2000).</summary>
public static class Squares
{
    /// <param name="sizes">Greater than zero; largest first looks best.</param>
    public static Box[] Lay(IReadOnlyList<double> sizes, Box within)
    {
        var boxes = new Box[sizes.Count];
        var whole = sizes.Sum();
        if (whole <= 0) return boxes;
        double[] areas = [.. sizes.Select(s => s / whole * within.Width * within.Height)];
        var left = within;
        for (var first = 0; first < areas.Length;)
        {
            var side = Math.Min(left.Width, left.Height);
            var end = first + 1;
            while (end < areas.Length && Worst(areas.AsSpan(first..(end + 1)), side) <= Worst(areas.AsSpan(first..end), side)) end++;
            left = Line(boxes, areas, first, end, left);
            first = end;
        }
        return boxes;
    }

    // How long the longest rectangle of a line along this side is for its width.
    private static double Worst(ReadOnlySpan<double> areas, double side)
    {
        var (sum, least, most) = (0.0, double.MaxValue, 0.0);
        foreach (var area in areas) (sum, least, most) = (sum + area, Math.Min(least, area), Math.Max(most, area));
        return Math.Max(side * side * most / (sum * sum), sum * sum / (side * side * least));
    }

    // A column at the left of a wide rest, a row at the top of a tall one. Gives what is left over.
    private static Box Line(Box[] boxes, double[] areas, int first, int end, Box left)
    {
        var isColumn = left.Width >= left.Height;
        var width = areas[first..end].Sum() / (isColumn ? left.Height : left.Width);
        var at = 0.0;
        for (var i = first; i < end; i++)
        {
            var length = areas[i] / width;
            boxes[i] = isColumn ? new Box(left.X, left.Y + at, width, length) : new Box(left.X + at, left.Y, length, width);
            at += length;
        }
        return isColumn ? left with { X = left.X + width, Width = Math.Max(0, left.Width - width) } : left with { Y = left.Y + width, Height = Math.Max(0, left.Height - width) };
    }
}
