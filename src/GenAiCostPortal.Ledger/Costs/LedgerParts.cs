namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Who gets a part, and by which method.</summary>
internal readonly record struct PartOwner
{
    public int FeatureId { get; init; }
    public int TeamId { get; init; }
    public int ApplicationId { get; init; }
    public int EnvironmentId { get; init; }
    public int ReleaseId { get; init; }
    public AllocationMethod Method { get; init; }
    public UnattributedReason Reason { get; init; }
    public LedgerFlags Flags { get; init; }
    /// <summary>The rule that decided: an owner rule (Principal, Rule) or a split rule (Shared).</summary>
    public int RuleId { get; init; }

    /// <summary>Somebody answers for it; an environment alone is nobody.</summary>
    public bool IsSomebody => FeatureId != 0 || TeamId != 0 || ApplicationId != 0;

    /// <summary>Nothing is left to fill beside the feature.</summary>
    public bool IsWhole => TeamId != 0 && ApplicationId != 0 && EnvironmentId != 0;

    /// <summary>What is not known, from elsewhere.</summary>
    public PartOwner FilledBy(int team, int application, int environment) => this with
    {
        TeamId = TeamId != 0 ? TeamId : team, ApplicationId = ApplicationId != 0 ? ApplicationId : application,
        EnvironmentId = EnvironmentId != 0 ? EnvironmentId : environment,
    };

    /// <summary>What a rule decides: it names owners, and leaves what is known where it names none.</summary>
    public PartOwner DecidedBy(Owners.ReadyOwnerRule rule, AllocationMethod method) => this with
    {
        FeatureId = rule.FeatureId != 0 ? rule.FeatureId : FeatureId, TeamId = rule.TeamId != 0 ? rule.TeamId : TeamId,
        ApplicationId = rule.ApplicationId != 0 ? rule.ApplicationId : ApplicationId, EnvironmentId = rule.EnvironmentId != 0 ? rule.EnvironmentId : EnvironmentId,
        Method = method, Reason = UnattributedReason.None, RuleId = rule.Id,
    };

    public static PartOwner Nobody(UnattributedReason reason) => new() { Reason = reason };

    /// <summary>The owners of recorded calls; without a feature the part stays unattributed, but keeps what else is known.</summary>
    public static PartOwner Of(CallClaim claim, LedgerFlags flags) => new()
    {
        FeatureId = claim.FeatureId, TeamId = claim.TeamId, ApplicationId = claim.ApplicationId, EnvironmentId = claim.EnvironmentId,
        ReleaseId = claim.ReleaseId,
        Method = claim.FeatureId == 0 ? AllocationMethod.Unattributed : claim.IsLogged ? AllocationMethod.InvocationLog
            : claim.IsExtrapolated ? AllocationMethod.TraceSampled : AllocationMethod.Trace,
        Reason = claim.FeatureId != 0 ? UnattributedReason.None : UnattributedReason.NoFeatureOnCall,
        Flags = flags | (claim.IsPlaced ? LedgerFlags.None : LedgerFlags.AccountInferred) | (claim.IsExtrapolated ? LedgerFlags.Sampled : LedgerFlags.None),
    };
}

/// <summary>Positive usage of a service that its credits, discounts and taxes follow.</summary>
/// <param name="ByOwner">Only the owner counts; model and component are not said.</param>
internal sealed record UsageLeader(int ProviderId, int ModelId, CostComponent Component, PartOwner Owner, bool ByOwner, long AmountNanoUsd);

/// <summary>The parts of a day while it is built, each beside the line it came from.</summary>
internal sealed class LedgerParts
{
    private readonly List<(BillCell Cell, LedgerEntry Entry)> _parts = [];
    private ILookup<int, LedgerEntry>? _ofService;
    private ILookup<(int Account, int Service), LedgerEntry>? _ofAccount;

    public IEnumerable<(BillCell Cell, LedgerEntry Entry)> All => _parts;

