using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Filters;

/// <summary>A click on a value adds it as a filter and groups by what is worth seeing next.</summary>
public static class DrillDown
{
    private static readonly SpendDimension[] Next = [SpendDimension.Team, SpendDimension.Feature, SpendDimension.Model, SpendDimension.Component, SpendDimension.Environment, SpendDimension.Region];

    private static readonly HashSet<SpendDimension> Filterable =
    [
        SpendDimension.Team, SpendDimension.Application, SpendDimension.Feature, SpendDimension.Environment, SpendDimension.Account, SpendDimension.Region,
        SpendDimension.Model, SpendDimension.Provider, SpendDimension.Component, SpendDimension.Release, SpendDimension.Workflow,
    ];

    /// <summary>The address one level down on the Spend page; null where the value cannot be filtered on.</summary>
    public static string? Href(PortalUrl url, IReadOnlyList<SpendDimension> groupBy, SpendDimension dimension, string key)
    {
        if (!Filterable.Contains(dimension)) return null;
        var filtered = url.Filter.Values.Keys.Append(dimension).ToHashSet();
        // A feature has one team: below it the team says nothing more.
        if (filtered.Contains(SpendDimension.Feature)) filtered.Add(SpendDimension.Team);
        var left = groupBy.Where(d => !filtered.Contains(d)).Concat(Next.Where(d => !filtered.Contains(d) && !groupBy.Contains(d))).Take(Math.Max(1, groupBy.Count)).ToArray();
        var target = url.Path == "/spend" ? url : url.To("/spend");
        return target.Only(dimension, key).WithGroupBy(left).ToString();
    }

    /// <summary>The address of one step of time, in finer steps; null where there is nothing finer.</summary>
    public static string? Href(PortalUrl url, Granularity step, DateTime start)
    {
        var from = DateOnly.FromDateTime(start);
        var target = url.Path == "/spend" ? url : url.To("/spend");
        return step switch
        {
            Granularity.Day => target.WithDays(from, from.AddDays(1)).With("granularity", "hour").ToString(),
            Granularity.Week => target.WithDays(from, from.AddDays(7)).With("granularity", "day").ToString(),
            Granularity.Month => target.WithDays(from, from.AddMonths(1)).With("granularity", "day").ToString(),
            _ => null,
        };
    }
}
