using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Pages.Prices;

/// <summary>Accounts that were billed at the same rates, as one line below a price.</summary>
public sealed record LearntLine(LearntSeen First, IReadOnlyList<LearntSeen> Seen)
{
    private const decimal Same = 0.005m;

    /// <summary>The lines of a price, those that differ most from it first.</summary>
    public static IReadOnlyList<LearntLine> Of(PriceRow row)
    {
        var lines = new List<List<LearntSeen>>();
        foreach (var seen in row.Learnt.OrderByDescending(s => s.NanoUsd.Count).ThenByDescending(s => s.Day))
            if (lines.FirstOrDefault(l => AreSame(l[0], seen)) is { } line) line.Add(seen);
            else lines.Add([seen]);
        return [.. lines.Select(l => new LearntLine(l[0], l)).OrderByDescending(l => l.Farthest(row.Price))];
    }

    /// <summary>"seen on 12 Nov in prod, us-east-1", or how many accounts.</summary>
    public string Where
    {
        get
        {
            var accounts = Seen.Select(s => s.AccountLabel.Length > 0 ? s.AccountLabel : s.Account).Distinct().ToList();
            var regions = Seen.Select(s => s.Region).Where(r => r.Length > 0).Distinct().ToList();
            var place = accounts.Count == 1 ? accounts[0] : $"{accounts.Count} accounts";
            return $"seen on {Figures.DayText.Day(Seen.Max(s => s.Day))} in {place}{(regions.Count == 1 ? $", {regions[0]}" : regions.Count > 1 ? $", {regions.Count} regions" : "")}";
        }
    }

    private decimal Farthest(Price price) => First.NanoUsd.Keys.Select(k => Math.Abs(First.DifferenceShare(price, k) ?? 0)).DefaultIfEmpty().Max();

    private static bool AreSame(LearntSeen one, LearntSeen other) =>
        other.NanoUsd.All(r => one.NanoUsd.TryGetValue(r.Key, out var nano) && Math.Abs((decimal)nano - r.Value) <= Same * r.Value);
}
