using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// Meets the bill of one model and token kind with the calls recorded: tags first (a tag's quantity is taken from its feature's own
/// calls, so that nothing is paid twice), then calls whose place and variant are known, then those where less is known.
/// </summary>
internal sealed class PoolMatch
{
    private readonly Dictionary<(int Account, int Region, PoolVariant Variant), BillPool> _byPlace;

    private PoolMatch(IReadOnlyList<BillPool> pools, IReadOnlyList<KindClaim> claims)
    {
        (Pools, Claims) = (pools, claims);
        _byPlace = pools.ToDictionary(p => (p.AccountId, p.RegionId, p.Variant));
    }

    public IReadOnlyList<BillPool> Pools { get; }
    public IReadOnlyList<KindClaim> Claims { get; }

    /// <summary>The pool that an untagged line is in.</summary>
    public BillPool PoolOf(BillCell cell) => _byPlace[(cell.AccountId, cell.RegionId, PoolVariant.Of(cell.Tier, cell.Scope, cell.Band))];

    /// <param name="cells">Pooled lines of one model and kind, tagged and untagged, sorted.</param>
    /// <param name="claims">Claims on that model, sorted.</param>
    public static PoolMatch Of(TokenKind kind, IReadOnlyList<BillCell> cells, IReadOnlyList<CallClaim> claims)
    {
        var kindClaims = claims.Where(c => c.Tokens[kind] > 0).Select((c, i) => new KindClaim(c, kind, i)).ToList();
        LargestDoor.Keep(kindClaims);
        var pools = cells.Where(c => c.TagFeatureId == 0)
            .GroupBy(c => (c.AccountId, c.RegionId, Variant: PoolVariant.Of(c.Tier, c.Scope, c.Band)))
            .OrderBy(g => g.Key).Select(g => new BillPool(g.Key.AccountId, g.Key.RegionId, g.Key.Variant, [.. g])).ToList();
        var match = new PoolMatch(pools, kindClaims);
        match.TakeTagged(cells);
        match.ServeByPlaceAndVariant();
        match.ServeByPlace();
        match.ServeTheUnplaced();
        return match;
    }

    private void TakeTagged(IReadOnlyList<BillCell> cells)
    {
        var ofFeature = Claims.ToLookup(c => c.Claim.FeatureId);
        foreach (var tagged in cells.Where(c => c.TagFeatureId != 0)
            .GroupBy(c => (c.AccountId, c.RegionId, Variant: PoolVariant.Of(c.Tier, c.Scope, c.Band), c.TagFeatureId)).OrderBy(g => g.Key))
        {
            var place = new BillPool(tagged.Key.AccountId, tagged.Key.RegionId, tagged.Key.Variant, []);
            var own = ofFeature[tagged.Key.TagFeatureId].Where(c => place.IsPlaceOf(c.Claim)).ToList();
            // A tag without a quantity has covered an unknown share of the feature's calls; they claim nothing more.
            var quantity = tagged.Any(c => c.Tokens is null) ? decimal.MaxValue : tagged.Sum(c => (decimal)c.Tokens!.Value);
            foreach (var level in own.GroupBy(c => Level(c.Claim, tagged.Key.Variant)).OrderBy(g => g.Key))
                quantity = Take([.. level], quantity);
        }
    }

    private static int Level(CallClaim claim, PoolVariant variant)
    {
        var own = PoolVariant.Of(claim.Tier, claim.Scope, claim.Band);
        return (claim.IsPlaced ? 0 : 3) + (own == variant ? 0 : own.FitsLine(variant) ? 1 : 2);
    }

    private static decimal Take(IReadOnlyList<KindClaim> claims, decimal quantity)
    {
        var all = claims.Sum(c => c.Left);
        if (all <= 0 || quantity <= 0) return Math.Max(0, quantity);
        var keep = quantity >= all ? 0 : 1 - quantity / all;
        foreach (var claim in claims) claim.Left *= keep;
        return Math.Max(0, quantity - all);
    }

    private void ServeByPlaceAndVariant()
    {
        var placed = Claims.Where(c => c.Claim.IsPlaced).ToLookup(c => (c.Claim.AccountId, c.Claim.RegionId, VariantOf(c)));
        foreach (var pool in Pools) BillPool.Serve([.. placed[(pool.AccountId, pool.RegionId, pool.Variant)]], [pool]);
    }

    private void ServeByPlace() => ServeGroups(Claims.Where(c => c.Claim.IsPlaced));

    private void ServeTheUnplaced() => ServeGroups(Claims.Where(c => !c.Claim.IsPlaced));

    /// <summary>Groups that know more come first, so that those who know less get what is left.</summary>
    private void ServeGroups(IEnumerable<KindClaim> claims)
    {
        var groups = claims.Where(c => c.Left > 0)
            .GroupBy(c => (c.Claim.AccountId, c.Claim.RegionId, Variant: VariantOf(c)))
            .OrderByDescending(g => (g.Key.AccountId != 0 ? 2 : 0) + (g.Key.RegionId != 0 ? 1 : 0)).ThenBy(g => g.Key);
        foreach (var group in groups)
        {
            var places = Pools.Where(p => p.IsPlaceOf(group.First().Claim)).ToList();
            BillPool.Serve([.. group], [.. places.Where(p => p.Variant == group.Key.Variant)]);
            BillPool.Serve([.. group], [.. places.Where(p => group.Key.Variant.FitsLine(p.Variant))]);
        }
    }

    private static PoolVariant VariantOf(KindClaim c) => PoolVariant.Of(c.Claim.Tier, c.Claim.Scope, c.Claim.Band);
}
