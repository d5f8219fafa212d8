using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Dollars of a service on one side of the border.</summary>
/// <param name="Usd">Of the days looked at.</param>
/// <param name="MostADayUsd">Of the dearest of them.</param>
public sealed record BorderUsd(string Service, decimal Usd, decimal MostADayUsd);

/// <summary>What a change of the rules would do to the border of the bill.</summary>
/// <param name="Moves">Whether the proposed rule moves the border at all.</param>
/// <param name="Enters">
/// Services of which lines may come into the scope, with all that lies outside now: no more than that can come in. What of it meets
/// the rule is known when the bill is read again.
/// </param>
/// <param name="Leaves">What would leave the scope of what is in it now, untagged.</param>
/// <param name="Gap">What the rule looks at that Cost Explorer does not say; empty when it can be asked.</param>
public sealed record BorderEffect(bool Moves, IReadOnlyList<BorderUsd> Enters, IReadOnlyList<BorderUsd> Leaves, string Gap)
{
    /// <summary>The rules stay on their side of the border.</summary>
    public static BorderEffect None { get; } = new(false, [], [], "");
}

/// <summary>Shows what proposed rules would do to the border, from what is stored: bounds, because lines outside are kept as sums only.</summary>
public sealed class BorderPreview(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, BorderReader borders, OwnerKeys keys)
{
    /// <summary>Compares the rules in force with proposed ones on the days <paramref name="from"/> to <paramref name="to"/> (exclusive).</summary>
    /// <param name="draft">The rule that would be added or changed; null when one would be removed.</param>
    public async Task<BorderEffect> TryAsync(IReadOnlyList<OwnerRule> proposed, RuleDraft? draft, DateOnly from, DateOnly to, CancellationToken cancel = default)
    {
        var (now, then) = (await borders.ReadAsync(cancel), await borders.ReadAsync(proposed, cancel));
        bool IsNew(BorderRule rule) => !now.Rules.Any(r => r.From == rule.From && r.To == rule.To && r.Conditions.SequenceEqual(rule.Conditions));
        var entering = then.Rules.Where(IsNew).ToList();
        var moves = draft is OwnerRuleDraft owner && BorderRules.Moves(owner.Conditions, owner.Feature, keys);
        var gap = moves ? new BorderRule(0, "", draft!.Conditions, null, null).Gap : "";
        await using var db = await stores.CreateDbContextAsync(cancel);
        var enters = entering.Count == 0 ? [] : await EntersAsync(db, then, IsNew, from, to, cancel);
        return new BorderEffect(moves, enters, now.Rules.Count == 0 ? [] : await LeavesAsync(db, now, then, from, to, cancel), gap);
    }

    private async Task<List<BorderUsd>> EntersAsync(LedgerDb db, ScopeBorder then, Func<BorderRule, bool> isNew, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var outside = await db.OutsideScopeCosts.AsNoTracking().Where(o => o.Day >= from && o.Day < to)
            .GroupBy(o => new { o.Day, o.BilledServiceId }).Select(g => new { g.Key.Day, g.Key.BilledServiceId, Amount = g.Sum(o => o.AmountNanoUsd) }).ToListAsync(cancel);
        return Sums(outside.Select(o => (Service: dimensions.Name(o.BilledServiceId), o.Day, o.Amount))
            .Where(o => !then.IsListed(o.Service) && then.RulesOf(o.Service).Any(r => isNew(r) && r.HoldsOn(o.Day))));
    }

    private async Task<List<BorderUsd>> LeavesAsync(LedgerDb db, ScopeBorder now, ScopeBorder then, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var leaving = new List<(string Service, DateOnly Day, long Amount)>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT "Day", "AccountId", "RegionId", "BilledServiceId", "UsageTypeId", "TagSetId", "ResourceId", "PrincipalId", SUM("AmountNanoUsd") FROM billed_line
            WHERE "Day" >= {from.DayNumber} AND "Day" < {to.DayNumber} AND "TagFeatureId" = 0 AND "Category" = {(int)ChargeCategory.Usage} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
            """), row =>
        {
            var service = dimensions.Name(row.GetInt32(3));
            if (now.IsListed(service)) return;
            var line = new BorderLine(DateOnly.FromDayNumber(row.GetInt32(0)), dimensions.Name(row.GetInt32(1)), dimensions.Name(row.GetInt32(2)), service,
                dimensions.Name(row.GetInt32(4)), dimensions.Name(row.GetInt32(5)), dimensions.Name(row.GetInt32(6)), dimensions.Name(row.GetInt32(7)));
            if (now.Of(line) is not null && then.Of(line) is null) leaving.Add((service, line.Day, row.GetInt64(8)));
        }, cancel);
        return Sums(leaving);
    }

    private static List<BorderUsd> Sums(IEnumerable<(string Service, DateOnly Day, long Amount)> rows) =>
    [
        .. rows.GroupBy(r => r.Service, StringComparer.Ordinal)
            .Select(g => new BorderUsd(g.Key, Money.ToUsd(g.Sum(r => r.Amount)), Money.ToUsd(g.GroupBy(r => r.Day).Max(d => d.Sum(r => r.Amount)))))
            .Where(b => b.Usd != 0).OrderByDescending(b => b.Usd).ThenBy(b => b.Service, StringComparer.Ordinal),
    ];
}
