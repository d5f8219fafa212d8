using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Pages.Spend;

/// <summary>A line of the table. Amounts are as displayed: they add up to the line above and to the total.</summary>
/// <param name="Keys">One or two keys: a group, or a part of one.</param>
/// <param name="ChangeUsd">Billed against billed over the same days; null without a comparison.</param>
/// <param name="BeforeUsd">Billed in the comparison.</param>
/// <param name="UsdPerThousandRequests">Cost of recorded calls ÷ requests × 1,000; null without requests or known cost.</param>
/// <param name="CallsWithoutCost">Recorded calls whose cost is not known; with any, the cost per 1,000 requests is a lower bound.</param>
/// <param name="OffBillUsd">Beside the bill, in no total.</param>
/// <param name="Steps">Billed per step of time, for the small bars.</param>
/// <param name="Reasons">Why money has no owner, dearest first; on unattributed lines.</param>
public sealed record SpendLine(
    IReadOnlyList<string> Keys, decimal BilledUsd, decimal EstimatedUsd, decimal? Share, decimal? ChangeUsd, decimal BeforeUsd, decimal NowUsd, long Requests,
    decimal? UsdPerThousandRequests, long CallsWithoutCost, decimal OffBillUsd, IReadOnlyList<decimal> Steps, IReadOnlyList<(UnattributedReason Reason, decimal Usd)> Reasons, IReadOnlyList<SpendLine> Parts)
{
    /// <summary>On unattributed lines: what has an owner all the same, as when a rule names a team and no feature.</summary>
    public decimal OwnedUsd { get; init; }

    public string PerThousandText => UsdPerThousandRequests is { } usd ? (CallsWithoutCost > 0 ? "\u2265\u00a0" : "") + UsdText.Exact(usd) : "";

    /// <summary>Billed; empty where AWS never bills it, <c>unknown</c> where its calls have no known price.</summary>
    public string BilledText => BilledUsd != 0 || EstimatedUsd != 0 || BeforeUsd != 0 ? UsdText.Exact(BilledUsd) : OffBillUsd != 0 ? "" : CallsWithoutCost > 0 ? "unknown" : UsdText.Exact(0);

    /// <summary>What the amount does not hold.</summary>
    public string? Beside => BilledText == "unknown" ? $"{NumberText.Count(CallsWithoutCost)} calls without a known price"
        : OffBillUsd != 0 ? $"{UsdText.Exact(OffBillUsd)} off the AWS bill, estimated" : null;

    public string Key => Keys[^1];
    public bool IsUnattributed => Keys.All(k => k == SpendQuery.Unattributed);
}

/// <summary>The table of the Spend page: groups, their parts, and the ladder below that ends in the bill and the total.</summary>
public sealed class SpendTable
{
    private readonly SpendPicture _picture;
    private readonly DateTime[] _times;
    private readonly ILookup<string, SpendRow> _series;
    private readonly ILookup<string, SpendRow> _now;
    private readonly ILookup<string, SpendRow> _before;
    private readonly ILookup<string, SpendRow> _recorded;

    private SpendTable(SpendPicture picture)
    {
        _picture = picture;
        _times = [.. picture.Series.Rows.Select(r => r.Time).OfType<DateTime>().Distinct().Order()];
        _series = Index(picture.Series);
        _now = Index(picture.Now);
        _before = Index(picture.Before);
        _recorded = Index(picture.Recorded);
        var total = DisplayedUsd.Parts(picture.Series.TotalUsd, [picture.Series.BilledUsd, picture.Series.EstimatedUsd]);
        (TotalUsd, BilledUsd, EstimatedUsd) = (total.Sum(), total[0], total[1]);
        var keys = Keys().ToArray();
        var groups = Displayed(keys.Select(k => k[0]).Distinct().Select(k => Line([k], keys)).ToArray(), BilledUsd, EstimatedUsd, picture.Series.BilledUsd);
        var sorted = Sorted(groups).ToArray();
        Groups = [.. sorted.Where(g => !(g.Key == SpendQuery.Unattributed && g.Parts.Count == 0))];
        Unattributed = sorted.FirstOrDefault(g => g.Key == SpendQuery.Unattributed && g.Parts.Count == 0);
        Billed = Line([], keys) with { BilledUsd = BilledUsd, EstimatedUsd = EstimatedUsd, Share = BilledUsd > 0 ? 1 : null, Parts = [] };
    }

    public decimal TotalUsd { get; }
    public decimal BilledUsd { get; }
    public decimal EstimatedUsd { get; }
    public IReadOnlyList<SpendLine> Groups { get; }
    /// <summary>The ladder's first row; null when everything has an owner or the grouping is not about owners.</summary>
    public SpendLine? Unattributed { get; }
    public SpendLine Billed { get; }

