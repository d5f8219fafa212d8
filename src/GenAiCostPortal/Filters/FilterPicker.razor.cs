using GenAiCostPortal.Ledger.Costs;
using Microsoft.AspNetCore.Components;

namespace GenAiCostPortal.Filters;

public sealed partial class FilterPicker
{
    private static readonly SpendDimension[] Offered =
        [SpendDimension.Team, SpendDimension.Application, SpendDimension.Feature, SpendDimension.Environment, SpendDimension.Account, SpendDimension.Model];

    private SpendFilter _filter = SpendFilter.None;
    private List<(SpendDimension Dimension, IReadOnlyList<(string Value, decimal CostUsd)> Values)>? _values;
    private Period? _valuesOf;
    private bool _failed;

    [Parameter, EditorRequired] public PortalUrl Url { get; set; } = default!;

    protected override void OnParametersSet() => _filter = Url.Filter;

    private async Task LoadAsync()
    {
        var period = Url.Period(DateOnly.FromDateTime(Time.GetUtcNow().UtcDateTime));
        if (_valuesOf == period && !_failed) return;
        try
        {
            var values = new List<(SpendDimension, IReadOnlyList<(string, decimal)>)>();
            foreach (var dimension in Offered) values.Add((dimension, await Spend.ValuesAsync(dimension, period.FromUtc, period.ToUtc)));
            (_values, _valuesOf, _failed) = (values, period, false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            _failed = true;
        }
    }

    private string Summary() => _filter.Values.Count == 0 ? "All teams, features, models" : _filter.Values.Sum(f => f.Value.Count) == 1 ? "1 filter" : $"{_filter.Values.Sum(f => f.Value.Count)} filters";
}
