using GenAiCostPortal.Charts;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Pages.UnitCosts;

/// <summary>The charts of the Unit costs page.</summary>
public sealed record UnitCostCharts(TimeChart PerRequest, TimeChart PerCall, IReadOnlyList<RangeRow> Spread, IReadOnlyList<Bubble> Bubbles);

/// <summary>Turns unit costs into charts.</summary>
public sealed class UnitCostDrawing(Colours colours)
{
    private const int MostRows = 12;

    public UnitCostCharts Draw(UnitCostPicture picture)
    {
        var steps = TimeStep.All(picture.Period.FromUtc, picture.Period.ToUtc, picture.Step);
        var at = picture.Trend.Rows.Where(r => r.Time is not null).ToDictionary(r => r.Time!.Value, r => r.Cost);
        TimeChart Chart(string label, string colour, Func<UnitCost, decimal?> of, string name) => new(
            steps, [new TimeSeries(label, colour, [.. steps.Select(s => at.TryGetValue(s.Start, out var cost) ? of(cost) * 1000 : null)])], false, usd => UnitText.Usd(usd), (usd, step) => UsdText.Axis(usd, step),
            step => Zoom.Into(picture.Url.To("/traces"), step.Start, step.End).With("sort", "-costUsd").ToString(), null,
            $"{name} over time; {UnitText.Usd(of(picture.Groups.Total) * 1000)} over the whole time.");

        var last = picture.GroupBy[^1];
        var spread = picture.Groups.Rows.Where(r => r.RequestCosts is { P50Usd: > 0 }).OrderByDescending(r => r.RequestCosts!.MaxUsd).Take(MostRows).Select(r => new RangeRow(
            Label(last, r.Keys[^1]), colours.Solid(last, r.Keys[^1]), r.RequestCosts!.P50Usd, r.RequestCosts.P95Usd, r.RequestCosts.MaxUsd,
            r.Keys[^1] == SpendQuery.Unattributed ? null : picture.Url.To("/traces").Only(last, r.Keys[^1]).With("sort", "-costUsd").ToString()));

        var bubbles = picture.FeatureModels.Where(m => m.Cost.PerCallUsd is > 0 && m.Measures.Latency is { P95: > 0 }).Select(m => new Bubble(
            Label(SpendDimension.Feature, m.Feature!), Label(SpendDimension.Model, m.Model), Words(m), colours.Solid(SpendDimension.Feature, m.Feature!),
            m.Measures.Latency!.P95, (double)(m.Cost.PerCallUsd!.Value * 1000), (double)m.Cost.CostUsd,
            m.Feature == SpendQuery.Unattributed ? null : picture.Url.To("/traces").Only(SpendDimension.Feature, m.Feature!).Only(SpendDimension.Model, m.Model).With("sort", "-costUsd").ToString()));
        return new UnitCostCharts(
            Chart("requests", "var(--accent)", c => c.PerRequestUsd, "Cost per 1,000 requests"), Chart("calls", "var(--accent)", c => c.PerCallUsd, "Cost per 1,000 calls"),
            [.. spread], [.. bubbles]);
    }

    private string Label(SpendDimension dimension, string key) => key == SpendQuery.Unattributed ? $"no {DimensionText.Name(dimension).ToLowerInvariant()}" : colours.Label(dimension, key);

    private string Words(ModelCost m) =>
        $"{Label(SpendDimension.Feature, m.Feature!)} with {Label(SpendDimension.Model, m.Model)}\n{UnitText.AtLeast(m.Cost.PerCallUsd * 1000, m.Cost)} per 1,000 calls\np95 {DayText.Duration(m.Measures.Latency!.P95)}\n{UsdText.Exact(m.Cost.CostUsd)} in all";
}
