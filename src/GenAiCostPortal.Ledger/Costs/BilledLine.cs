using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// A line of the bill as read: one day × account × service × usage type × charge category × feature tag. Restated days replace
/// their lines; the tagged parts and the untagged rest add up to what the base query said.
/// </summary>
public sealed class BilledLine
{
    public long Id { get; set; }
    public DateOnly Day { get; set; }
    public int AccountId { get; set; }
    public int RegionId { get; set; }
    public int BilledServiceId { get; set; }
    public int UsageTypeId { get; set; }
    public ChargeCategory Category { get; set; }
    /// <summary>Feature named by the cost-allocation tag; 0 = untagged.</summary>
    public int TagFeatureId { get; set; }
    /// <summary>Every tag of the line as one name (<see cref="Store.DimensionKind.TagSet"/>: JSON object, keys ascending); 0 = none known.</summary>
    public int TagSetId { get; set; }
    /// <summary>ARN or id of what was used; 0 where the source names none.</summary>
    public int ResourceId { get; set; }
    /// <summary>IAM principal that called; 0 where the source names none.</summary>
    public int PrincipalId { get; set; }
    /// <summary>In the chosen cost metric.</summary>
    public long AmountNanoUsd { get; set; }
    /// <summary>As billed, in <see cref="Unit"/>; null when the source gives none.</summary>
    public decimal? Quantity { get; set; }
    public string Unit { get; set; } = "";
    /// <summary>AWS still marks the day estimated.</summary>
    public bool IsPreliminary { get; set; }
    /// <summary>Feed that read it.</summary>
    public string Feed { get; set; } = "CostExplorer";
}

/// <summary>
/// What one feed says that an account's day cost. Where two feeds read the same day, one of them is the bill and the difference to the
/// other is shown. Key: day, account, feed.
/// </summary>
public sealed class BillOfFeed
{
    public DateOnly Day { get; set; }
    public int AccountId { get; set; }
    public required string Feed { get; set; }
    public long AmountNanoUsd { get; set; }
    public int Lines { get; set; }
    public DateTime ReadAt { get; set; }
    /// <summary>The lines of this feed are the ones in <see cref="BilledLine"/>.</summary>
    public bool IsBill { get; set; }
}

/// <summary>What the payer paid outside the GenAI scope, so that nothing hides. Key: day, account, service.</summary>
public sealed class OutsideScopeCost
{
    public DateOnly Day { get; set; }
    public int AccountId { get; set; }
    public int BilledServiceId { get; set; }
    public long AmountNanoUsd { get; set; }
}

/// <summary>How far a day of an account is on its way from open to closed (algorithms §4, Days).</summary>
public sealed class BilledDay
{
    public DateOnly Day { get; set; }
    public int AccountId { get; set; }
    public DateTime FirstReadAt { get; set; }
    public DateTime LastReadAt { get; set; }
    public long AmountNanoUsd { get; set; }
    /// <summary>Amount and time of the last read that lies ≥ 12 h before <see cref="LastReadAt"/>.</summary>
    public long? EarlierAmountNanoUsd { get; set; }
    public DateTime? EarlierReadAt { get; set; }
    public DateTime? ClosedAt { get; set; }
    /// <summary>AWS still marks it estimated.</summary>
    public bool IsPreliminary { get; set; }
    /// <summary>Our estimate of AWS-billed tokens, frozen before the first bill arrived; null when there was none.</summary>
    public long? FrozenEstimateNanoUsd { get; set; }
    /// <summary>Bill or calls changed since the ledger of the day was built.</summary>
    public bool NeedsBuild { get; set; }
    public DateTime? BuiltAt { get; set; }
    /// <summary>Times the bill of this day changed after it was first read.</summary>
    public int Restatements { get; set; }
}

/// <summary>
/// A part of the ledger: money of one day with an owner and a method, or unattributed with a reason; billed, or estimated while
/// the day is open. The parts of a billed line add up to it to the nano-USD.
/// </summary>
public sealed class LedgerEntry
{
    public long Id { get; set; }
    public DateOnly Day { get; set; }
    public int AccountId { get; set; }
    public int RegionId { get; set; }
    /// <summary>0 on estimated and off-bill entries.</summary>
    public int BilledServiceId { get; set; }
    public int UsageTypeId { get; set; }
    public int ProviderId { get; set; }
    public int ModelId { get; set; }
    public CostComponent Component { get; set; }
    /// <summary>Token kind where the line is about tokens.</summary>
    public TokenKind? Kind { get; set; }
    public ServiceTier Tier { get; set; }
    public RoutingScope Scope { get; set; }
    public ChargeCategory Category { get; set; }
    public int FeatureId { get; set; }
    public int TeamId { get; set; }
    public int ApplicationId { get; set; }
    public int EnvironmentId { get; set; }
    /// <summary>Known only where calls decided.</summary>
    public int ReleaseId { get; set; }
    public AllocationMethod Method { get; set; }
    public UnattributedReason Reason { get; set; }
    /// <summary>Row of <see cref="Owners.OwnerRule"/> (methods Principal, Rule) or <see cref="Owners.SplitRule"/> (Shared) that decided; 0 = none.</summary>
    public int RuleId { get; set; }
    public Basis Basis { get; set; }
    public LedgerFlags Flags { get; set; }
    public long AmountNanoUsd { get; set; }
    /// <summary>Tokens this part stands for; null where the line is not about tokens or the scale is not known.</summary>
    public long? Tokens { get; set; }
}

/// <summary>Why the ledger of a day that had been built was built again to another result.</summary>
public enum AdjustmentCause : byte { Restated = 0, LateCalls = 1, Rules = 2 }

/// <summary>By how much an owner's part of a day moved when it was built again. Kept for ever.</summary>
public sealed class LedgerAdjustment
{
    public long Id { get; set; }
    public DateTime At { get; set; }
    public DateOnly Day { get; set; }
    public int AccountId { get; set; }
    /// <summary>0 = unattributed.</summary>
    public int FeatureId { get; set; }
    public int TeamId { get; set; }
    public AdjustmentCause Cause { get; set; }
    public long BeforeNanoUsd { get; set; }
    public long AfterNanoUsd { get; set; }
}

/// <summary>What CloudWatch metered: counts per hour and model that do not depend on sampling. Key: all but the value.</summary>
public sealed class MeteredUsage
{
    public long HourUnixSeconds { get; set; }
    public int AccountId { get; set; }
    public int RegionId { get; set; }
    public int ModelId { get; set; }
    public MeteredMetric Metric { get; set; }
    public RoutingScope Scope { get; set; }
    public double Value { get; set; }
}

/// <summary>Metrics of AWS/Bedrock that are kept.</summary>
public enum MeteredMetric : byte
{
    InputTokens = 0, OutputTokens = 1, CacheReadTokens = 2, CacheWriteTokens = 3,
    Invocations = 4, Throttles = 5, ClientErrors = 6, ServerErrors = 7, LatencyMsSum = 8,
}

/// <summary>Our estimate of a day as it stood before the first bill line arrived; kept for ever. Key: day, account, model.</summary>
public sealed class FrozenEstimate
{
    public DateOnly Day { get; set; }
    public int AccountId { get; set; }
    public int ModelId { get; set; }
    public DateTime FrozenAt { get; set; }
    public long EstimatedNanoUsd { get; set; }
    public long Tokens { get; set; }
}
