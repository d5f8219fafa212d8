using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The part of a claim that is about one token kind, and how much of it no bill has met yet.</summary>
/// <param name="place">Its place among the claims on that model, which is the same in every build.</param>
internal sealed class KindClaim(CallClaim claim, TokenKind kind, int place)
{
    public int Place => place;
    public CallClaim Claim => claim;
    public TokenKind Kind => kind;
    /// <summary>Recorded tokens, and what they stand for.</summary>
    public decimal All { get; } = claim.Tokens[kind] + claim.Unrecorded[kind];
    public decimal Left { get; set; } = claim.Tokens[kind] + claim.Unrecorded[kind];
    /// <summary>What no bill has met of the recorded tokens: these are met before what they stand for.</summary>
    public decimal RecordedLeft => Math.Clamp(Left - claim.Unrecorded[kind], 0, claim.Tokens[kind]);
}

/// <summary>What tier, routing scope and context band a pool or claim is about. Regional and geographic calls share a bill line.</summary>
internal readonly record struct PoolVariant(ServiceTier Tier, RoutingScope Scope, ContextBand Band) : IComparable<PoolVariant>
{
    public static PoolVariant Of(ServiceTier tier, RoutingScope scope, ContextBand band) =>
        new(tier, scope == RoutingScope.Geographic ? RoutingScope.InRegion : scope, band);

    /// <summary>Whether a call of this variant may be behind a line of another: what one side does not know keeps nothing apart.</summary>
    public bool FitsLine(PoolVariant line) =>
        (Tier == line.Tier || Tier == ServiceTier.Standard)
        && (Scope == line.Scope || Scope == RoutingScope.Unknown || line.Scope == RoutingScope.Unknown)
        && (Band == line.Band || Band == ContextBand.Normal || line.Band == ContextBand.Normal);

    public int CompareTo(PoolVariant other) => (Tier, Scope, Band).CompareTo((other.Tier, other.Scope, other.Band));
}

/// <summary>The untagged lines of one account, region, model, kind and variant: money that calls can claim by their tokens.</summary>
internal sealed class BillPool(int account, int region, PoolVariant variant, IReadOnlyList<BillCell> cells)
{
    private readonly Dictionary<KindClaim, decimal> _served = [];
    private List<(CallClaim Claim, decimal Tokens)>? _inOrder;
    private List<decimal>? _weights;

    public int AccountId => account;
    public int RegionId => region;
    public PoolVariant Variant => variant;
    public IReadOnlyList<BillCell> Cells => cells;
    /// <summary>Null when the scale of a line is not known: then no call can claim it.</summary>
    public decimal? Quantity { get; } = cells.Any(c => c.Tokens is null) ? null : cells.Sum(c => (decimal)c.Tokens!.Value);
    public decimal Left { get; private set; } = Math.Max(0, cells.Any(c => c.Tokens is null) ? 0 : cells.Sum(c => (decimal)c.Tokens!.Value));
    public IReadOnlyDictionary<KindClaim, decimal> Served => _served;
    /// <summary>Calls that got something of it, in the order of the claims.</summary>
    public IReadOnlyList<(CallClaim Claim, decimal Tokens)> InOrder =>
        _inOrder ??= [.. _served.Where(s => s.Value > 0).OrderBy(s => s.Key.Place).Select(s => (s.Key.Claim, s.Value))];
    /// <summary>What each of them got, in that order, and at the end what nobody claimed.</summary>
    public IReadOnlyList<decimal> Weights => _weights ??= [.. InOrder.Select(s => s.Tokens), Left];
    /// <summary>Calls that belong here hold more tokens than the bill.</summary>
    public bool IsOverReported => _served.Keys.Any(c => c.Left >= 1);

    public bool IsPlaceOf(CallClaim claim) =>
        (claim.AccountId == 0 || claim.AccountId == account) && (claim.RegionId == 0 || region == 0 || claim.RegionId == region);

    /// <summary>
    /// Serves claims from pools: each pool in proportion to what it has left, each claim in proportion to its tokens, never more
    /// than there is of either (algorithms §4, step 3).
    /// </summary>
    public static void Serve(IReadOnlyList<KindClaim> claims, IReadOnlyList<BillPool> pools)
    {
        var capacity = pools.Sum(p => p.Left);
        var demand = claims.Sum(c => c.Left);
        if (capacity <= 0 || demand <= 0) return;
        var isEnough = demand <= capacity;
        var wanted = claims.Select(c => c.Left).ToArray();
        foreach (var pool in pools)
        {
            var share = pool.Left / capacity;
            if (share == 0) continue;
            for (var i = 0; i < claims.Count; i++)
            {
                var part = isEnough ? wanted[i] * share : pool.Left * (wanted[i] / demand);
                pool._served[claims[i]] = pool._served.GetValueOrDefault(claims[i]) + part;
            }
            pool.Left = isEnough ? Math.Max(0, pool.Left - demand * share) : 0;
        }
        for (var i = 0; i < claims.Count; i++)
            claims[i].Left = isEnough ? 0 : wanted[i] * (1 - capacity / demand);
    }
}
