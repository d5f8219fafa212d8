using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Rules between their rows and what they say.</summary>
internal static class RuleRows
{
    public static async Task<RuleLists> ReadAsync(LedgerDb db, CancellationToken cancel) => new(
        [.. (await db.OwnerRules.AsNoTracking().OrderBy(r => r.Position).ThenBy(r => r.Id).ToListAsync(cancel)).Select((r, i) => new PlacedRule(r.Id, i + 1, DraftOf(r)))],
        [.. (await db.SplitRules.AsNoTracking().OrderBy(r => r.Position).ThenBy(r => r.Id).ToListAsync(cancel)).Select((r, i) => new PlacedRule(r.Id, i + 1, DraftOf(r)))]);

    /// <summary>The rules of a kind as rows, for the ledger of a day.</summary>
    public static IReadOnlyList<OwnerRule> Owners(RuleLists rules) => [.. rules.Owners.Select(r => Fill(New((OwnerRuleDraft)r.Draft, r.Id), (OwnerRuleDraft)r.Draft, r.Position))];

    public static IReadOnlyList<SplitRule> Splits(RuleLists rules) => [.. rules.Splits.Select(r => Fill(New((SplitRuleDraft)r.Draft, r.Id), (SplitRuleDraft)r.Draft, r.Position))];

    public static OwnerRule New(OwnerRuleDraft draft, int id) => new() { Id = id, Name = draft.Name };

    public static SplitRule New(SplitRuleDraft draft, int id) => new() { Id = id, Name = draft.Name };

    public static OwnerRule Fill(OwnerRule row, OwnerRuleDraft d, int position)
    {
        (row.Position, row.Name, row.Conditions, row.IsEnabled) = (position, d.Name, RuleText.Of(d.Conditions), d.IsEnabled);
        (row.EffectiveFrom, row.EffectiveTo) = (d.EffectiveFrom, d.EffectiveTo);
        (row.Feature, row.Team, row.Application, row.Environment) = (d.Feature, d.Team, d.Application, d.Environment);
        return row;
    }

    public static SplitRule Fill(SplitRule row, SplitRuleDraft d, int position)
    {
        (row.Position, row.Name, row.Conditions, row.IsEnabled) = (position, d.Name, RuleText.Of(d.Conditions), d.IsEnabled);
        (row.EffectiveFrom, row.EffectiveTo) = (d.EffectiveFrom, d.EffectiveTo);
        (row.Basis, row.Shares) = (d.Basis, RuleText.Of(d.Shares));
        return row;
    }

    private static OwnerRuleDraft DraftOf(OwnerRule r) => new()
    {
        Name = r.Name, Conditions = Conditions(r.Conditions), EffectiveFrom = r.EffectiveFrom, EffectiveTo = r.EffectiveTo, IsEnabled = r.IsEnabled,
        Feature = r.Feature, Team = r.Team, Application = r.Application, Environment = r.Environment,
    };

    private static SplitRuleDraft DraftOf(SplitRule r) => new()
    {
        Name = r.Name, Conditions = Conditions(r.Conditions), EffectiveFrom = r.EffectiveFrom, EffectiveTo = r.EffectiveTo, IsEnabled = r.IsEnabled,
        Basis = r.Basis, Shares = new SortedDictionary<string, decimal>(RuleText.Shares(r.Shares)?.ToDictionary() ?? [], StringComparer.Ordinal),
    };

    // A rule that cannot be read never holds; it is shown without conditions, so that it can be mended.
    private static IReadOnlyList<RuleCondition> Conditions(string json) => RuleText.Conditions(json) ?? [];
}
