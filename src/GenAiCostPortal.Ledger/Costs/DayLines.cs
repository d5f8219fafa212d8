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
        return [.. lines.Values.Select(l => l.Line with { Cell = l.Line.Cell with { AmountNanoUsd = l.Amount, Tokens = l.Tokens } }).OrderBy(l => l, LineOrder.Instance)];
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

    private sealed class LineOrder : IComparer<DayLine>
    {
        public static readonly LineOrder Instance = new();

        public int Compare(DayLine? a, DayLine? b)
        {
            var (cell, other, known, theirs) = (a!.Cell, b!.Cell, a.Known, b.Known);
            int order;
            if ((order = cell.AccountId.CompareTo(other.AccountId)) != 0) return order;
            if ((order = cell.RegionId.CompareTo(other.RegionId)) != 0) return order;
            if ((order = cell.ServiceId.CompareTo(other.ServiceId)) != 0) return order;
            if ((order = cell.UsageTypeId.CompareTo(other.UsageTypeId)) != 0) return order;
            if ((order = ((int)cell.Category).CompareTo((int)other.Category)) != 0) return order;
            if ((order = known.FeatureId.CompareTo(theirs.FeatureId)) != 0) return order;
            if ((order = known.TeamId.CompareTo(theirs.TeamId)) != 0) return order;
            if ((order = known.ApplicationId.CompareTo(theirs.ApplicationId)) != 0) return order;
            if ((order = known.EnvironmentId.CompareTo(theirs.EnvironmentId)) != 0) return order;
            if ((order = ((int)known.Method).CompareTo((int)theirs.Method)) != 0) return order;
            if ((order = known.RuleId.CompareTo(theirs.RuleId)) != 0) return order;
            if ((order = cell.ResourceId.CompareTo(other.ResourceId)) != 0) return order;
            if ((order = (a.Split?.Id ?? 0).CompareTo(b.Split?.Id ?? 0)) != 0) return order;
            if ((order = Comparer<string>.Default.Compare(a.Rules.Text, b.Rules.Text)) != 0) return order;
            if ((order = cell.IsPreliminary.CompareTo(other.IsPreliminary)) != 0) return order;
            if ((order = cell.AmountNanoUsd.CompareTo(other.AmountNanoUsd)) != 0) return order;
            return (cell.Tokens ?? -1).CompareTo(other.Tokens ?? -1);
        }
    }
}
