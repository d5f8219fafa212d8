using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Pages.Overview;

/// <summary>Facts about a change of one feature and its causes, beside its amount. None is guessed.</summary>
internal static class ChangeText
{
    public static string Of(SpendChange change, OverviewPicture picture)
    {
        var comparison = picture.Moved!;
        var facts = new List<string>();
        var before = Days(comparison.Before, change.Key);
        if (picture.Dearest is { } day && day.Feature == change.Key && day.FeatureUsd - day.FeatureUsualUsd is var excess && excess > 0 && change.ChangeUsd > 0 && day.Day < picture.BilledTo)
            facts.Add($"{UsdText.Exact(excess)} above its usual on {DayText.WeekDay(day.Day)}{(day.Release is { } release ? $", most of it calls of release {release}, {day.ReleaseBefore}" : "")}.");
        if (change.StartedOn is { } started) facts.Add($"Started on {DayText.Day(started)}.");
        else if (change.NothingSince is { } since) facts.Add($"Costs nothing since {DayText.Day(since)}.");
        else if (picture.Compared is { } compared && before.Count > 0 && before.Keys.Min() is var first && first > compared.From.AddDays(2))
            facts.Add($"Started on {DayText.Day(first)}, so the comparison has {before.Count} of these {compared.Days} days.");
        if (picture.Causes.TryGetValue(change.Key, out var causes)) facts.Add(causes);
        return string.Join(" ", facts);
    }

    private static Dictionary<DateOnly, decimal> Days(SpendAnswer answer, string key) =>
        answer.Rows.Where(r => r.Keys[0] == key && r.Time is not null && r.CostUsd != 0).GroupBy(r => DateOnly.FromDateTime(r.Time!.Value)).ToDictionary(g => g.Key, g => g.Sum(r => r.CostUsd));
}
