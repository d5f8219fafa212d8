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
        Method = claim.FeatureId == 0 ? AllocationMethod.Unattributed : claim.IsLogged ? AllocationMethod.InvocationLog : AllocationMethod.Trace,
        Reason = claim.FeatureId != 0 ? UnattributedReason.None : UnattributedReason.NoFeatureOnCall,
        Flags = flags | (claim.IsPlaced ? LedgerFlags.None : LedgerFlags.AccountInferred),
    };
}

/// <summary>The parts of a day while it is built, each beside the line it came from.</summary>
internal sealed class LedgerParts
{
    private readonly List<(BillCell Cell, LedgerEntry Entry)> _parts = [];

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

    /// <summary>A part of a line that follows usage: owners and model of what it follows, all else of its own line.</summary>
    public void AddFollowing(BillCell cell, LedgerEntry leader, long amount)
    {
        if (amount == 0) return;
        var follows = cell with { Component = leader.Component, ProviderId = leader.ProviderId, ModelId = leader.ModelId, Kind = null };
        Add(follows, new PartOwner
        {
            FeatureId = leader.FeatureId, TeamId = leader.TeamId, ApplicationId = leader.ApplicationId, EnvironmentId = leader.EnvironmentId,
            ReleaseId = leader.ReleaseId, Method = leader.Method, Reason = leader.Reason, RuleId = leader.RuleId, Flags = leader.Flags,
        }, amount, null);
        _parts[^1] = (cell, _parts[^1].Entry);
    }

    /// <summary>Positive usage parts of a service, summed per owner, method, model and component, in a fixed order.</summary>
    public IReadOnlyList<(LedgerEntry Entry, long AmountNanoUsd)> Positive(int? account, int service) =>
    [
        .. _parts.Where(p => p.Cell.Category == ChargeCategory.Usage && p.Cell.AmountNanoUsd > 0 && p.Cell.ServiceId == service
                && (account is null || p.Cell.AccountId == account) && p.Entry.AmountNanoUsd > 0)
            .GroupBy(p => (
                What: (p.Entry.ProviderId, p.Entry.ModelId, p.Entry.Component),
                Owner: (p.Entry.FeatureId, p.Entry.TeamId, p.Entry.ApplicationId, p.Entry.EnvironmentId, p.Entry.ReleaseId),
                Why: (p.Entry.Method, p.Entry.Reason, p.Entry.RuleId, p.Entry.Flags)))
            .OrderBy(g => g.Key)
            .Select(g => (g.First().Entry, g.Sum(p => p.Entry.AmountNanoUsd))),
    ];

    /// <summary>One entry per key, in a fixed order.</summary>
    public IReadOnlyList<LedgerEntry> Merge(DateOnly day) => Merge(day, _parts.Select(p => p.Entry));

    public static IReadOnlyList<LedgerEntry> Merge(DateOnly day, IEnumerable<LedgerEntry> entries) =>
    [
        .. entries.GroupBy(KeyOf).OrderBy(g => g.Key).Select(g =>
        {
            var entry = g.First();
            entry.Day = day;
            (entry.AmountNanoUsd, entry.Tokens) = (g.Sum(e => e.AmountNanoUsd), g.All(e => e.Tokens is null) ? null : g.Sum(e => e.Tokens ?? 0));
            return entry;
        }),
    ];

    private static ((int, int, int, int, int, int, int), (int, int, int, int, int, int), (int, int, int, int, int, int, int)) KeyOf(LedgerEntry e) =>
        ((e.AccountId, e.RegionId, e.BilledServiceId, e.UsageTypeId, e.ProviderId, e.ModelId, (int)e.Component),
            (e.FeatureId, e.TeamId, e.ApplicationId, e.EnvironmentId, e.ReleaseId, e.RuleId),
            ((int?)e.Kind ?? -1, (int)e.Tier, (int)e.Scope, (int)e.Category, (int)e.Method, (int)e.Reason, ((int)e.Basis << 8) | (int)e.Flags));
}
