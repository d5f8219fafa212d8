using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Sources.CostExplorer;

/// <summary>What it costs to ask Cost Explorer for the lines that owner rules bring into the scope, said before it is enabled.</summary>
internal sealed class BorderCosts(BorderReader borders, IDbContextFactory<LedgerDb> stores, Dimensions dimensions, TimeProvider time)
{
    private const int RunsPerMonth = 90, DaysSeen = 35;

    /// <summary>In words; empty when no rule moves the border.</summary>
    public async Task<string> WordsAsync(CancellationToken cancel)
    {
        var border = await borders.ReadAsync(cancel);
        if (border.Rules.Count == 0) return "";
        var words = new List<string>();
        var pages = ClaimedUsage.PagesAtLeast(border, await ServicesAsync(border, cancel));
        if (pages > 0)
        {
            var more = border.Rules.Any(r => r.Gap.Length == 0 && !r.NamesService) ? ", and as many for each service that carries such a tag" : "";
            words.Add(string.Create(CultureInfo.InvariantCulture, $"Owner rules that bring in other services: {pages} more a run{more}, about {pages * RunsPerMonth} pages, ${pages * RunsPerMonth * 0.01m:0.00} a month."));
        }
        if (border.Rules.Where(r => r.Gap.Length > 0).ToList() is { Count: > 0 } gaps)
            words.Add($"Cost Explorer cannot be asked for {string.Join(", ", gaps.Select(g => $"{g.Name} ({g.Gap})").Take(5))}: that needs Data Exports.");
        return string.Join(' ', words);
    }

    private async Task<List<string>> ServicesAsync(ScopeBorder border, CancellationToken cancel)
    {
        var from = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-DaysSeen);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var outside = await db.OutsideScopeCosts.Where(o => o.Day >= from).Select(o => o.BilledServiceId).Distinct().ToListAsync(cancel);
        var inside = await db.BilledLines.Where(l => l.Day >= from).Select(l => l.BilledServiceId).Distinct().ToListAsync(cancel);
        return [.. outside.Union(inside).Select(dimensions.Name).Where(s => s.Length > 0 && !border.IsListed(s))];
    }
}
