using GenAiCostPortal.Figures;

namespace GenAiCostPortal.Charts;

/// <summary>Draws a flow of money from column to column. Narrow is another drawing with names alone.</summary>
internal sealed class FlowDrawing(FlowChart data, bool narrow)
{
    private const double Top = 24, NodeWidth = 8, LeastSlot = 17, Gap = 5, TextUnit = 6;
    private readonly double _width = narrow ? 358 : 1168;
    private readonly double _pixels = narrow ? 240 : 340;
    private readonly Dictionary<FlowNode, (double X, double Y, double Height)> _places = [];
    private readonly SvgText _svg = new();

    /// <summary>The whole <c>svg</c> element.</summary>
    public string Draw()
    {
        var bottom = Place();
        _svg.Open("svg", ("class", narrow ? "narrow" : "wide"), ("viewBox", FormattableString.Invariant($"0 0 {_width} {bottom:0.##}")), ("role", "group"), ("aria-label", data.Summary));
        for (var column = 0; column < data.Columns.Count; column++)
            _svg.Words(data.Columns[column], ("x", LabelX(column)), ("y", 12.0), ("text-anchor", Anchor(column)), ("class", "t-quiet"));
        Links();
        for (var i = 0; i < data.Nodes.Count; i++) Node(data.Nodes[i], i);
        return _svg.Close("svg").ToString();
    }

    private double X(int column) => column == 0 ? narrow ? 0 : 150 : column == data.Columns.Count - 1 ? _width - (narrow ? 0 : 230) - NodeWidth : narrow ? 128 : 520;
    private string Anchor(int column) => narrow ? column == data.Columns.Count - 1 ? "end" : "start" : column == 0 ? "end" : "start";
    private double LabelX(int column) => Anchor(column) == "end" ? X(column) - 6 : X(column) + NodeWidth + 6;

    // Every node has the height of a line of text at least, so that no two names lie on each other.
    private double Place()
    {
        var whole = Enumerable.Range(0, data.Columns.Count).Max(c => data.Nodes.Where(n => n.Column == c).Sum(n => Math.Max(0, n.Usd)));
        var bottom = Top;
        for (var column = 0; column < data.Columns.Count; column++)
        {
            var y = Top;
            foreach (var node in data.Nodes.Where(n => n.Column == column))
            {
                var height = whole <= 0 ? 0 : (double)(Math.Max(0, node.Usd) / whole) * _pixels;
                var slot = Math.Max(height, LeastSlot);
                _places[node] = (X(column), y + (slot - height) / 2, height);
                y += slot + Gap;
            }
            bottom = Math.Max(bottom, y);
        }
        return bottom;
    }

    private void Links()
    {
        var left = data.Nodes.ToDictionary(n => n, n => _places[n].Y);
        var arrived = data.Nodes.ToDictionary(n => n, n => _places[n].Y);
        var order = data.Nodes.Select((n, i) => (n, i)).ToDictionary(x => x.n, x => x.i);
        foreach (var link in data.Links.Where(l => l.Usd > 0).OrderBy(l => order[l.From]).ThenBy(l => order[l.To]))
        {
            var (from, to) = (_places[link.From], _places[link.To]);
            // A node that gives money back elsewhere sends more than it is high: its bands share its height.
            double Size(FlowNode node, double height, Func<FlowLink, FlowNode> side) => height * (double)(link.Usd / data.Links.Where(l => l.Usd > 0 && side(l) == node).Sum(l => l.Usd));
            var (start, end) = (Size(link.From, from.Height, l => l.From), Size(link.To, to.Height, l => l.To));
            var (x0, x1, y0, y1) = (from.X + NodeWidth, to.X, left[link.From], arrived[link.To]);
            (left[link.From], arrived[link.To]) = (y0 + start, y1 + end);
            var middle = (x0 + x1) / 2;
            _svg.Open("g", ("data-mark", ""));
            _svg.Open("title").Escaped($"{link.From.Label} \u2192 {link.To.Label}: {UsdText.Exact(link.Usd)}\n{NumberText.Share(data.TotalUsd > 0 ? link.Usd / data.TotalUsd : null)} of the total").Close("title");
            _svg.Mark("path", ("class", "flow"), ("fill", link.Fill),
                ("d", FormattableString.Invariant($"M{x0:0.##} {y0:0.##}C{middle:0.##} {y0:0.##} {middle:0.##} {y1:0.##} {x1:0.##} {y1:0.##}V{y1 + Math.Max(end, 0.6):0.##}C{middle:0.##} {y1 + end:0.##} {middle:0.##} {y0 + start:0.##} {x0:0.##} {y0 + Math.Max(start, 0.6):0.##}Z")));
            _svg.Close("g");
        }
    }

    private void Node(FlowNode node, int index)
    {
        var (x, y, height) = _places[node];
        var share = NumberText.Share(data.TotalUsd > 0 ? node.Usd / data.TotalUsd : null);
        var next = data.Links.Where(l => l.From == node && l.Usd != 0).OrderByDescending(l => l.Usd).Take(5).Select(l => $"{l.To.Label} {UsdText.Exact(l.Usd)}").ToArray();
        var words = $"{data.Columns[node.Column]} {node.Label}: {UsdText.Exact(node.Usd)}, {share}{(next.Length == 0 ? "" : ". To " + string.Join(", ", next))}";
        _svg.Open("g", ("data-point", ""), ("data-mark", ""), ("tabindex", index == 0 ? "0" : "-1"), ("role", "group"), ("aria-label", words));
        _svg.Open("title").Escaped($"{node.Label}: {UsdText.Exact(node.Usd)}\n{share} of the total").Close("title");
        if (node.Href is { } href) _svg.Open("a", ("href", href), ("tabindex", "-1"));
        _svg.Mark("rect", ("class", "ring-focus"), ("x", x - 3), ("y", y + height / 2 - Math.Max(height, LeastSlot) / 2), ("width", NodeWidth + 6), ("height", Math.Max(height, LeastSlot)));
        _svg.Mark("rect", ("x", x), ("y", height < 1 ? y + height / 2 - 0.5 : y), ("width", NodeWidth), ("height", Math.Max(1, height)), ("fill", node.Fill));
        var room = narrow ? node.Column == 0 ? 18 : 15 : 30;
        var name = node.Label.Length > room ? node.Label[..(room - 1)] + "\u2026" : node.Label;
        var at = (X: LabelX(node.Column), Y: y + height / 2 + 4);
        _svg.Words(name, ("x", at.X - (!narrow && Anchor(node.Column) == "end" ? Value(node).Length * TextUnit + 6 : 0)), ("y", at.Y), ("text-anchor", Anchor(node.Column)), ("class", "t-label halo"));
        if (!narrow) _svg.Words(Value(node), ("x", Anchor(node.Column) == "end" ? at.X : at.X + name.Length * TextUnit + 8), ("y", at.Y), ("text-anchor", Anchor(node.Column)), ("class", "t-quiet halo"));
        if (node.Href is not null) _svg.Close("a");
        _svg.Close("g");
    }

    private static string Value(FlowNode node) => UsdText.Round(node.Usd);
}
