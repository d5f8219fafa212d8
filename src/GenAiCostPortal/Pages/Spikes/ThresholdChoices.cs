using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Pages.Spikes;

/// <summary>One feature, account or model that may have thresholds of its own.</summary>
public sealed record ThresholdValue(SpikeScope Scope, int Id, string Label);

/// <summary>Thresholds in force, and what can have its own.</summary>
/// <param name="Rows">One row per whole scope (id 0), set or built in, and the rows of single values.</param>
public sealed record ThresholdAnswer(IReadOnlyList<SpikeThreshold> Rows, IReadOnlyList<ThresholdValue> Values)
{
    /// <summary>The row of a value itself; null when it follows its scope.</summary>
    public SpikeThreshold? Own(SpikeScope scope, int id) => id == 0 ? null : Rows.FirstOrDefault(r => r.Scope == scope && r.ScopeId == id);

    /// <summary>What holds for a value: its own row, else its scope's.</summary>
    public SpikeThreshold Of(SpikeScope scope, int id) => Own(scope, id) ?? Rows.First(r => r.Scope == scope && r.ScopeId == 0);
}

/// <summary>Reads thresholds with the values that cost something lately; those with a row of their own are always among them.</summary>
public sealed class ThresholdChoices(SpikeDesk desk, SpendReport spend, Dimensions dimensions, Colours colours)
{
    private const int DaysBack = 35, AtMost = 200;

    public async Task<ThresholdAnswer> ReadAsync(DateTime now, CancellationToken cancel)
    {
        var set = await desk.ThresholdsAsync(cancel);
        var rows = Enum.GetValues<SpikeScope>().Select(s => set.FirstOrDefault(t => t.Scope == s && t.ScopeId == 0) ?? SpikeThresholds.Default(s)).Concat(set.Where(t => t.ScopeId != 0)).ToList();
        var values = new List<ThresholdValue>();
        foreach (var (scope, dimension, kind) in new[] { (SpikeScope.Feature, SpendDimension.Feature, DimensionKind.Feature), (SpikeScope.Account, SpendDimension.Account, DimensionKind.Account), (SpikeScope.Model, SpendDimension.Model, DimensionKind.Model) })
        {
            var spent = await spend.ValuesAsync(dimension, now.Date.AddDays(-DaysBack), now.Date.AddDays(1), cancel);
            var ids = spent.Take(AtMost).Select(v => dimensions.Find(kind, v.Value)).Concat(rows.Where(r => r.Scope == scope).Select(r => r.ScopeId)).Where(id => id != 0).Distinct();
            values.AddRange(ids.Select(id => new ThresholdValue(scope, id, colours.Label(dimension, dimensions.Name(id)))).OrderBy(v => v.Label, StringComparer.OrdinalIgnoreCase));
        }
        return new ThresholdAnswer(rows, values);
    }
}
