using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The calls of a day as the bill meets them.</summary>
internal static class DayClaims
{
    /// <summary>Calls whose place an owner rule tells are put there; claims of the same owners at different prices are one claim on the bill.</summary>
    public static CallClaim[] Of(LedgerDayInputs inputs)
    {
        var claims = OnePerOwner(inputs);
        return Array.Exists(claims, c => c.Sampled is not null) ? [.. claims.SelectMany(c => Apart(c, claims))] : claims;
    }

    private static CallClaim[] OnePerOwner(LedgerDayInputs inputs) =>
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
                Sampled = Sum(g.Select(c => c.Sampled)),
            }),
    ];

    private static SampledClaim? Sum(IEnumerable<SampledClaim?> claims) => claims.Aggregate((SampledClaim?)null, (a, b) =>
        a is null ? b : b is null ? a : new SampledClaim(a.Calls + b.Calls, a.Tokens + b.Tokens, a.Unrecorded + b.Unrecorded));

    /// <summary>
    /// Calls that stand for themselves and calls that stand for more are two claims. Where the invocation log tells of calls of the
    /// model nothing is extrapolated: it tells of all of them.
    /// </summary>
    private static IEnumerable<CallClaim> Apart(CallClaim claim, CallClaim[] all)
    {
        if (claim.Sampled is not { } sampled || Array.Exists(all, c => c.IsLogged && c.ModelId == claim.ModelId && MayShareAPlace(c, claim)))
        {
            yield return claim with { Sampled = null };
            yield break;
        }
        var costs = TokenCounts.Kinds.Select(k => Money.Split(claim.KindCosts[(int)k], Weights(sampled.Tokens[k], claim.Tokens[k]))).ToArray();
        if (claim.Calls > sampled.Calls || claim.Tokens.Total > sampled.Tokens.Total)
            yield return claim with { Sampled = null, Calls = claim.Calls - sampled.Calls, Tokens = claim.Tokens - sampled.Tokens, KindCosts = [.. costs.Select(c => c[1])] };
        yield return claim with { Sampled = null, Calls = sampled.Calls, Tokens = sampled.Tokens, Unrecorded = sampled.Unrecorded, KindCosts = [.. costs.Select(c => c[0])] };
    }

    // Without tokens there is no cost either; the split wants a weight all the same.
    private static decimal[] Weights(long sampled, long all) => all > 0 ? [sampled, all - sampled] : [1, 0];

    private static bool MayShareAPlace(CallClaim a, CallClaim b) =>
        (a.AccountId == b.AccountId || a.AccountId == 0 || b.AccountId == 0) && (a.RegionId == b.RegionId || a.RegionId == 0 || b.RegionId == 0);

    private static CallClaim Placed(CallClaim claim, OwnerRules rules)
    {
        var (account, region) = rules.PlaceOf(RuleFacts.Of(PartOwner.Of(claim, LedgerFlags.None)) with { AccountId = claim.AccountId, RegionId = claim.RegionId, ModelId = claim.ModelId });
        return account == 0 && region == 0 ? claim : claim with
        {
            AccountId = claim.AccountId != 0 ? claim.AccountId : account, RegionId = claim.RegionId != 0 ? claim.RegionId : region,
        };
    }
}
