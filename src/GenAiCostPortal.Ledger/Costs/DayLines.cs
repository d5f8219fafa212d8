using GenAiCostPortal.Ledger.Owners;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Billed lines of a day that are one to the ledger: same place, same use, same tags and rules that speak for them.</summary>
/// <param name="Cell">Sum of the lines; its tag feature is the feature that tag or principal name.</param>
/// <param name="Known">What tags and principal say; the method tells which.</param>
/// <param name="Rules">Owner rules that may decide about its parts.</param>
/// <param name="Split">Split rule for what nobody uses by itself; null without.</param>
internal sealed record DayLine(BillCell Cell, PartOwner Known, RuleCandidates Rules, ReadySplitRule? Split);

/// <summary>
/// Asks tags and rules of each line (algorithms §4, steps 1 and 2) and adds up lines that no longer differ: a bill may hold a line
/// per resource and caller, the ledger does not.
/// </summary>
internal static class DayLines
{
    public static IReadOnlyList<DayLine> Of(LedgerDayInputs inputs)
    {
        var lines = new Dictionary<(BillCell, PartOwner, RuleCandidates, int), (DayLine Line, long Amount, long? Tokens)>();
        foreach (var cell in inputs.Cells)
        {
            var facts = RuleFacts.Of(cell);
            var rules = inputs.Rules.Of(facts);
            var known = Known(cell, rules);
            var isOwned = known.IsSomebody || cell.IsPooled || cell.Category != ChargeCategory.Usage;
            var split = isOwned ? null : inputs.Splits.Of(facts);
            var what = cell with
            {
                // Signs stay apart: a part must not turn against its line.
                AmountNanoUsd = Math.Sign(cell.AmountNanoUsd), Tokens = cell.Tokens is null ? null : 0, TagFeatureId = known.FeatureId, TagTeamId = 0, TagApplicationId = 0,
                TagEnvironmentId = 0, TagSetId = 0, PrincipalId = 0, ResourceId = inputs.KeepsResource(cell) ? cell.ResourceId : 0,
            };
            var key = (what, known, rules, split?.Id ?? 0);
            lines[key] = lines.TryGetValue(key, out var same)
                ? (same.Line, same.Amount + cell.AmountNanoUsd, same.Tokens + cell.Tokens)
                : (new DayLine(what, known, rules, split), cell.AmountNanoUsd, cell.Tokens);
        }
        return [.. lines.Values.Select(l => l.Line with { Cell = l.Line.Cell with { AmountNanoUsd = l.Amount, Tokens = l.Tokens } }).OrderBy(Order)];
    }

    private static PartOwner Known(BillCell cell, RuleCandidates rules)
    {
        var owner = new PartOwner { FeatureId = cell.TagFeatureId, TeamId = cell.TagTeamId, ApplicationId = cell.TagApplicationId, EnvironmentId = cell.TagEnvironmentId };
        if (owner.IsSomebody) owner = owner with { Method = AllocationMethod.Tag };
        if (owner.FeatureId != 0 || OwnerRules.OfPrincipal(rules) is not { } rule) return owner;
        // A tag goes before the principal; the principal fills what the tags leave open.
        var filled = owner.FilledBy(rule.TeamId, rule.ApplicationId, rule.EnvironmentId) with { FeatureId = rule.FeatureId };
        return filled.IsSomebody && filled != owner ? filled with { Method = AllocationMethod.Principal, RuleId = rule.Id } : owner;
    }

    private static ((int, int, int, int, int, int, int), (int, int, int, int, int, int), (string, int, long, long)) Order(DayLine line)
    {
        var (cell, known) = (line.Cell, line.Known);
        return ((cell.AccountId, cell.RegionId, cell.ServiceId, cell.UsageTypeId, (int)cell.Category, known.FeatureId, known.TeamId),
            (known.ApplicationId, known.EnvironmentId, (int)known.Method, known.RuleId, cell.ResourceId, line.Split?.Id ?? 0),
            (line.Rules.Text, cell.IsPreliminary ? 1 : 0, cell.AmountNanoUsd, cell.Tokens ?? -1));
    }
}
