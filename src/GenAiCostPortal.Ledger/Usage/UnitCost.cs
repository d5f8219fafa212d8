using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// What one thing costs (algorithms §11), USD, at the estimated price of the recorded calls. What cannot be measured is null,
/// never zero.
/// </summary>
/// <param name="CostUsd">All recorded calls.</param>
/// <param name="CostInsideTracesUsd">Of these the calls that stand in a trace. Calls that only the invocation log tells of stand in none.</param>
/// <param name="Calls">Every attempt.</param>
/// <param name="BillableCalls">Attempts that cost something by their status; null where calls cannot be told apart (by token kind, workflow, agent).</param>
/// <param name="CallsWithoutCost">Billable calls without tokens or price: nothing of them is in the cost.</param>
/// <param name="InsideWithoutCost">Of these, inside traces.</param>
public sealed record UnitCost(
    decimal CostUsd, decimal CostInsideTracesUsd, long Calls, long? BillableCalls, long Requests, long CallsWithoutCost, long InsideWithoutCost, TokenCounts Tokens)
{
    /// <summary>Requests that were not recorded, by those that a sampler kept with a known probability: each stands for 1/p.</summary>
    public decimal UnrecordedRequests { get; init; }

    /// <summary>Cost of the calls that were not recorded, likewise. In no other figure.</summary>
    public decimal UnrecordedCostUsd { get; init; }

    /// <summary>Recorded requests, those of sampled traces 1/p times.</summary>
    public decimal CountedRequests => Requests + UnrecordedRequests;

    /// <summary>Cost of the calls inside traces ÷ requests, both with what sampled ones stand for; never the bill ÷ requests.</summary>
    public decimal? PerRequestUsd => Requests > 0 && IsKnown(CostInsideTracesUsd, InsideWithoutCost) ? (CostInsideTracesUsd + UnrecordedCostUsd) / CountedRequests : null;

    /// <summary>Cost ÷ billable calls.</summary>
    public decimal? PerCallUsd => BillableCalls is > 0 and { } calls && IsKnown(CostUsd, CallsWithoutCost) ? CostUsd / calls : null;

    /// <summary>Cost ÷ all tokens × 1,000.</summary>
    public decimal? Per1kTokensUsd => Tokens.Total > 0 && IsKnown(CostUsd, CallsWithoutCost) ? CostUsd * 1000 / Tokens.Total : null;

    /// <summary>Generated tokens for one USD.</summary>
    public decimal? OutputTokensPerUsd => CostUsd > 0 && CallsWithoutCost == 0 ? Tokens.Output / CostUsd : null;

    /// <summary>Some calls have no known cost, so every figure here is at least what it says.</summary>
    public bool IsLowerBound => CallsWithoutCost > 0;

    /// <summary>Several together; billable calls are unknown when they are of one of them.</summary>
    public static UnitCost Sum(IEnumerable<UnitCost> costs) => costs.Aggregate(new UnitCost(0, 0, 0, 0, 0, 0, 0, default), (a, b) => new(
        a.CostUsd + b.CostUsd, a.CostInsideTracesUsd + b.CostInsideTracesUsd, a.Calls + b.Calls, a.BillableCalls + b.BillableCalls, a.Requests + b.Requests,
        a.CallsWithoutCost + b.CallsWithoutCost, a.InsideWithoutCost + b.InsideWithoutCost, a.Tokens + b.Tokens)
        { UnrecordedRequests = a.UnrecordedRequests + b.UnrecordedRequests, UnrecordedCostUsd = a.UnrecordedCostUsd + b.UnrecordedCostUsd });

    // No cost at all because no price is known is not a cost of zero.
    private static bool IsKnown(decimal costUsd, long withoutCost) => costUsd != 0 || withoutCost == 0;
}

/// <summary>What requests cost, from the cheapest to the dearest (exact, nearest rank). Requests whose cost is unknown are left out and counted.</summary>
/// <param name="PartlyPriced">Requests of which a part has no price; they are in, with the cost that is known.</param>
public sealed record RequestCosts(decimal P50Usd, decimal P95Usd, decimal MaxUsd, long Requests, long WithoutCost, long PartlyPriced)
{
    /// <summary>Of costs in nano-USD, in any order; null when there is none.</summary>
    internal static RequestCosts? Of(List<long> nanoUsd, long withoutCost, long partlyPriced)
    {
        if (nanoUsd.Count == 0) return null;
        nanoUsd.Sort();
        return new(Money.ToUsd(nanoUsd[Rank(nanoUsd.Count, 0.50)]), Money.ToUsd(nanoUsd[Rank(nanoUsd.Count, 0.95)]), Money.ToUsd(nanoUsd[^1]), nanoUsd.Count, withoutCost, partlyPriced);
    }

    /// <summary>Index of the nearest rank in a sorted list.</summary>
    internal static int Rank(int count, double share) => Math.Clamp((int)Math.Ceiling(share * count) - 1, 0, count - 1);
}

/// <summary>What a figure from single traces or calls rests on.</summary>
/// <param name="From">First moment that is still kept, within the question.</param>
/// <param name="Read">Rows read.</param>
/// <param name="IsWhole">All rows of the period were read; otherwise up to a fixed number of each of many equal parts of it.</param>
public sealed record Coverage(DateTime From, DateTime To, long Read, bool IsWhole);

/// <summary>One row of a unit-cost answer.</summary>
/// <param name="RequestCosts">Null where requests cannot be told apart so (by model, token kind …) or none is kept.</param>
/// <param name="PromptFloorTokens">10th percentile of prompt tokens of its calls: the fixed overhead (system prompt, tool descriptions) of each call; null below ten calls.</param>
public sealed record UnitCostRow(DateTime? Time, IReadOnlyList<string> Keys, UnitCost Cost, RequestCosts? RequestCosts, long? PromptFloorTokens)
{
    /// <summary>Null where users cannot be told apart so; without requests where no sender says who asked.</summary>
    public UserCost? Users { get; init; }
}

/// <summary>The answer. Basis: estimated from recorded calls, at the price of their time.</summary>
/// <param name="RequestCoverage">What the distributions rest on.</param>
/// <param name="PromptCoverage">What the fixed overhead rests on.</param>
public sealed record UnitCostAnswer(
    UsageQuery Query, DateTime AsOf, UnitCost Total, RequestCosts? RequestCosts, long? PromptFloorTokens, IReadOnlyList<UnitCostRow> Rows, Coverage RequestCoverage, Coverage PromptCoverage)
{
    /// <summary>Over whole UTC days. Null where users cannot be told apart so; without requests where no sender says who asked.</summary>
    public UserCost? Users { get; init; }
}
