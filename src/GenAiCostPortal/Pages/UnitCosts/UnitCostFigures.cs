using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Pages.Usage;

namespace GenAiCostPortal.Pages.UnitCosts;

/// <summary>A feature under one release, over the days it ran.</summary>
/// <param name="FirstDay">First day with calls inside the period.</param>
/// <param name="Before">The release of the feature that began before it; null for the first.</param>
public sealed record ReleaseCost(string Feature, string Release, DateOnly FirstDay, UnitCost Cost, UnitCost? Before);

/// <summary>What one model (of one feature) costs and how it performs.</summary>
public sealed record ModelCost(string? Feature, string Model, UnitCost Cost, UsageMeasures Measures);

/// <summary>What the Unit costs page shows, read in one go.</summary>
/// <param name="Groups">By the chosen grouping, with distributions.</param>
/// <param name="Trend">By step of time.</param>
public sealed record UnitCostPicture(
    PortalUrl Url, Period Period, IReadOnlyList<SpendDimension> GroupBy, UnitCostAnswer Groups, Granularity Step, UnitCostAnswer Trend, IReadOnlyList<ReleaseCost> Releases, IReadOnlyList<UnitCostRow> Agents,
    IReadOnlyList<ModelCost> Models, IReadOnlyList<ModelCost> FeatureModels)
{
    public bool IsEmpty => Groups.Total.Calls == 0;
    public bool HasRequests => GroupBy.All(UsagePicture.OfRequests.Contains);
    public bool LeavesOutComponents => Url.Filter[SpendDimension.Component].Count > 0;
}

/// <summary>Asks the unit-cost and usage reports what the Unit costs page needs.</summary>
public sealed class UnitCostFigures(UnitCostReport report, UsageReport usage)
{
    /// <summary>Reads for an address, as seen from a day.</summary>
    public async Task<UnitCostPicture> ReadAsync(PortalUrl url, DateOnly today, CancellationToken cancel)
    {
        var period = url.Period(today);
        SpendDimension[] groupBy = [.. url.GroupBy(SpendDimension.Feature).Where(UsageFigures.Groupings.Contains)];
        if (groupBy.Length == 0) groupBy = [SpendDimension.Feature];
        var filter = new SpendFilter(url.Filter.Values.Where(v => v.Key != SpendDimension.Component).ToDictionary(v => v.Key, v => v.Value));
        UsageQuery Ask(Granularity step, params SpendDimension[] by) => new(period.FromUtc, period.ToUtc, by, step, filter);

        var groups = await report.ReadAsync(Ask(Granularity.None, groupBy), withSamples: true, cancel);
        var step = url.Granularity(period);
        var trend = await report.ReadAsync(Ask(step), withSamples: false, cancel);
        var releases = await report.ReadAsync(Ask(Granularity.Day, SpendDimension.Feature, SpendDimension.Release), withSamples: false, cancel);
        var agents = await report.ReadAsync(Ask(Granularity.None, SpendDimension.Agent), withSamples: false, cancel);
        var models = await ModelsAsync(Ask(Granularity.None, SpendDimension.Model), cancel);
        var featureModels = await ModelsAsync(Ask(Granularity.None, SpendDimension.Feature, SpendDimension.Model), cancel);
        return new UnitCostPicture(url, period, groupBy, groups, step, trend, Releases(releases), [.. agents.Rows.Where(r => r.Keys[0] != SpendQuery.Unattributed && r.Cost.Calls > 0)], models, featureModels);
    }

    private async Task<IReadOnlyList<ModelCost>> ModelsAsync(UsageQuery query, CancellationToken cancel)
    {
        var costs = await report.ReadAsync(query, withSamples: false, cancel);
        var measures = (await usage.ReadAsync(query, cancel)).Rows.ToDictionary(r => string.Join('\u001f', r.Keys), r => r.Measures);
        return [.. costs.Rows.Where(r => r.Cost.Calls > 0 && measures.ContainsKey(string.Join('\u001f', r.Keys)))
            .Select(r => new ModelCost(r.Keys.Count > 1 ? r.Keys[0] : null, r.Keys[^1], r.Cost, measures[string.Join('\u001f', r.Keys)])).OrderByDescending(m => m.Cost.CostUsd)];
    }

    private static List<ReleaseCost> Releases(UnitCostAnswer byDay)
    {
        var releases = byDay.Rows.Where(r => r.Cost.Calls > 0 && r.Keys[1] != SpendQuery.Unattributed).GroupBy(r => (Feature: r.Keys[0], Release: r.Keys[1]))
            .Select(g => new ReleaseCost(g.Key.Feature, g.Key.Release, DateOnly.FromDateTime(g.Min(r => r.Time!.Value)), UnitCost.Sum(g.Select(r => r.Cost)), null)).ToArray();
        var ordered = new List<ReleaseCost>();
        foreach (var feature in releases.GroupBy(r => r.Feature).OrderByDescending(g => g.Sum(r => r.Cost.CostUsd)))
        {
            UnitCost? before = null;
            foreach (var release in feature.OrderBy(r => r.FirstDay).ThenBy(r => r.Release, StringComparer.Ordinal))
            {
                ordered.Add(release with { Before = before });
                before = release.Cost;
            }
        }
        return ordered;
    }
}
