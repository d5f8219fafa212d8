using GenAiCostPortal.Ledger.Inventory;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// Shares of guardrail units by the calls that passed the guardrail: by their prompt tokens, a call without counts weighing as much as
/// the others do on average. What CloudWatch metered beyond them is by no recorded call and goes to the guardrail's owner.
/// </summary>
internal sealed class GuardrailShares
{
    // A guardrail reads up to 1,000 characters at a time. It is asked about the prompt, about the answer, and while an answer streams once more for every such piece.
    private const decimal AsksPerCall = 2, OutputTokensPerAsk = 200;
    private const string All = "all";

    private readonly ILookup<string, GuardedCalls> _calls;
    private readonly ILookup<(int Account, int Region), ResourceUse> _byPlace;

    public GuardrailShares(LedgerDayInputs inputs)
    {
        _calls = inputs.Guarded.ToLookup(g => g.GuardrailId, StringComparer.Ordinal);
        _byPlace = inputs.Resources.Where(r => r.Kind == ResourceKinds.Guardrail).OrderBy(r => r.Id, StringComparer.Ordinal).ToLookup(r => (r.AccountId, r.RegionId));
    }

    /// <summary>Owners of the units of one guardrail.</summary>
    public IReadOnlyList<(PartOwner Owner, decimal Weight)> Of(ResourceUse guardrail) => Parts(guardrail, CallsOf(guardrail), 1);

    /// <summary>Owners of units that the bill gives to an account and region only: by the text units of its guardrails, else by the calls through any of them.</summary>
    public IReadOnlyList<(PartOwner Owner, decimal Weight)> OfPlace(int account, int region)
    {
        var there = _byPlace[(account, region)].ToList();
        if (there.Exists(g => g.Units > 0)) return [.. there.Where(g => g.Units > 0).SelectMany(g => Parts(g, CallsOf(g), g.Units))];
        var called = there.Where(g => g.Id != All && _calls.Contains(g.Id)).ToList();
        // Without text units, prompts stand for them: the more a guardrail read, the more of the line is its.
        return called.Count == 0 ? [] : Weigh(Seen(called.SelectMany(g => _calls[g.Id])));
    }

    // Where CloudWatch tells no guardrails apart, "all" is what was asked of any of them.
    private List<GuardedCalls> CallsOf(ResourceUse guardrail) =>
        guardrail.Id != All ? [.. _calls[guardrail.Id]]
            : [.. _byPlace[(guardrail.AccountId, guardrail.RegionId)].Where(g => g.Id != All).SelectMany(g => _calls[g.Id])];

    private static IReadOnlyList<(PartOwner Owner, decimal Weight)> Parts(ResourceUse guardrail, List<GuardedCalls> all, decimal weight)
    {
        var calls = Seen(all);
        var parts = Weigh(calls);
        var owned = ResourceShares.Owned(guardrail);
        var sum = parts.Sum(p => p.Weight);
        if (sum <= 0) return [(owned, weight)];
        var asks = AsksPerCall * calls.Sum(c => c.Claim.Calls) + calls.Sum(c => (decimal)c.Claim.Tokens.Output) / OutputTokensPerAsk;
        var explained = guardrail.Invocations > asks ? weight * asks / guardrail.Invocations : weight;
        var shared = new List<(PartOwner, decimal)>(parts.Count + 1);
        foreach (var part in parts)
            // A call that names no feature says less than the guardrail's own tags.
            shared.Add((part.Owner.FeatureId == 0 && owned.IsSomebody ? owned : part.Owner, explained * part.Weight / sum));
        if (weight > explained) shared.Add((owned.IsSomebody ? owned : PartOwner.Nobody(UnattributedReason.NoCallRecorded), weight - explained));
        return shared;
    }

    // Two doors may tell of the same calls.
    private static List<GuardedCalls> Seen(IEnumerable<GuardedCalls> calls) =>
        [.. calls.GroupBy(c => (c.GuardrailId, c.Claim.FeatureId)).OrderBy(g => g.Key).SelectMany(g => LargestDoor.Seen([.. g], c => c.Claim.Doors, c => c.Claim.Calls))];

    private static List<(PartOwner Owner, decimal Weight)> Weigh(IReadOnlyCollection<GuardedCalls> calls)
    {
        var counted = calls.Sum(c => c.Claim.Calls - c.CallsWithoutTokens);
        var average = counted > 0 ? calls.Sum(c => (decimal)c.Claim.Tokens.Prompt) / counted : 0;
        return
        [
            .. calls.GroupBy(c => ResourceShares.OwnerOf(c.Claim)).OrderBy(g => ResourceShares.Order(g.Key))
                .Select(g => (Owner: g.Key, Weight: average == 0 ? g.Sum(c => c.Claim.Calls) : g.Sum(c => (decimal)c.Claim.Tokens.Prompt) + average * g.Sum(c => c.CallsWithoutTokens)))
                .Where(p => p.Weight > 0),
        ];
    }
}
