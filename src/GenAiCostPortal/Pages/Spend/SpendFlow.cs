using GenAiCostPortal.Charts;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Pages.Spend;

/// <summary>
/// The money of a period from team to feature to model. The last node of each column is what is not billed yet, so every column
/// adds up to the total of the page.
/// </summary>
public sealed class SpendFlow(Colours colours)
{
    private const int MostNodes = 10;
    // Keys that no owner has.
    private const string Other = "\u001fother", NotYetBilled = "\u001fopen", Grey = "var(--cat-rest)";
    private static readonly SpendDimension[] Columns = [SpendDimension.Team, SpendDimension.Feature, SpendDimension.Model];

    /// <summary>Null while the two answers were read around a change of the ledger; the next read has it.</summary>
    public FlowChart? Of(SpendPicture picture)
    {
        var (byFeature, byModel) = (picture.ByFeature, picture.ByModel);
        decimal Usd(SpendRow row) => picture.IsUnbilled ? row.EstimatedUsd : row.BilledUsd;
        var total = DisplayedUsd.Parts(picture.Series.TotalUsd, [picture.Series.BilledUsd, picture.Series.EstimatedUsd]);
        var (drawn, open) = picture.IsUnbilled ? (total.Sum(), 0) : (total[0], total[1]);
        var whole = picture.IsUnbilled ? picture.Series.EstimatedUsd : picture.Series.BilledUsd;
        if (byFeature.Rows.Sum(Usd) != whole || byModel.Rows.Sum(Usd) != whole) return null;
        var sums = new[]
        {
            Sums(byFeature.Rows.Select(r => (r.Keys[0], Usd(r)))), Sums(byFeature.Rows.Select(r => (r.Keys[1], Usd(r))), byModel.Rows.Where(r => Usd(r) != 0).Select(r => r.Keys[0])), Sums(byModel.Rows.Select(r => (r.Keys[1], Usd(r)))),
        };
        var nodes = new List<FlowNode>();
        for (var column = 0; column < Columns.Length; column++)
        {
            var shown = DisplayedUsd.Parts(drawn, [.. sums[column].Select(s => s.Usd)]);
            nodes.AddRange(sums[column].Select((s, i) => Node(picture, column, s.Key, shown[i])));
            if (open != 0) nodes.Add(new FlowNode(column, NotYetBilled, "Not yet billed", open, "url(#h-rest)", null));
        }
        var links = Pair(byFeature, 0).Concat(Pair(byModel, 1)).ToList();
        return new FlowChart(["Team", "Feature", "Model"], nodes, links, total.Sum(), Summary(nodes, total.Sum()));

        IEnumerable<FlowLink> Pair(SpendAnswer answer, int column)
        {
            FlowNode At(int of, string key) => nodes.FirstOrDefault(n => n.Column == of && n.Key == key) ?? nodes.First(n => n.Column == of && n.Key == Other);
            var pairs = answer.Rows.Where(r => Usd(r) != 0).GroupBy(r => (From: At(column, r.Keys[0]), To: At(column + 1, r.Keys[1]))).Select(g => (g.Key, Usd: g.Sum(Usd))).Where(p => p.Usd != 0).ToArray();
            var shown = DisplayedUsd.Parts(drawn, [.. pairs.Select(p => p.Usd)]);
            // The feature is what is coloured: it is the right end of the first pair and the left end of the second.
            var made = pairs.Select((p, i) => new FlowLink(p.Key.From, p.Key.To, shown[i], column == 0 ? p.Key.To.Fill : p.Key.From.Fill));
            return open == 0 ? made : made.Append(new FlowLink(At(column, NotYetBilled), At(column + 1, NotYetBilled), open, "url(#h-rest)"));
        }
    }

    // Dearest first, then what is left of them, then what has none.
    private static List<(string Key, decimal Usd)> Sums(IEnumerable<(string Key, decimal Usd)> rows, IEnumerable<string>? also = null)
    {
        // A key whose money comes to nothing has its place too: its links have theirs.
        var all = rows.Where(r => r.Usd != 0).Concat((also ?? []).Select(key => (Key: key, Usd: 0m))).GroupBy(r => r.Key).Select(g => (g.Key, Usd: g.Sum(r => r.Usd))).ToList();
        var named = all.Where(s => s.Key != SpendQuery.Unattributed).OrderByDescending(s => s.Usd).ThenBy(s => s.Key, StringComparer.Ordinal).ToList();
        var sums = named.Take(MostNodes).ToList();
        if (named.Count > MostNodes) sums.Add((Other, named.Skip(MostNodes).Sum(s => s.Usd)));
        sums.AddRange(all.Where(s => s.Key == SpendQuery.Unattributed));
        return sums;
    }

    private FlowNode Node(SpendPicture picture, int column, string key, decimal usd)
    {
        var dimension = Columns[column];
        var label = key == Other ? "Other" : key == SpendQuery.Unattributed && dimension == SpendDimension.Model ? "No model: storage, guardrails" : colours.Label(dimension, key);
        var isNamed = key is not (Other or SpendQuery.Unattributed);
        var fill = dimension == SpendDimension.Feature ? picture.IsUnbilled ? colours.Hatched(dimension, key) : colours.Solid(dimension, key) : isNamed ? "var(--text-secondary)" : Grey;
        return new FlowNode(column, key, label, usd, fill, isNamed ? DrillDown.Href(picture.Url, picture.GroupBy, dimension, key) : null);
    }

    private static string Summary(List<FlowNode> nodes, decimal totalUsd)
    {
        string Largest(int column) => nodes.Where(n => n.Column == column && n.Key != NotYetBilled).MaxBy(n => n.Usd) is { } most ? $"{most.Label} with {UsdText.Exact(most.Usd)}" : "none";
        return $"{UsdText.Exact(totalUsd)} from team to feature to model. Largest: team {Largest(0)}, feature {Largest(1)}, model {Largest(2)}.";
    }
}
