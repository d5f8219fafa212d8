using System.Text;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>All owner and split rules, as stored or as proposed.</summary>
internal sealed class RuleBook(IReadOnlyList<OwnerRule> owners, IReadOnlyList<SplitRule> splits)
{
    public static RuleBook Empty { get; } = new([], []);

    public IReadOnlyList<OwnerRule> Owners => owners;
    public IReadOnlyList<SplitRule> Splits => splits;

    public static async Task<RuleBook> ReadAsync(LedgerDb db, CancellationToken cancel) =>
        new(await db.OwnerRules.AsNoTracking().ToListAsync(cancel), await db.SplitRules.AsNoTracking().ToListAsync(cancel));

    /// <summary>Names that rules give, which need a number before a day is built.</summary>
    public IEnumerable<(DimensionKind Kind, string Name)> Names()
    {
        foreach (var rule in owners)
            foreach (var (kind, name) in ((DimensionKind, string?)[])[(DimensionKind.Feature, rule.Feature), (DimensionKind.Team, rule.Team),
                (DimensionKind.Application, rule.Application), (DimensionKind.Environment, rule.Environment)])
                if (!string.IsNullOrWhiteSpace(name)) yield return (kind, name.Trim());
        foreach (var name in splits.SelectMany(s => RuleText.Shares(s.Shares)?.Keys ?? []))
            if (!string.IsNullOrWhiteSpace(name)) yield return (DimensionKind.Feature, name.Trim());
    }

    public bool HasSplits(DateOnly day) => splits.Any(s => SplitRules.IsInForce(s, day));

    /// <summary>Differs for a day when anything differs that the rules say about it; the same for days that a change does not reach.</summary>
    public string Fingerprint(DateOnly day, OwnerTagKeys tags)
    {
        var text = new StringBuilder().AppendJoin('\n', tags.Feature, tags.Team, tags.Application, tags.Environment);
        foreach (var r in owners.Where(r => OwnerRules.IsInForce(r, day)).OrderBy(r => r.Position).ThenBy(r => r.Id))
            text.Append('\n').AppendJoin('\t', r.Id, r.Conditions, r.Feature, r.Team, r.Application, r.Environment);
        foreach (var r in splits.Where(r => SplitRules.IsInForce(r, day)).OrderBy(r => r.Position).ThenBy(r => r.Id))
            text.Append("\nsplit\t").AppendJoin('\t', r.Id, r.Conditions, (int)r.Basis, r.Shares);
        return DayPrint.Mark(text.ToString());
    }
}