    public void Add(BillCell cell, PartOwner owner, long amount, long? tokens)
    {
        if (amount == 0 && tokens is null or 0 && cell.AmountNanoUsd != 0) return;
        _parts.Add((cell, new LedgerEntry
        {
            AccountId = cell.AccountId, RegionId = cell.RegionId, BilledServiceId = cell.ServiceId, UsageTypeId = cell.UsageTypeId,
            ProviderId = cell.ProviderId, ModelId = cell.ModelId, Component = cell.Component, Kind = cell.Kind, Tier = cell.Tier, Scope = cell.Scope,
            Category = cell.Category, Basis = cell.Basis, FeatureId = owner.FeatureId, TeamId = owner.TeamId, ApplicationId = owner.ApplicationId,
            EnvironmentId = owner.EnvironmentId, ReleaseId = owner.ReleaseId, Method = owner.Method, Reason = owner.Reason, RuleId = owner.RuleId, Flags = owner.Flags,
            AmountNanoUsd = amount, Tokens = tokens,
        }));
    }

    /// <summary>A part of a line that follows usage: owners, and model where its own line says none, of what it follows; all else of its line.</summary>
    public void AddFollowing(BillCell cell, UsageLeader leader, long amount)
    {
        if (amount == 0) return;
        var follows = leader.ByOwner ? cell with { Kind = null } : cell with { Component = leader.Component, ProviderId = leader.ProviderId, ModelId = leader.ModelId, Kind = null };
        Add(follows, leader.Owner, amount, null);
        _parts[^1] = (cell, _parts[^1].Entry);
    }

    /// <summary>
    /// Positive usage parts of a service, summed per owner and method, in a fixed order; also per model, component and release
    /// unless <paramref name="byOwner"/>. Asked only once all usage is there.
    /// </summary>
    /// <param name="account">Null = all accounts.</param>
    public IReadOnlyList<UsageLeader> Leaders(int? account, int service, bool byOwner)
    {
        var usage = _parts.Where(p => p.Cell.Category == ChargeCategory.Usage && p.Cell.AmountNanoUsd > 0 && p.Entry.AmountNanoUsd > 0);
        var entries = account is { } one
            ? (_ofAccount ??= usage.ToLookup(p => (p.Entry.AccountId, p.Cell.ServiceId), p => p.Entry))[(one, service)]
            : (_ofService ??= usage.ToLookup(p => p.Cell.ServiceId, p => p.Entry))[service];
        return
        [
            .. entries.GroupBy(e => (
                    What: byOwner ? (0, 0, CostComponent.Input, 0, e.Flags & LedgerFlags.Sampled) : (e.ProviderId, e.ModelId, e.Component, e.ReleaseId, e.Flags),
                    Owner: (e.FeatureId, e.TeamId, e.ApplicationId, e.EnvironmentId),
                    Why: (e.Method, e.Reason, e.RuleId)))
                .OrderBy(g => g.Key)
                .Select(g => new UsageLeader(g.Key.What.Item1, g.Key.What.Item2, g.Key.What.Item3, new PartOwner
                {
                    FeatureId = g.Key.Owner.FeatureId, TeamId = g.Key.Owner.TeamId, ApplicationId = g.Key.Owner.ApplicationId, EnvironmentId = g.Key.Owner.EnvironmentId,
                    ReleaseId = g.Key.What.Item4, Method = g.Key.Why.Method, Reason = g.Key.Why.Reason, RuleId = g.Key.Why.RuleId, Flags = g.Key.What.Item5,
                }, byOwner, g.Sum(e => e.AmountNanoUsd))),
        ];
    }

    /// <summary>One entry per key, in a fixed order.</summary>
    public IReadOnlyList<LedgerEntry> Merge(DateOnly day) => Merge(day, _parts.Select(p => p.Entry));

    public static IReadOnlyList<LedgerEntry> Merge(DateOnly day, IEnumerable<LedgerEntry> entries)
    {
        // Sorted in place of grouped: a large day has a hundred thousand parts and nearly as many keys.
        var sorted = entries.ToArray();
        Array.Sort(sorted, EntryOrder.Instance);
        var merged = new List<LedgerEntry>(sorted.Length);
        foreach (var entry in sorted)
        {
            if (merged.Count > 0 && EntryOrder.Instance.Compare(merged[^1], entry) == 0)
            {
                var same = merged[^1];
                same.AmountNanoUsd = checked(same.AmountNanoUsd + entry.AmountNanoUsd);
                same.Tokens = same.Tokens is null ? entry.Tokens : checked(same.Tokens + (entry.Tokens ?? 0));
                continue;
            }
            entry.Day = day;
            merged.Add(entry);
        }
        return merged;
    }
}
