using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Owners;

namespace GenAiCostPortal.Pages.Settings;

/// <summary>What a rule does to the border of the bill, in words.</summary>
internal static class BorderText
{
    /// <summary>Which rules move the border, for who writes one.</summary>
    public const string Which = "A rule that names an AWS service brings its usage into the GenAI scope; so does one that gives a feature to a tag, a resource or an IAM principal. A rule on an account or region alone only shares out what is in the scope.";

    private const int ServicesSaid = 3;

    /// <summary>The sentences for a tried rule; none when nothing is to be said.</summary>
    public static IEnumerable<string> Of(BorderEffect border, DateOnly from, DateOnly to)
    {
        var days = to.DayNumber - from.DayNumber;
        if (border.Enters.Count > 0)
        {
            var one = border.Enters.Count == 1;
            yield return $"It brings usage of {Names(border.Enters)} into the GenAI scope: up to {UsdText.Exact(border.Enters.Sum(e => e.MostADayUsd))} a day, {UsdText.Exact(border.Enters.Sum(e => e.Usd))} in these {days} days, "
                + $"{(one ? "lies" : "lie")} outside now. How much of it meets the rule shows when the bill is read again, at the next run of Cost Explorer or Data Exports.";
            if (!one) yield return string.Join(" · ", border.Enters.Take(ServicesSaid).Select(e => $"{e.Service}: up to {UsdText.Exact(e.MostADayUsd)} a day"));
        }
        else if (border.Moves)
        {
            yield return "It brings usage of other services into the GenAI scope; of what lies outside now, nothing more may meet it.";
        }
        if (border.Leaves.Count > 0)
            yield return $"{UsdText.Exact(border.Leaves.Sum(l => l.Usd))} of {Names(border.Leaves)} would leave the GenAI scope when the bill is read again.";
        if (border.Gap.Length > 0)
            yield return $"Cost Explorer cannot ask for {border.Gap} of a line: what it brings in comes through Data Exports only.";
    }

    private static string Names(IReadOnlyList<BorderUsd> services) => services.Count <= ServicesSaid ? string.Join(", ", services.Select(s => s.Service))
        : $"{string.Join(", ", services.Take(ServicesSaid).Select(s => s.Service))} and {services.Count - ServicesSaid} more services";
}
