using System.Globalization;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Pages.Overview;

/// <summary>The sentence that says the page: a number, what made it and a date, as far as the data knows them.</summary>
internal static class LeadText
{
    private static readonly CultureInfo C = CultureInfo.InvariantCulture;

    /// <summary>The statement, in bold.</summary>
    public static string Statement(OverviewPicture picture)
    {
        var period = picture.Period;
        var subject = period.Name == PeriodName.MonthToDate ? $"{period.From.ToString("MMMM", C)} stands at" : $"{period.TotalName} comes to";
        var amount = UsdText.Round(picture.Series.TotalUsd);
        return picture.Dearest is { } day && period.Days > 1 ? $"{subject} {amount}, and {UsdText.Round(day.ExcessUsd)} of it is one day above its usual." : $"{subject} {amount}.";
    }

    /// <summary>What follows.</summary>
    public static string Rest(OverviewPicture picture, Func<string, string> label)
    {
        var facts = new List<string>();
        if (picture.Dearest is { } day)
        {
            var date = day.Day.ToString("dddd d MMM", C);
            var who = day.Feature == SpendQuery.Unattributed ? "spend without an owner" : label(day.Feature);
            facts.Add($"On {date}, {who} cost {UsdText.Round(day.FeatureUsd)} against a usual {UsdText.Round(day.FeatureUsualUsd)}: {UsdText.Round(day.TotalUsd)} in a day against a usual {UsdText.Round(day.UsualUsd)}, {NumberText.Times(day.Ratio)} as much.");
            if (day.Release is { } release) facts.Add($"Most of it is calls of release {release}, {day.ReleaseBefore}.");
            if (day.IsUsualSince == true) facts.Add("Spend has been usual since.");
        }
        if (picture.Moved is { } moved && picture.Compared is { } before && moved.Before.TotalUsd > 0)
            facts.Add($"Billed {picture.BilledDays} is {UsdText.Round(moved.Now.TotalUsd)}, {NumberText.Change(moved.Now.TotalUsd, moved.Before.TotalUsd)} on {DayText.Days(before.From, before.To)}.");
        else if (picture.BilledThrough is null)
            facts.Add("Nothing of it is billed yet: tokens × price.");
        return string.Join(" ", facts);
    }
}
