using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>
/// Puts money and calls of two windows together: each feature's token money goes to the cells whose calls used those tokens, in
/// proportion to their estimate; money without calls in either window becomes what only the bill tells of.
/// </summary>
internal sealed class ChangeAssembly(WindowMoney moneyBefore, RecordedUse before, WindowMoney moneyNow, RecordedUse now)
{
    // More than this part of a feature's money on days without a recorded call, and its calls do not stand for it.
    private const double WithoutCalls = 0.1;
    private readonly Dictionary<ChangeCellKey, ChangeCell> _cells = [];
    private readonly List<BilledUse> _billed = [];

    /// <summary>Features whose money is there and whose calls are not, in one window at least.</summary>
    public HashSet<int> BilledOnly { get; } = [];

    public ChangeInputs Put(bool knowsRequests)
    {
        foreach (var (key, release) in before.Cells.Keys.Concat(now.Cells.Keys).Distinct())
        {
            var cell = Cell(key);
            Add(cell.Before, before.Cells.GetValueOrDefault((key, release)));
            Add(cell.Now, now.Cells.GetValueOrDefault((key, release)));
        }
        FindBilledOnly();
        foreach (var line in moneyBefore.Tokens.Keys.Concat(moneyNow.Tokens.Keys).Distinct()) Give(line);
        var others = Others();
        var cells = _cells.Values.Where(c => !BilledOnly.Contains(c.Key.FeatureId) && (c.Before.IsPresent || c.Now.IsPresent)).OrderBy(c => c.Key.FeatureId)
            .ThenBy(c => c.Key.ModelId).ThenBy(c => c.Key.Tier).ThenBy(c => c.Key.Scope).ToList();
        var features = cells.Select(c => c.Key.FeatureId).Distinct().ToDictionary(f => f, f => new FeatureUse(
            knowsRequests ? Requests(before, f) : null, knowsRequests ? Requests(now, f) : null,
            before.FirstCalls.GetValueOrDefault(f), now.FirstCalls.GetValueOrDefault(f)));
        return new ChangeInputs(cells, features, others, _billed);
    }

    private static void Add(CellUse to, ReleaseUse? use)
    {
        if (use is null) return;
        to.FirstCalls += use.FirstCalls;
        to.Calls += use.Calls;
        for (var k = 0; k < use.Tokens.Length; k++) to.Tokens[k] += use.Tokens[k];
    }

    private void FindBilledOnly()
    {
        foreach (var (money, use) in new[] { (moneyBefore, before), (moneyNow, now) })
            foreach (var feature in money.ByDay.GroupBy(d => d.Key.Feature))
            {
                var without = feature.Where(d => !use.RecordedDays.Contains(d.Key)).Sum(d => d.Value);
                if (without > WithoutCalls * feature.Sum(d => d.Value) && without > 0) BilledOnly.Add(feature.Key);
            }
    }

    private void Give(WindowMoney.Line line)
    {
        var (m0, m1) = (moneyBefore.Tokens.GetValueOrDefault(line), moneyNow.Tokens.GetValueOrDefault(line));
        var (w0, w1) = (Weights(before, line), Weights(now, line));
        if (BilledOnly.Contains(line.Feature) || m0 is { NanoUsd: not 0 } && w0.Count == 0 || m1 is { NanoUsd: not 0 } && w1.Count == 0)
        {
            _billed.Add(Billed(line, m0, m1));
            return;
        }
        foreach (var (cell, share) in w0) Cell(cell).Before.NanoUsd[(int)line.Kind] += (m0?.NanoUsd ?? 0) * share;
        foreach (var (cell, share) in w1) Cell(cell).Now.NanoUsd[(int)line.Kind] += (m1?.NanoUsd ?? 0) * share;
    }

    /// <summary>Shares of the cells that used a kind of token; they add up to one.</summary>
    private Dictionary<ChangeCellKey, double> Weights(RecordedUse use, WindowMoney.Line line)
    {
        var cells = _byLine.TryGetValue((use, line.Feature, line.Model), out var known) ? known
            : _byLine[(use, line.Feature, line.Model)] = [.. use.Cells.Where(c => c.Key.Cell.FeatureId == line.Feature && c.Key.Cell.ModelId == line.Model)];
        var k = (int)line.Kind;
        var used = cells.Where(c => c.Value.Tokens[k] > 0 && Present(use, c.Key.Cell)).ToList();
        var all = used.Sum(c => c.Value.EstimatedNanoUsd[k]);
        var byTokens = all <= 0 || used.Exists(c => c.Value.EstimatedNanoUsd[k] <= 0);
        if (byTokens) all = used.Sum(c => c.Value.Tokens[k]);
        return used.GroupBy(c => c.Key.Cell).ToDictionary(g => g.Key, g => g.Sum(c => byTokens ? c.Value.Tokens[k] : c.Value.EstimatedNanoUsd[k]) / all);
    }

    private readonly Dictionary<(RecordedUse, int, int), List<KeyValuePair<(ChangeCellKey Cell, int Release), ReleaseUse>>> _byLine = [];

    private bool Present(RecordedUse use, ChangeCellKey key) => ReferenceEquals(use, before) ? Cell(key).Before.IsPresent : Cell(key).Now.IsPresent;

    private static BilledUse Billed(WindowMoney.Line line, WindowMoney.Sum? m0, WindowMoney.Sum? m1) => new(
        line.Feature, line.Model, line.Kind, Quantity(m0), Quantity(m1), m0?.NanoUsd ?? 0, m1?.NanoUsd ?? 0);

    private static double? Quantity(WindowMoney.Sum? sum) => sum is null ? 0 : double.IsNaN(sum.Quantity) ? null : sum.Quantity;

    private List<OtherMoney> Others()
    {
        var others = new List<OtherMoney>();
        // Where nothing at all is recorded, "no call is recorded" explains nothing: the bill itself is taken apart.
        if (before.Cells.Count == 0 && now.Cells.Count == 0)
        {
            foreach (var line in moneyBefore.UnrecordedTokens.Keys.Concat(moneyNow.UnrecordedTokens.Keys).Distinct())
                _billed.Add(Billed(line, moneyBefore.UnrecordedTokens.GetValueOrDefault(line), moneyNow.UnrecordedTokens.GetValueOrDefault(line)));
            Other(ChangeFactor.UnrecordedUsage, "", moneyBefore.UnrecordedRest, moneyNow.UnrecordedRest);
        }
        else
        {
            Other(ChangeFactor.UnrecordedUsage, "", moneyBefore.UnrecordedNanoUsd, moneyNow.UnrecordedNanoUsd);
        }
        foreach (var component in moneyBefore.Components.Keys.Concat(moneyNow.Components.Keys).Distinct().Order())
            Other(ChangeFactor.Component, component.ToString(), moneyBefore.Components.GetValueOrDefault(component), moneyNow.Components.GetValueOrDefault(component));
        Other(ChangeFactor.Credits, "", moneyBefore.Credits, moneyNow.Credits);
        Other(ChangeFactor.OffBill, "", before.OffBillNanoUsd, now.OffBillNanoUsd);
        return others;

        void Other(ChangeFactor factor, string name, double from, double to)
        {
            if (from != 0 || to != 0) others.Add(new OtherMoney(factor, name, from, to));
        }
    }

    private static double Requests(RecordedUse use, int feature) => use.Requests.Where(r => r.Key.Feature == feature).Sum(r => r.Value);

    private ChangeCell Cell(ChangeCellKey key)
    {
        if (!_cells.TryGetValue(key, out var cell)) _cells[key] = cell = new ChangeCell(key);
        return cell;
    }
}
