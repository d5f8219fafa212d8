using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The calls of a day as the bill meets them.</summary>
internal static class DayClaims
{
    /// <summary>Calls whose place an owner rule tells are put there; claims of the same owners at different prices are one claim on the bill.</summary>
    public static CallClaim[] Of(LedgerDayInputs inputs) =>
    [
        .. inputs.Claims.Select(c => c.IsPlaced ? c : Placed(c, inputs.Rules)).GroupBy(c => (
                Place: (c.AccountId, c.RegionId, c.ProviderId, c.ModelId, c.Tier, c.Scope, c.Band),
                Owner: (c.FeatureId, c.TeamId, c.ApplicationId, c.EnvironmentId, c.ReleaseId, c.Doors)))
            .OrderBy(g => g.Key)
            .Select(g => g.First() with
            {
                Calls = g.Sum(c => c.Calls),
                Tokens = g.Aggregate(default(TokenCounts), (sum, c) => sum + c.Tokens),
                KindCosts = [.. TokenCounts.Kinds.Select(k => g.Sum(c => c.KindCosts[(int)k]))],
            }),
    ];

    private static CallClaim Placed(CallClaim claim, OwnerRules rules)
    {
        var (account, region) = rules.PlaceOf(RuleFacts.Of(PartOwner.Of(claim, LedgerFlags.None)) with { AccountId = claim.AccountId, RegionId = claim.RegionId, ModelId = claim.ModelId });
        return account == 0 && region == 0 ? claim : claim with
        {
            AccountId = claim.AccountId != 0 ? claim.AccountId : account, RegionId = claim.RegionId != 0 ? claim.RegionId : region,
        };
    }
}
