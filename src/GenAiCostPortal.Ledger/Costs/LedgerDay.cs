using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// The ledger of one day: from bill and calls to parts with an owner and a method (algorithms §4). Pure: the same inputs in any
/// order give the same parts.
/// </summary>
internal sealed class LedgerDay
{
    private readonly LedgerDayInputs _in;
    private readonly Dictionary<(int Model, TokenKind Kind), PoolMatch> _matches = [];
    private readonly HashSet<(int Account, int Region)> _servedRegions = [];
    private readonly LedgerParts _parts = new();

    private LedgerDay(LedgerDayInputs inputs) => _in = inputs;

    public static LedgerDayResult Build(LedgerDayInputs inputs)
    {
        var day = new LedgerDay(inputs with { Cells = [.. inputs.Cells.OrderBy(CellOrder)], Claims = Merged(inputs.Claims) });
        day.Match();
        foreach (var cell in day._in.Cells.Where(c => c.Category == ChargeCategory.Usage)) day.AddUsage(cell);
        foreach (var cell in day._in.Cells.Where(c => c.Category != ChargeCategory.Usage)) day.AddFollower(cell);
        LedgerInvariants.Check(day._in.Cells, day._parts);
        return new LedgerDayResult(day._parts.Merge(inputs.Day), new OpenEstimate(day._in, day._matches, day.ReasonFor).Read());
    }

    private static (int, int, int, int, int, int, long, long) CellOrder(BillCell c) =>
        (c.AccountId, c.RegionId, c.ServiceId, c.UsageTypeId, (int)c.Category, c.TagFeatureId, c.AmountNanoUsd, c.Tokens ?? -1);

    /// <summary>Claims of the same owners at different prices are one claim on the bill.</summary>
    private static CallClaim[] Merged(IEnumerable<CallClaim> claims) =>
    [
        .. claims.GroupBy(c => (
                Place: (c.AccountId, c.RegionId, c.ProviderId, c.ModelId, c.Tier, c.Scope, c.Band),
                Owner: (c.FeatureId, c.TeamId, c.ApplicationId, c.EnvironmentId, c.ReleaseId, c.IsLogged)))
            .OrderBy(g => g.Key)
            .Select(g => g.First() with
            {
                Tokens = g.Aggregate(default(TokenCounts), (sum, c) => sum + c.Tokens),
                KindCosts = [.. TokenCounts.Kinds.Select(k => g.Sum(c => c.KindCosts[(int)k]))],
            }),
    ];

    private void Match()
    {
        var cells = _in.Cells.Where(c => c.IsPooled).ToLookup(c => (c.ModelId, c.Kind!.Value));
        var claims = _in.Claims.ToLookup(c => c.ModelId);
        var keys = cells.Select(g => g.Key)
            .Concat(claims.SelectMany(g => TokenCounts.Kinds.Where(k => g.Any(c => c.Tokens[k] > 0)).Select(k => (g.Key, k))));
        foreach (var key in keys.Distinct())
            _matches[key] = PoolMatch.Of(key.Item2, [.. cells[key]], [.. claims[key.Item1]]);
        foreach (var pool in _matches.Values.SelectMany(m => m.Pools).Where(p => p.Served.Count > 0))
            _servedRegions.Add((pool.AccountId, pool.RegionId));
    }

    private void AddUsage(BillCell cell)
    {
        if (cell.TagFeatureId != 0) AddTagged(cell);
        else if (cell.IsPooled) AddPooled(cell);
        else _parts.Add(cell, PartOwner.Nobody(cell.IsUnderstood ? UnattributedReason.NoUsageSignal : UnattributedReason.UnknownUsageType), cell.AmountNanoUsd, cell.Tokens);
    }

    private void AddTagged(BillCell cell)
    {
        var isKnown = _in.Owners.TryGetValue(cell.TagFeatureId, out var owners);
        _parts.Add(cell, new PartOwner
        {
            FeatureId = cell.TagFeatureId, TeamId = owners.TeamId, ApplicationId = owners.ApplicationId, EnvironmentId = owners.EnvironmentId,
            Method = AllocationMethod.Tag, Flags = isKnown ? LedgerFlags.OwnersFromFeature : LedgerFlags.None,
        }, cell.AmountNanoUsd, cell.Tokens);
    }

    private void AddPooled(BillCell cell)
    {
        var match = _matches[(cell.ModelId, cell.Kind!.Value)];
        var variant = PoolVariant.Of(cell.Tier, cell.Scope, cell.Band);
        var pool = match.Pools.First(p => p.AccountId == cell.AccountId && p.RegionId == cell.RegionId && p.Variant == variant);
        var served = match.Claims.Where(pool.Served.ContainsKey).Select(c => (Claim: c, Tokens: pool.Served[c])).ToList();
        if (served.Sum(s => s.Tokens) <= 0)
        {
            var reason = pool.Quantity is null ? UnattributedReason.NoUsageSignal : ReasonFor(cell.AccountId, cell.RegionId);
            _parts.Add(cell, PartOwner.Nobody(reason), cell.AmountNanoUsd, cell.Tokens);
            return;
        }
        var weights = served.Select(s => s.Tokens).Append(pool.Left).ToList();
        var amounts = Money.Split(cell.AmountNanoUsd, weights);
        var tokens = Money.Split(cell.Tokens!.Value, weights);
        var over = pool.IsOverReported && _in.ClosedAccounts.Contains(cell.AccountId) ? LedgerFlags.OverReported : LedgerFlags.None;
        for (var i = 0; i < served.Count; i++) _parts.Add(cell, PartOwner.Of(served[i].Claim.Claim, over), amounts[i], tokens[i]);
        _parts.Add(cell, PartOwner.Nobody(ReasonFor(cell.AccountId, cell.RegionId)), amounts[^1], tokens[^1]);
    }

    /// <summary>Credits, discounts, refunds, tax and fees follow the positive usage of their service and day.</summary>
    private void AddFollower(BillCell cell)
    {
        if (cell.TagFeatureId != 0)
        {
            AddTagged(cell);
            return;
        }
        var leaders = _parts.Positive(cell.AccountId, cell.ServiceId);
        if (leaders.Count == 0) leaders = _parts.Positive(null, cell.ServiceId);
        if (leaders.Count == 0)
        {
            _parts.Add(cell, PartOwner.Nobody(UnattributedReason.NothingToFollow), cell.AmountNanoUsd, null);
            return;
        }
        var amounts = Money.Split(cell.AmountNanoUsd, [.. leaders.Select(l => (decimal)l.AmountNanoUsd)]);
        for (var i = 0; i < leaders.Count; i++) _parts.AddFollowing(cell, leaders[i].Entry, amounts[i]);
    }

    private UnattributedReason ReasonFor(int account, int region) =>
        _servedRegions.Contains((account, region)) || _in.LoggedRegions.Contains((account, region)) || _in.LoggedRegions.Contains((account, 0))
            || _in.LoggedRegions.Contains((0, region))
            ? UnattributedReason.NoCallRecorded
            : UnattributedReason.RegionNotLogged;
}
