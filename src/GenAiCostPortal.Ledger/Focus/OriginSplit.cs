using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Ledger.Focus;

/// <summary>Money that went from a line of the bill to a part of the ledger.</summary>
/// <param name="IsExact">The line is known to be the origin; otherwise each line of the cell gives its share of the part.</param>
internal readonly record struct Origin(int Line, int Part, long NanoUsd, bool IsExact);

/// <summary>
/// Which lines of a cell the parts came from. A tagged part comes from the lines with its tag; the other parts share the other
/// lines in proportion, because that is how the cell was split. Sums hold on both sides to the nano-USD.
/// </summary>
internal static class OriginSplit
{
    /// <param name="lines">Amount and tagged feature of each line.</param>
    /// <param name="parts">Amount and feature of each part; feature 0 where no tag decided.</param>
    /// <returns>Null when lines and parts do not add up to the same: the ledger of the day is not built yet.</returns>
    public static IReadOnlyList<Origin>? Of(IReadOnlyList<(long NanoUsd, int TagFeature)> lines, IReadOnlyList<(long NanoUsd, int TagFeature)> parts)
    {
        if (lines.Sum(l => l.NanoUsd) != parts.Sum(p => p.NanoUsd)) return null;
        var origins = new List<Origin>();
        var (restLines, restParts) = (Enumerable.Range(0, lines.Count).ToHashSet(), Enumerable.Range(0, parts.Count).ToHashSet());
        foreach (var feature in parts.Select(p => p.TagFeature).Where(f => f != 0).Distinct().Order())
        {
            var (of, to) = (Where(lines, feature), Where(parts, feature));
            if (of.Count == 0 || of.Sum(i => lines[i].NanoUsd) != to.Sum(i => parts[i].NanoUsd)) continue;
            Share(lines, parts, of, to, isExact: true, origins);
            restLines.ExceptWith(of);
            restParts.ExceptWith(to);
        }
        Share(lines, parts, [.. restLines.Order()], [.. restParts.Order()], restLines.Count == 1, origins);
        return origins;
    }

    private static List<int> Where(IReadOnlyList<(long NanoUsd, int TagFeature)> all, int feature) =>
        [.. Enumerable.Range(0, all.Count).Where(i => all[i].TagFeature == feature)];

    /// <summary>Each part takes its share of each line. Differences of rounded running totals: rows and columns add up exactly.</summary>
    private static void Share(
        IReadOnlyList<(long NanoUsd, int)> lines, IReadOnlyList<(long NanoUsd, int)> parts, List<int> of, List<int> to, bool isExact, List<Origin> origins)
    {
        if (of.Count == 0 || to.Count == 0) return;
        var total = (Int128)of.Sum(i => lines[i].NanoUsd);
        var before = new Int128[to.Count + 1];
        Int128 given = 0;
        for (var i = 0; i < of.Count; i++)
        {
            given += lines[of[i]].NanoUsd;
            var running = new Int128[to.Count + 1];
            Int128 taken = 0;
            for (var j = 0; j < to.Count; j++)
            {
                taken += parts[to[j]].NanoUsd;
                // A cell that sums to nothing (a charge and its reversal) has no shares: its lines and parts meet at the end.
                running[j + 1] = total != 0 ? Divided(given * taken, total) : i == of.Count - 1 ? taken : j == to.Count - 1 ? given : 0;
                var amount = (long)(running[j + 1] - running[j] - before[j + 1] + before[j]);
                // Lines and parts of nothing still have quantities to tell.
                if (amount != 0 || (i == 0 && parts[to[j]].NanoUsd == 0) || (j == 0 && lines[of[i]].NanoUsd == 0)) origins.Add(new Origin(of[i], to[j], amount, isExact));
            }
            before = running;
        }
    }

    private static Int128 Divided(Int128 number, Int128 by)
    {
        var (whole, rest) = Int128.DivRem(number, by);
        return rest != 0 && (rest < 0) != (by < 0) ? whole - 1 : whole;
    }
}
