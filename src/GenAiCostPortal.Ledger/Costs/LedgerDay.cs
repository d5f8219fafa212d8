using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// The ledger of one day: from bill and calls to parts with an owner and a method (algorithms §4). Pure: the same inputs in any
/// order give the same parts.
/// </summary>
internal sealed class LedgerDay
{
    private readonly LedgerDayInputs _in;
    private readonly IReadOnlyList<DayLine> _lines;
    private readonly Dictionary<(int Model, TokenKind Kind), PoolMatch> _matches = [];
    private readonly HashSet<(int Account, int Region)> _servedRegions = [];
    private readonly Dictionary<(int Account, int Service, bool ByOwner), IReadOnlyList<UsageLeader>> _leaders = [];
    private readonly List<(DayLine Line, PartOwner Owner, long AmountNanoUsd, long? Tokens)> _shared = [];
    private readonly LedgerParts _parts = new();
    private readonly ResourceShares _resources;
    private OwnMetricShares _metrics = null!;

    private LedgerDay(LedgerDayInputs inputs)
    {
        _lines = DayLines.Of(inputs);
        _in = inputs with { Cells = [.. _lines.Select(l => l.Cell)], Claims = DayClaims.Of(inputs) };
        _resources = new ResourceShares(_in);
    }

    public static LedgerDayResult Build(LedgerDayInputs inputs)
    {
        var day = new LedgerDay(inputs);
        day.Match();
        foreach (var line in day._lines.Where(l => l.Cell.Category == ChargeCategory.Usage)) day.AddUsage(line);
        day.AddShared();
        foreach (var line in day._lines.Where(l => l.Cell.Category != ChargeCategory.Usage)) day.AddFollower(line);
        LedgerInvariants.Check(day._in.Cells, day._parts);
        return new LedgerDayResult(day._parts.Merge(inputs.Day), new OpenEstimate(day._in, day._matches, day.ReasonFor).Read());
    }

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
        var called = _in.Claims.Select(c => (c.AccountId, c.RegionId)).ToHashSet();
        _metrics = new OwnMetricShares(_in, (account, region) => called.Contains((account, region)) || _servedRegions.Contains((account, region)));
    }

    private void AddUsage(DayLine line)
    {
        var cell = line.Cell;
        if (line.Known.FeatureId != 0) Add(line, line.Known, cell.AmountNanoUsd, cell.Tokens);
        else if (cell.IsPooled) AddPooled(line);
        else AddUnused(line, cell.IsUnderstood ? UnattributedReason.NoUsageSignal : UnattributedReason.UnknownUsageType, cell.AmountNanoUsd, cell.Tokens);
    }

    private void AddPooled(DayLine line)
    {
        var cell = line.Cell;
        var pool = _matches[(cell.ModelId, cell.Kind!.Value)].PoolOf(cell);
        var served = pool.InOrder;
        if (served.Count == 0)
        {
            AddUnused(line, pool.Quantity is null ? UnattributedReason.NoUsageSignal : ReasonFor(cell.AccountId, cell.RegionId), cell.AmountNanoUsd, cell.Tokens);
            return;
        }
        var amounts = Money.Split(cell.AmountNanoUsd, pool.Weights);
        var tokens = Money.Split(cell.Tokens!.Value, pool.Weights);
        var over = pool.IsOverReported && _in.ClosedAccounts.Contains(cell.AccountId) ? LedgerFlags.OverReported : LedgerFlags.None;
        for (var i = 0; i < served.Count; i++)
        {
            var owner = PartOwner.Of(served[i].Claim, over);
            if (owner.FeatureId != 0) Add(line, owner, amounts[i], tokens[i]);
            else Declare(line, owner, amounts[i], tokens[i]);
        }
        AddUnused(line, ReasonFor(cell.AccountId, cell.RegionId), amounts[^1], tokens[^1]);
    }

    /// <summary>What no call explains: what features say of themselves, how the resource was used, then what is declared (steps 3 to 7).</summary>
    private void AddUnused(DayLine line, UnattributedReason reason, long amount, long? tokens)
    {
        if (amount == 0 && tokens is null or 0 && line.Cell.AmountNanoUsd != 0) return;
        if (_metrics.Of(line.Cell) is { } said)
        {
            var rest = AddParts(line, said.Parts, said.Unclaimed, amount, tokens);
            (amount, tokens) = (rest.AmountNanoUsd, rest.Tokens);
            if (amount == 0 && tokens is null or 0) return;
        }
        var parts = _resources.Of(line.Cell);
        if (parts.Count > 0) AddParts(line, [.. parts.Select(p => (p.Owner is { Method: AllocationMethod.Unattributed, Reason: UnattributedReason.NoUsageSignal } ? p.Owner with { Reason = reason } : p.Owner, p.Weight))], 0, amount, tokens);
        else Declare(line, PartOwner.Nobody(reason), amount, tokens);
    }

    private (long AmountNanoUsd, long? Tokens) AddParts(DayLine line, IReadOnlyList<(PartOwner Owner, decimal Weight)> parts, decimal rest, long amount, long? tokens)
    {
        List<decimal> weights = [.. parts.Select(p => p.Weight), rest];
        var amounts = Money.Split(amount, weights);
        var counts = tokens is { } all ? Money.Split(all, weights) : null;
        for (var i = 0; i < parts.Count; i++)
            if (parts[i].Owner.FeatureId != 0) Add(line, parts[i].Owner, amounts[i], counts?[i]);
            else Declare(line, parts[i].Owner, amounts[i], counts?[i]);
        return (amounts[^1], counts?[^1]);
    }

    /// <summary>What has no feature yet: an owner rule, a split rule, the owners that tags name beside a feature, nobody (steps 5 to 7).</summary>
    private void Declare(DayLine line, PartOwner known, long amount, long? tokens)
    {
        if (amount == 0 && tokens is null or 0 && line.Cell.AmountNanoUsd != 0) return;
        var owner = known.FilledBy(line.Known.TeamId, line.Known.ApplicationId, line.Known.EnvironmentId);
        if (OwnerRules.Decide(line.Rules, owner) is { } rule) Add(line, owner.DecidedBy(rule, AllocationMethod.Rule), amount, tokens);
        else if (known.IsSomebody && known.Method != AllocationMethod.Unattributed) Add(line, owner, amount, tokens);
        else if (line.Split is not null) _shared.Add((line, owner, amount, tokens));
        else if (line.Known.IsSomebody) Add(line, owner with { Method = line.Known.Method, RuleId = line.Known.RuleId, Reason = UnattributedReason.None }, amount, tokens);
        else _parts.Add(line.Cell, owner, amount, tokens);
    }

    /// <summary>Lines without a usage signal go by their split rule once it is known what inference costs each feature (step 6).</summary>
    private void AddShared()
    {
        if (_shared.Count == 0) return;
        var inference = _parts.All.Where(p => p.Entry is { Kind: not null, FeatureId: not 0, AmountNanoUsd: > 0 })
            .GroupBy(p => p.Entry.FeatureId).ToDictionary(g => g.Key, g => g.Sum(p => p.Entry.AmountNanoUsd));
        foreach (var (line, owner, amount, tokens) in _shared)
        {
            var weights = line.Split!.Weights(inference, _in.Requests, _in.MonthFeatures);
            if (weights.Count == 0)
            {
                _parts.Add(line.Cell, owner, amount, tokens);
                continue;
            }
            var amounts = Money.Split(amount, [.. weights.Select(w => w.Weight)]);
            var counts = tokens is { } all ? Money.Split(all, [.. weights.Select(w => w.Weight)]) : null;
            for (var i = 0; i < weights.Count; i++)
                Add(line, new PartOwner { FeatureId = weights[i].FeatureId, Method = AllocationMethod.Shared, RuleId = line.Split.Id, Flags = owner.Flags }, amounts[i], counts?[i]);
        }
    }

    /// <summary>Adds a part that somebody owns; what else is known of the feature is filled in: by the line's tags, its own calls, rules.</summary>
    private void Add(DayLine line, PartOwner owner, long amount, long? tokens)
    {
        if (owner.Method != AllocationMethod.Shared) owner = owner.FilledBy(line.Known.TeamId, line.Known.ApplicationId, line.Known.EnvironmentId);
        var isOfCalls = owner.Method.IsOfCalls();
        if (!owner.IsWhole && owner.FeatureId != 0)
        {
            if (!isOfCalls && _in.Owners.TryGetValue(owner.FeatureId, out var own))
                owner = owner.FilledBy(own.TeamId, own.ApplicationId, own.EnvironmentId) with { Flags = owner.Flags | LedgerFlags.OwnersFromFeature };
            owner = OwnerRules.Fill(line.Rules, owner);
        }
        _parts.Add(line.Cell, owner, amount, tokens);
    }

    /// <summary>Credits, discounts, refunds, tax and fees follow the positive usage of their service and day.</summary>
    private void AddFollower(DayLine line)
    {
        var cell = line.Cell;
        if (line.Known.FeatureId != 0)
        {
            Add(line, line.Known, cell.AmountNanoUsd, cell.Tokens);
            return;
        }
        // A line that says its own use keeps it and takes the owners; one that says none takes both.
        var leaders = LeadersOf(cell.AccountId, cell.ServiceId, cell is { UsageTypeId: not 0, IsUnderstood: true });
        if (leaders.Count == 0)
        {
            _parts.Add(cell, PartOwner.Nobody(UnattributedReason.NothingToFollow), cell.AmountNanoUsd, null);
            return;
        }
        var amounts = Money.Split(cell.AmountNanoUsd, [.. leaders.Select(l => (decimal)l.AmountNanoUsd)]);
        for (var i = 0; i < leaders.Count; i++) _parts.AddFollowing(cell, leaders[i], amounts[i]);
    }

    private IReadOnlyList<UsageLeader> LeadersOf(int account, int service, bool byOwner)
    {
        if (_leaders.TryGetValue((account, service, byOwner), out var known)) return known;
        var leaders = _parts.Leaders(account, service, byOwner);
        return _leaders[(account, service, byOwner)] = leaders.Count > 0 ? leaders : _parts.Leaders(null, service, byOwner);
    }

    private UnattributedReason ReasonFor(int account, int region) =>
        _servedRegions.Contains((account, region)) || _in.LoggedRegions.Contains((account, region)) || _in.LoggedRegions.Contains((account, 0))
            || _in.LoggedRegions.Contains((0, region))
            ? UnattributedReason.NoCallRecorded
            : UnattributedReason.RegionNotLogged;
}