    public static SpendTable Of(SpendPicture picture) => new(picture);

    private IEnumerable<string[]> Keys() =>
        new[] { _picture.Series, _picture.Before }.OfType<SpendAnswer>().SelectMany(a => a.Rows)
            .Where(r => r.CostUsd != 0 || r.Calls != 0).Select(r => r.Keys.ToArray()).DistinctBy(k => string.Join('\u001f', k));

    // Rows are found by their whole key and by the keys before it: "", "Billing", "Billing/contract-summary".
    private static ILookup<string, SpendRow> Index(SpendAnswer? answer) =>
        (answer?.Rows ?? []).SelectMany(row => Enumerable.Range(0, row.Keys.Count + 1).Select(n => (Path: Path([.. row.Keys.Take(n)]), Row: row))).ToLookup(x => x.Path, x => x.Row);

    private static string Path(IReadOnlyList<string> keys) => string.Join('\u001f', keys);

    private SpendLine Line(string[] keys, IReadOnlyList<string[]> all)
    {
        var path = Path(keys);
        var rows = _series[path].ToArray();
        var byTime = rows.Where(r => r.Time is not null).GroupBy(r => r.Time!.Value).ToDictionary(g => g.Key, g => g.Sum(r => _picture.IsUnbilled ? r.EstimatedUsd : r.BilledUsd));
        var now = _now[path].Sum(r => r.CostUsd);
        var before = _before[path].Sum(r => r.CostUsd);
        var recorded = _recorded[path].ToArray();
        var requests = recorded.Sum(r => r.Requests);
        var cost = recorded.Sum(r => r.CostUsd);
        var perThousand = requests > 0 && cost > 0 ? cost / requests * 1000 : (decimal?)null;
        var reasons = rows.SelectMany(r => r.Reasons).GroupBy(r => r.Key).Select(g => (g.Key, Usd: g.Sum(r => r.Value))).Where(r => r.Usd != 0).OrderByDescending(r => r.Usd).ToArray();
        SpendLine[] parts = keys.Length == 1 && _picture.GroupBy.Count == 2
            ? [.. all.Where(k => k[0] == keys[0]).Select(k => Line(k, all))] : [];
        if (parts is [{ IsUnattributed: true }]) parts = [];
        return new SpendLine(keys, rows.Sum(r => r.BilledUsd), rows.Sum(r => r.EstimatedUsd), null, _picture.Before is null ? null : now - before, before, now, requests,
            perThousand, recorded.Sum(r => r.CallsWithoutCost), rows.Sum(r => r.OffBillUsd), [.. _times.Select(t => byTime.GetValueOrDefault(t))], reasons, parts) { OwnedUsd = rows.Where(r => r.Keys.Count > 0 && r.Keys[^1] == SpendQuery.Unattributed).Sum(r => r.OwnedUsd) };
    }

    private SpendLine[] Displayed(IReadOnlyList<SpendLine> lines, decimal billedUsd, decimal estimatedUsd, decimal wholeUsd)
    {
        var billed = DisplayedUsd.Parts(billedUsd, [.. lines.Select(l => l.BilledUsd)]);
        var estimated = DisplayedUsd.Parts(estimatedUsd, [.. lines.Select(l => l.EstimatedUsd)]);
        var shares = wholeUsd == _picture.Series.BilledUsd ? DisplayedUsd.Shares(wholeUsd, [.. lines.Select(l => l.BilledUsd)]) : [.. lines.Select(l => ShareOf(l.BilledUsd))];
        return [.. lines.Select((line, i) => line with
        {
            BilledUsd = billed[i], EstimatedUsd = estimated[i], Share = shares[i],
            Parts = line.Parts.Count == 0 ? [] : [.. Sorted(Displayed(line.Parts, billed[i], estimated[i], line.BilledUsd))],
        })];
    }

    private decimal? ShareOf(decimal usd) => _picture.Series.BilledUsd > 0 ? decimal.Round(usd / _picture.Series.BilledUsd, 3, MidpointRounding.ToEven) : null;

    private IEnumerable<SpendLine> Sorted(IEnumerable<SpendLine> lines) => _picture.Url["sort"] switch
    {
        "name" => lines.OrderBy(l => l.Key == SpendQuery.Unattributed).ThenBy(l => l.Key, StringComparer.OrdinalIgnoreCase),
        "change" => lines.OrderByDescending(l => Math.Abs(l.ChangeUsd ?? 0)).ThenBy(l => l.Key, StringComparer.Ordinal),
        "requests" => lines.OrderByDescending(l => l.Requests).ThenBy(l => l.Key, StringComparer.Ordinal),
        _ => lines.OrderByDescending(l => l.BilledUsd).ThenByDescending(l => l.EstimatedUsd).ThenBy(l => l.Key, StringComparer.Ordinal),
    };
}
