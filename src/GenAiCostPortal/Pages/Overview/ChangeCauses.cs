using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Spikes;

namespace GenAiCostPortal.Pages.Overview;

/// <summary>Why features moved: the same engine that explains spikes, asked for each feature by itself.</summary>
public sealed class ChangeCauses(ChangeReport report)
{
    /// <summary>Causes in words by feature; a feature of which no cause makes up 15 % has none.</summary>
    /// <param name="query">Both windows, and the filters of the page.</param>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(IEnumerable<string> features, ChangeQuery query, CancellationToken cancel)
    {
        var causes = new Dictionary<string, string>();
        foreach (var feature in features)
        {
            var values = query.Filter.Values.Where(v => v.Key != SpendDimension.Feature).ToDictionary(v => v.Key, v => v.Value);
            values[SpendDimension.Feature] = [feature];
            var change = await report.ReadAsync(query with { Filter = new SpendFilter(values) }, cancel);
            // The amount stands beside it already.
            if (change.ImpactUsd != 0 && change.Sentence.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end) causes[feature] = change.Sentence[(end + 2)..];
        }
        return causes;
    }
}
