using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// What is not billed yet: recorded calls above the billed quantity at their estimated price, and what CloudWatch metered above
/// both, which nobody owns. Only for accounts whose day is open.
/// </summary>
internal sealed class OpenEstimate(
    LedgerDayInputs inputs, IReadOnlyDictionary<(int Model, TokenKind Kind), PoolMatch> matches, Func<int, int, UnattributedReason> reasonFor)
{
    private sealed class Remainder(MeteredPool pool, decimal left)
    {
        public MeteredPool Pool => pool;
        public decimal Left { get; set; } = left;
        public bool IsPlaceOf(CallClaim c) => (c.AccountId == 0 || c.AccountId == pool.AccountId) && (c.RegionId == 0 || c.RegionId == pool.RegionId);
    }

    private readonly List<LedgerEntry> _entries = [];

    public IReadOnlyList<LedgerEntry> Read()
    {
        var remainders = Remainders();
        foreach (var match in matches.OrderBy(m => m.Key).Select(m => m.Value))
            foreach (var claim in match.Claims.Where(c => c.RecordedLeft > 0 && inputs.IsOpen(c.Claim.AccountId)))
                AddRecorded(claim, remainders);
        foreach (var remainder in remainders.Where(r => r.Left >= 1)) AddRemainder(remainder);
        return LedgerParts.Merge(inputs.Day, _entries);
    }

    /// <summary>Metered − max(recorded there, billed there), per account, region, model and kind as CloudWatch counts.</summary>
    private List<Remainder> Remainders()
    {
        var remainders = new List<Remainder>();
        foreach (var metered in inputs.Metered.Where(m => inputs.IsOpen(m.AccountId))
            .GroupBy(m => (m.ModelId, m.Kind, m.AccountId, m.RegionId)).OrderBy(g => g.Key))
        {
            var (model, kind, account, region) = metered.Key;
            decimal recorded = 0, billed = 0;
            foreach (var k in KindsOf(kind))
            {
                recorded += inputs.Claims.Where(c => c.ModelId == model && c.AccountId == account && c.RegionId == region).Sum(c => (decimal)c.Tokens[k]);
                if (!matches.TryGetValue((model, k), out var match)) continue;
                recorded += match.Pools.Where(p => p.AccountId == account && p.RegionId == region)
                    .Sum(p => p.Served.Where(s => !s.Key.Claim.IsPlaced).Sum(s => s.Value));
                billed += inputs.Cells.Where(c => c.IsPooled && c.ModelId == model && c.Kind == k && c.AccountId == account && c.RegionId == region)
                    .Sum(c => (decimal)(c.Tokens ?? 0));
            }
            var left = metered.Sum(m => (decimal)m.Tokens) - Math.Max(recorded, billed);
            // The scope that carried most of the traffic prices the remainder: the metric does not say more.
            if (left >= 1) remainders.Add(new Remainder(metered.OrderByDescending(m => m.Tokens).ThenBy(m => m.Scope).First(), left));
        }
        return remainders;
    }

    private void AddRecorded(KindClaim claim, List<Remainder> remainders)
    {
        var of = claim.Claim;
        var all = of.Tokens[claim.Kind];
        // An estimate is of what was recorded; only the bill is shared by more than that.
        var left = claim.RecordedLeft;
        var tokens = (long)Math.Round(left, MidpointRounding.ToEven);
        var amount = left == all ? of.KindCosts[(int)claim.Kind] : (long)Math.Round(of.KindCosts[(int)claim.Kind] * (left / all), MidpointRounding.ToEven);
        if (tokens == 0 && amount == 0) return;
        if (of.IsPlaced)
        {
            AddRecorded(claim, of.AccountId, of.RegionId, amount, tokens);
            return;
        }
        // Calls that do not say their account are looked for where CloudWatch metered more than is known.
        var places = remainders.Where(r => r.Left > 0 && r.Pool.ModelId == of.ModelId && KindsOf(r.Pool.Kind).Contains(claim.Kind) && r.IsPlaceOf(of)).ToList();
        var room = places.Sum(p => p.Left);
        var found = Math.Min(room, left);
        var weights = places.Select(p => found * (p.Left / room)).Append(left - found).ToList();
        var amounts = Money.Split(amount, weights);
        var counts = Money.Split(tokens, weights);
        for (var i = 0; i < places.Count; i++)
        {
            AddRecorded(claim, places[i].Pool.AccountId, places[i].Pool.RegionId, amounts[i], counts[i]);
            places[i].Left -= weights[i];
        }
        AddRecorded(claim, of.AccountId, of.RegionId, amounts[^1], counts[^1]);
    }

    private void AddRecorded(KindClaim claim, int account, int region, long amount, long tokens)
    {
        if (amount == 0 && tokens == 0) return;
        var of = claim.Claim;
        var owner = PartOwner.Of(of with { Unrecorded = default }, LedgerFlags.None);
        _entries.Add(new LedgerEntry
        {
            AccountId = account, RegionId = region, ProviderId = of.ProviderId, ModelId = of.ModelId, Tier = of.Tier, Scope = of.Scope,
            Component = CostComponents.Of(inputs.ModelName(of.ModelId), claim.Kind, of.Tier), Kind = claim.Kind, Category = ChargeCategory.Usage, Basis = Basis.Estimated,
            FeatureId = of.FeatureId, TeamId = of.TeamId, ApplicationId = of.ApplicationId, EnvironmentId = of.EnvironmentId, ReleaseId = of.ReleaseId,
            Method = owner.Method, Reason = owner.Reason, Flags = account == of.AccountId && region == of.RegionId ? LedgerFlags.None : LedgerFlags.AccountInferred,
            AmountNanoUsd = amount, Tokens = tokens,
        });
    }

    private void AddRemainder(Remainder remainder)
    {
        if (remainder.Pool.NanoUsdPerMillion is not { } price) return;
        var tokens = (long)remainder.Left;
        var pool = remainder.Pool;
        _entries.Add(new LedgerEntry
        {
            AccountId = pool.AccountId, RegionId = pool.RegionId, ProviderId = pool.ProviderId, ModelId = pool.ModelId, Tier = ServiceTier.Standard,
            Scope = pool.Scope, Component = CostComponents.Of(inputs.ModelName(pool.ModelId), pool.Kind, ServiceTier.Standard), Kind = pool.Kind, Category = ChargeCategory.Usage,
            Basis = Basis.Estimated, Reason = reasonFor(pool.AccountId, pool.RegionId), Flags = LedgerFlags.TierAssumed,
            AmountNanoUsd = Money.Cost(tokens, price), Tokens = tokens,
        });
    }

    private static TokenKind[] KindsOf(TokenKind kind) =>
        kind == TokenKind.CacheWrite5m ? [TokenKind.CacheWrite5m, TokenKind.CacheWrite30m, TokenKind.CacheWrite1h] : [kind];
}
