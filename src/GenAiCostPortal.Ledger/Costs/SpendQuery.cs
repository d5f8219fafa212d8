using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Which money a report shows (contract: <c>view</c>).</summary>
public enum SpendView { Ledger, Billed, Estimated }

/// <summary>Width of a time step; None = one row for the whole period.</summary>
public enum Granularity { None, Minute5, Hour, Day, Week, Month }

/// <summary>What reports group by and filter on. Names in camelCase are the contract's words.</summary>
public enum SpendDimension
{
    Team, Application, Feature, Environment, Account, Region, Model, Provider, Component, Release, Workflow,
    TokenKind, Tier, Method, Service, Agent,
}

/// <summary>Filters: values per dimension; several values of one dimension mean any of them. "Unattributed" is the missing owner.</summary>
public sealed record SpendFilter(IReadOnlyDictionary<SpendDimension, IReadOnlyList<string>> Values)
{
    public static readonly SpendFilter None = new(new Dictionary<SpendDimension, IReadOnlyList<string>>());
    public IReadOnlyList<string> this[SpendDimension dimension] => Values.GetValueOrDefault(dimension) ?? [];
}

/// <summary>A question to the spend report.</summary>
/// <param name="To">Exclusive. Both UTC.</param>
public sealed record SpendQuery(
    DateTime From, DateTime To, IReadOnlyList<SpendDimension> GroupBy, Granularity Granularity, SpendView View, SpendFilter Filter)
{
    /// <summary>The key of money or usage without that owner.</summary>
    public const string Unattributed = "Unattributed";
}

/// <summary>One row of the answer. Rows add up to the totals to the nano-USD.</summary>
/// <param name="Time">Start of the step; null without granularity.</param>
/// <param name="Keys">One key per grouping, same order.</param>
/// <param name="BilledUsd">The billed part of <paramref name="CostUsd"/>.</param>
/// <param name="EstimatedUsd">The part not billed yet (hatched).</param>
/// <param name="OffBillUsd">Beside, never part of <paramref name="CostUsd"/> in the ledger view.</param>
/// <param name="Calls">Recorded calls, every attempt.</param>
public sealed record SpendRow(
    DateTime? Time, IReadOnlyList<string> Keys, decimal CostUsd, decimal BilledUsd, decimal EstimatedUsd, decimal OffBillUsd, Basis Basis,
    IReadOnlyDictionary<AllocationMethod, decimal> Methods, IReadOnlyDictionary<UnattributedReason, decimal> Reasons,
    long Calls, long Requests, TokenCounts Tokens, long CallsWithoutCost)
{
    /// <summary>Recorded calls that cost something by their status, of the estimate; not told apart by token kind, workflow or agent, and then zero.</summary>
    public long BillableCalls { get; init; }

    /// <summary>What some method gave an owner. A row without a name of its grouping may have some: a rule may name a team and no feature. USD.</summary>
    public decimal OwnedUsd => Methods.Where(m => m.Key != AllocationMethod.Unattributed).Sum(m => m.Value);
}

/// <summary>The answer, with what a figure must say about itself: basis and as-of.</summary>
/// <param name="BilledThrough">Last day for which every account has a bill; null when nothing is billed.</param>
/// <param name="ExplainedShare">0–1 of billed in-scope usage dollars; null when nothing is billed. Measured + declared.</param>
/// <param name="OutsideScopeUsd">The payer's other spend in the period.</param>
/// <param name="NotKnownUsd">Dollars that a filter or grouping on release, workflow or agent cannot see.</param>
public sealed record SpendAnswer(
    SpendQuery Query, DateTime AsOf, DateOnly? BilledThrough, decimal TotalUsd, decimal BilledUsd, decimal EstimatedUsd,
    decimal UnattributedUsd, decimal? ExplainedShare, decimal? MeasuredShare, decimal? DeclaredShare,
    decimal OutsideScopeUsd, decimal OffBillUsd, decimal NotKnownUsd, IReadOnlyList<SpendRow> Rows)
{
    /// <summary>Of <see cref="UnattributedUsd"/>, what is billed: the part of the bill that no method gave an owner. USD.</summary>
    public decimal BilledUnattributedUsd { get; init; }
}
