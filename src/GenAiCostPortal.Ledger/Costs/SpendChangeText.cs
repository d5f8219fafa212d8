using System.Globalization;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Says a change of spend in plain facts.</summary>
internal static class SpendChangeText
{
    private static readonly CultureInfo C = CultureInfo.InvariantCulture;

    public static string Of(SpendChange change)
    {
        var facts = new List<string> { First(change) };
        if (change.StartedOn is { } started) facts.Add($"Started on {started.ToString("d MMM", C)}.");
        if (change.NothingSince is { } since) facts.Add($"Costs nothing since {since.ToString("d MMM", C)}.");
        if (change is { RequestsBefore: > 0, Requests: > 0, CostPerRequestBeforeUsd: { } before, CostPerRequestUsd: { } now })
        {
            facts.Add($"Requests {Count(change.RequestsBefore)} → {Count(change.Requests)}.");
            facts.Add($"Cost per request {Small(before)} → {Small(now)}.");
        }
        return string.Join(' ', facts);
    }

    private static string First(SpendChange change)
    {
        var sign = change.ChangeUsd < 0 ? "−" : "+";
        var text = $"{sign}${Math.Abs(change.ChangeUsd).ToString("#,0.00", C)}";
        // A factor reads better than a percentage once a cost has doubled.
        if (change.BeforeUsd > 0 && change.NowUsd >= 2 * change.BeforeUsd) text += $" (×{(change.NowUsd / change.BeforeUsd).ToString("0.0", C)})";
        else if (change.BeforeUsd > 0) text += $" ({sign}{Math.Abs(change.ChangeUsd / change.BeforeUsd * 100).ToString("0", C)} %)";
        return text + ".";
    }

    private static string Count(long count) => count.ToString("#,0", C);

    private static string Small(decimal usd) => "$" + usd.ToString(Math.Abs(usd) < 0.01m ? "0.000000" : Math.Abs(usd) < 1 ? "0.0000" : "#,0.00", C);
}
