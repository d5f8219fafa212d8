using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>A billed line with its usage type understood.</summary>
/// <param name="TagFeatureId">Feature that a tag of the line names; 0 = none.</param>
/// <param name="Tokens">Tokens the quantity stands for; null when the line is not about tokens or the scale is not known.</param>
internal sealed record BillCell(
    int AccountId, int RegionId, int ServiceId, int UsageTypeId, ChargeCategory Category, int TagFeatureId, long AmountNanoUsd, bool IsPreliminary,
    CostComponent Component, int ProviderId, int ModelId, TokenKind? Kind, ServiceTier Tier, RoutingScope Scope, ContextBand Band,
    long? Tokens, bool IsUnderstood)
{
    /// <summary>What other tags of the line name.</summary>
    public int TagTeamId { get; init; }
    public int TagApplicationId { get; init; }
    public int TagEnvironmentId { get; init; }
    /// <summary>All tags of the line, what was used and who called; 0 where the bill does not say.</summary>
    public int TagSetId { get; init; }
    public int ResourceId { get; init; }
    public int PrincipalId { get; init; }

    public Basis Basis => IsPreliminary ? Basis.BilledPreliminary : Basis.Billed;
    public bool IsPooled => Category == ChargeCategory.Usage && Kind is not null && ModelId != 0;
}

/// <summary>The recorded billable calls of one set of owners on one model: what they can claim of the bill.</summary>
/// <param name="KindCosts">Estimated nano-USD per token kind, in the order of <see cref="TokenKind"/>; they add up to the estimate.</param>
internal sealed record CallClaim(
    int AccountId, int RegionId, int ProviderId, int ModelId, ServiceTier Tier, RoutingScope Scope, ContextBand Band,
    int FeatureId, int TeamId, int ApplicationId, int EnvironmentId, int ReleaseId, TokenCounts Tokens, IReadOnlyList<long> KindCosts)
{
    /// <summary>Doors that the calls came through.</summary>
    public Doors Doors { get; init; } = Doors.Otlp;

    /// <summary>AWS's own log told of these calls: the method is InvocationLog, not Trace.</summary>
    public bool IsLogged => (Doors & Doors.InvocationLog) != 0;

    /// <summary>Calls behind it.</summary>
    public long Calls { get; init; } = 1;

    public bool IsPlaced => AccountId != 0 && RegionId != 0;

    /// <summary>Those of its calls that a sampler kept with a known probability below 1; only where these are extrapolated.</summary>
    public SampledClaim? Sampled { get; init; }

    /// <summary>What the calls that were not kept used: claimed beside <see cref="Tokens"/>, and no recorded figure.</summary>
    public TokenCounts Unrecorded { get; init; }

    public bool IsExtrapolated => Unrecorded.Total > 0;
}

/// <summary>The sampled ones among recorded calls.</summary>
/// <param name="Tokens">Recorded.</param>
/// <param name="Unrecorded">Tokens × (1/p − 1).</param>
internal sealed record SampledClaim(long Calls, TokenCounts Tokens, TokenCounts Unrecorded);

/// <summary>Tokens that CloudWatch metered on the day; cache writes of all lifetimes are one number there.</summary>
/// <param name="NanoUsdPerMillion">Price of <paramref name="Kind"/> at the standard tier; null = no price.</param>
internal sealed record MeteredPool(
    int AccountId, int RegionId, int ProviderId, int ModelId, RoutingScope Scope, TokenKind Kind, long Tokens, long? NanoUsdPerMillion);

/// <summary>What a feature says of itself in a metric of its own: tokens, or USD where it does not tell tokens.</summary>
internal sealed record OwnMetric(int AccountId, int RegionId, int FeatureId, decimal Tokens, decimal CostNanoUsd);

/// <summary>Who mostly uses a feature, by the tokens of its own calls.</summary>
internal readonly record struct FeatureOwners(int TeamId, int ApplicationId, int EnvironmentId);

/// <summary>All that decides the ledger of a day. The order of the lists does not matter.</summary>
/// <param name="LoggedRegions">Account and region pairs with a recorded call in the last 14 days; 0 = not said by the call.</param>
/// <param name="ClosedAccounts">Accounts whose bill of the day is closed.</param>
/// <param name="OpenAccounts">Accounts with a bill of the day that is not closed.</param>
internal sealed record LedgerDayInputs(
    DateOnly Day, IReadOnlyCollection<BillCell> Cells, IReadOnlyCollection<CallClaim> Claims, IReadOnlyCollection<MeteredPool> Metered,
    IReadOnlySet<(int Account, int Region)> LoggedRegions, IReadOnlyDictionary<int, FeatureOwners> Owners,
    IReadOnlySet<int> ClosedAccounts, IReadOnlySet<int> OpenAccounts)
{
    /// <summary>Owner rules in force on the day.</summary>
    public OwnerRules Rules { get; init; } = OwnerRules.None;

    /// <summary>Split rules in force on the day.</summary>
    public SplitRules Splits { get; init; } = SplitRules.None;

    /// <summary>What is paid for by being there or by its own units.</summary>
    public IReadOnlyCollection<ResourceUse> Resources { get; init; } = [];

    /// <summary>Which of <see cref="Resources"/> a line's resource is.</summary>
    public IReadOnlyDictionary<int, ResourceUse> ResourceById { get; init; } = new Dictionary<int, ResourceUse>();

    /// <summary>Calls that passed a guardrail.</summary>
    public IReadOnlyCollection<GuardedCalls> Guarded { get; init; } = [];

    /// <summary>What features say of themselves in own metrics.</summary>
    public IReadOnlyCollection<OwnMetric> OwnMetrics { get; init; } = [];

    /// <summary>Requests of the day by feature; for splits.</summary>
    public IReadOnlyDictionary<int, long> Requests { get; init; } = new Dictionary<int, long>();

    /// <summary>Features with spend in the month of the day; for splits whose base is zero.</summary>
    public IReadOnlyCollection<int> MonthFeatures { get; init; } = [];

    /// <summary>Canonical name of a model's number.</summary>
    public Func<int, string> ModelName { get; init; } = _ => "";

    /// <summary>Whether it matters what the line names as used; a bill may name another for every call.</summary>
    public bool KeepsResource(BillCell cell) => cell.ResourceId != 0 && ResourceById.ContainsKey(cell.ResourceId);

    /// <summary>Whether what is recorded but not billed may still be billed.</summary>
    public bool IsOpen(int account) =>
        account == 0 ? ClosedAccounts.Count == 0 || OpenAccounts.Count > 0 : !ClosedAccounts.Contains(account);
}

/// <summary>What a day comes to.</summary>
/// <param name="Billed">Parts of the bill; they add up to it.</param>
/// <param name="Estimated">Recorded or metered usage above the bill of accounts that are still open.</param>
internal sealed record LedgerDayResult(IReadOnlyList<LedgerEntry> Billed, IReadOnlyList<LedgerEntry> Estimated);
