using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>The table beside an explanation: feature × model × release, and a line for each amount without calls. Its lines add up to both totals.</summary>
internal sealed class ChangeTable(ChangeInputs inputs, RecordedUse before, RecordedUse now, Dimensions dimensions)
{
    private sealed record Place(int Feature, int Model, int Release);

    private sealed class Sums
    {
        public double Before, Now;
        public ReleaseUse Use { get; } = new();
    }

    public IReadOnlyList<CellLine> Lines(long beforeNanoUsd, long nowNanoUsd)
    {
        var sums = new Dictionary<Place, Sums>();
        foreach (var cell in inputs.Cells)
        {
            Spread(sums, cell.Key, cell.Before, before, (s, usd) => s.Before += usd, isNow: false);
            Spread(sums, cell.Key, cell.Now, now, (s, usd) => s.Now += usd, isNow: true);
        }
        var lines = sums.Select(s => (Line: Line(s.Key, s.Value), s.Value.Before, s.Value.Now)).ToList();
        lines.AddRange(inputs.Billed.GroupBy(b => (b.FeatureId, b.ModelId)).Select(g => (
            Other(FeatureName(g.Key.FeatureId), dimensions.Label(g.Key.ModelId), "by the bill alone"), g.Sum(b => b.BeforeNanoUsd), g.Sum(b => b.NanoUsd))));
        lines.AddRange(inputs.Others.Select(o => (Other("", "", OtherName(o)), o.BeforeNanoUsd, o.NanoUsd)));
        var (befores, nows) = (Lmdi.Round(beforeNanoUsd, [.. lines.Select(l => l.Before)]), Lmdi.Round(nowNanoUsd, [.. lines.Select(l => l.Now)]));
        return
        [
            .. lines.Select((l, i) => l.Line with { BaselineUsd = Money.ToUsd(befores[i]), ActualUsd = Money.ToUsd(nows[i]) })
                .Where(l => l.BaselineUsd != 0 || l.ActualUsd != 0).OrderByDescending(l => Math.Abs(l.ChangeUsd)),
        ];
    }

    private static void Spread(Dictionary<Place, Sums> sums, ChangeCellKey key, CellUse use, RecordedUse source, Action<Sums, double> add, bool isNow)
    {
        var releases = source.Cells.Where(c => c.Key.Cell == key && c.Value.Calls > 0).ToList();
        for (var k = 0; k < use.NanoUsd.Length; k++)
        {
            if (use.NanoUsd[k] == 0) continue;
            var all = releases.Sum(r => r.Value.Tokens[k]);
            foreach (var (at, of) in releases)
                if (all > 0) add(At(sums, key, at.Release), use.NanoUsd[k] * of.Tokens[k] / all);
        }
        if (!isNow) return;
        foreach (var (at, of) in releases) At(sums, key, at.Release).Use.Add(of);
    }

    private static Sums At(Dictionary<Place, Sums> sums, ChangeCellKey key, int release)
    {
        var place = new Place(key.FeatureId, key.ModelId, release);
        if (!sums.TryGetValue(place, out var sum)) sums[place] = sum = new Sums();
        return sum;
    }

    private CellLine Line(Place place, Sums sums)
    {
        var use = sums.Use;
        double? requests = now.Requests.TryGetValue((place.Feature, place.Release), out var known) && known > 0 ? known : null;
        var output = use.Tokens[(int)TokenKind.Output];
        return new CellLine(FeatureName(place.Feature), dimensions.Label(place.Model), dimensions.Name(place.Release), 0, 0, use.Calls, requests,
            requests is { } r && use.Calls > 0 ? use.FirstCalls / r : null, use.Calls > 0 ? (use.Tokens.Sum() - output) / use.Calls : null,
            use.Calls > 0 ? output / use.Calls : null, "");
    }

    private static CellLine Other(string feature, string model, string note) => new(feature, model, "", 0, 0, 0, null, null, null, null, note);

    private string FeatureName(int id) => id == 0 ? SpendQuery.Unattributed : dimensions.Label(id);

    private static string OtherName(OtherMoney other) => other.Factor switch
    {
        ChangeFactor.UnrecordedUsage => "Usage without a recorded call",
        ChangeFactor.Component => other.Name,
        ChangeFactor.OffBill => "Off the AWS bill",
        _ => "Credits, discounts, taxes and fees",
    };
}
