using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>A line of the bill as its feed said it. USD.</summary>
/// <param name="Tags">Every tag of the line as a JSON object; empty = none known.</param>
public sealed record TrailLine(
    long Id, string Feed, decimal AmountUsd, decimal? Quantity, string Unit, string TagFeature, string Tags, string Resource, string Principal, bool IsPreliminary);

/// <summary>A part of the ledger that came out of a cell, with its owner and how it got there.</summary>
/// <param name="Rule">Name of the rule that decided; empty where none did, or where the rule is gone.</param>
/// <param name="Tokens">Tokens the part stands for; null where the cell is not about tokens.</param>
public sealed record TrailPart(
    string Feature, string Team, string Application, string Environment, string Release, string Model, CostComponent Component, TokenKind? Kind,
    AllocationMethod Method, UnattributedReason Reason, int RuleId, string Rule, LedgerFlags Flags, decimal AmountUsd, long? Tokens);

/// <summary>What is split as one: lines of one account, region, service, usage type and charge category on one day.</summary>
/// <param name="Key">Stable name in addresses.</param>
/// <param name="BilledUsd">Sum of <paramref name="Lines"/>.</param>
/// <param name="LedgerUsd">Sum of <paramref name="Parts"/>; equal unless the day waits for its ledger.</param>
/// <param name="MatchingUsd">The parts that a filter asks for; all of them without one.</param>
/// <param name="Quantity">As billed; null where a line gives none or the units differ.</param>
public sealed record TrailCell(
    string Key, string Account, string Region, string Service, string UsageType, ChargeCategory Category, CostComponent Component, string Model, TokenKind? Kind,
    decimal BilledUsd, decimal LedgerUsd, decimal MatchingUsd, decimal? Quantity, string Unit, IReadOnlyList<TrailLine> Lines, IReadOnlyList<TrailPart> Parts);

/// <summary>By how much an owner's part moved when the day was built again.</summary>
/// <param name="Feature">Empty = unattributed.</param>
public sealed record TrailAdjustment(DateTime At, string Account, string Feature, string Team, AdjustmentCause Cause, decimal BeforeUsd, decimal AfterUsd);

/// <summary>What one feed says an account's day cost.</summary>
public sealed record TrailFeed(string Account, string Feed, decimal AmountUsd, int Lines, DateTime ReadAt, bool IsBill);

/// <summary>A day from the lines of the bill to the owners.</summary>
public sealed record DayTrail(DateOnly Day, IReadOnlyList<TrailCell> Cells, IReadOnlyList<TrailAdjustment> Adjustments, IReadOnlyList<TrailFeed> Feeds)
{
    public decimal BilledUsd => Cells.Sum(c => c.BilledUsd);
    public decimal LedgerUsd => Cells.Sum(c => c.LedgerUsd);
}

/// <summary>Why usage of a service is on the bill.</summary>
public enum ScopeSide
{
    /// <summary>Its service is on the GenAI list.</summary>
    Listed,
    /// <summary>It carries a feature tag.</summary>
    Tagged,
    /// <summary>It meets an owner rule.</summary>
    Rule,
    /// <summary>It meets an owner rule that looks at what Cost Explorer does not say, or no rule any more until the bill is read again.</summary>
    NotAskable,
}

/// <summary>A service on the bill, why, and the accounts that pay for it.</summary>
public sealed record BilledScope(string Service, ScopeSide Side, IReadOnlyList<string> Accounts)
{
    /// <summary>On the GenAI list; otherwise only what is tagged or meets a rule counts.</summary>
    public bool IsInScope => Side == ScopeSide.Listed;
    /// <summary>Usage types that a rule brings in; empty for the other sides.</summary>
    public IReadOnlyList<string> UsageTypes { get; init; } = [];
    /// <summary>Key of the tag that the rule looks at; empty without one.</summary>
    public string TagKey { get; init; } = "";
    public IReadOnlyList<string> TagValues { get; init; } = [];
    /// <summary>Days on which the rule holds, where it does not hold on all days asked for; the second is exclusive.</summary>
    public (DateOnly From, DateOnly To)? OnlyOn { get; init; }
    /// <summary>USD of a part that is not askable.</summary>
    public decimal AmountUsd { get; init; }
}

/// <summary>Recorded calls of a feature behind a cell: what its share is measured by.</summary>
/// <param name="Tokens">Of the cell's token kind.</param>
/// <param name="IsPlaced">The calls say their account and region; otherwise these are inferred.</param>
public sealed record PoolCalls(string Feature, string Team, long Calls, long Tokens, bool IsLogged, bool IsPlaced);
