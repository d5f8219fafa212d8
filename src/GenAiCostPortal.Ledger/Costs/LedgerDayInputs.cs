using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>A billed line with its usage type understood.</summary>
/// <param name="Tokens">Tokens the quantity stands for; null when the line is not about tokens or the scale is not known.</param>
internal sealed record BillCell(
    int AccountId, int RegionId, int ServiceId, int UsageTypeId, ChargeCategory Category, int TagFeatureId, long AmountNanoUsd, bool IsPreliminary,
    CostComponent Component, int ProviderId, int ModelId, TokenKind? Kind, ServiceTier Tier, RoutingScope Scope, ContextBand Band,
    long? Tokens, bool IsUnderstood)
{
    public Basis Basis => IsPreliminary ? Basis.BilledPreliminary : Basis.Billed;
    public bool IsPooled => Category == ChargeCategory.Usage && Kind is not null && ModelId != 0;
}

/// <summary>The recorded billable calls of one set of owners on one model: what they can claim of the bill.</summary>
/// <param name="KindCosts">Estimated nano-USD per token kind, in the order of <see cref="TokenKind"/>; they add up to the estimate.</param>
internal sealed record CallClaim(
    int AccountId, int RegionId, int ProviderId, int ModelId, ServiceTier Tier, RoutingScope Scope, ContextBand Band,
    int FeatureId, int TeamId, int ApplicationId, int EnvironmentId, int ReleaseId, TokenCounts Tokens, IReadOnlyList<long> KindCosts)
{
    /// <summary>AWS's own log told of these calls: the method is InvocationLog, not Trace.</summary>
    public bool IsLogged { get; init; }

    public bool IsPlaced => AccountId != 0 && RegionId != 0;
}

/// <summary>Tokens that CloudWatch metered on the day; cache writes of all lifetimes are one number there.</summary>
/// <param name="NanoUsdPerMillion">Price of <paramref name="Kind"/> at the standard tier; null = no price.</param>
internal sealed record MeteredPool(
    int AccountId, int RegionId, int ProviderId, int ModelId, RoutingScope Scope, TokenKind Kind, long Tokens, long? NanoUsdPerMillion);

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
    /// <summary>Canonical name of a model's number.</summary>
    public Func<int, string> ModelName { get; init; } = _ => "";

    /// <summary>Whether what is recorded but not billed may still be billed.</summary>
    public bool IsOpen(int account) =>
        account == 0 ? ClosedAccounts.Count == 0 || OpenAccounts.Count > 0 : !ClosedAccounts.Contains(account);
}

/// <summary>What a day comes to.</summary>
/// <param name="Billed">Parts of the bill; they add up to it.</param>
/// <param name="Estimated">Recorded or metered usage above the bill of accounts that are still open.</param>
internal sealed record LedgerDayResult(IReadOnlyList<LedgerEntry> Billed, IReadOnlyList<LedgerEntry> Estimated);
