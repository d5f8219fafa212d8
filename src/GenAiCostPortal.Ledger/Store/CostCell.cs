using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>A row of the cost rollup while the writer works on it.</summary>
/// <param name="price">The price that holds for it, re-priced or not; null = none.</param>
/// <param name="repricedId">Its number where a re-pricing put it in the place of the series' own, else 0.</param>
/// <param name="isFilled">The series itself has no price; its calls do have a cost by now.</param>
internal sealed class CostCell(CellKey key, Price? price, bool isBillable, int repricedId = 0, bool isFilled = false)
{
    public CellKey Key { get; } = key;
    public int RepricedId { get; } = repricedId;
    public bool IsDirty;
    public long Calls, CallsWithoutCost, CallsWithoutTokens, RetriedCalls, EstimatedCostNanoUsd, UnpricedTokens;
    public TokenCounts Tokens;

    public bool IsEmpty => Calls <= 0 && Tokens.Total <= 0;

    /// <summary>What an hour of summed logs has booked; how calls ended is not kept here.</summary>
    public HourAmounts Amounts => new(Calls, 0, 0, CallsWithoutTokens, Tokens);

    public void Add(in HourAmounts moved)
    {
        (Calls, CallsWithoutTokens, Tokens) = (Calls + moved.Calls, CallsWithoutTokens + moved.CallsWithoutTokens, Tokens + moved.Tokens);
        if (isBillable) CallsWithoutCost += price is null && !isFilled ? moved.Calls : moved.CallsWithoutTokens;
    }

    public void Clear()
    {
        Calls = CallsWithoutCost = CallsWithoutTokens = RetriedCalls = EstimatedCostNanoUsd = UnpricedTokens = 0;
        Tokens = default;
    }

    /// <summary>Adds a call (sign 1) or takes it out again (sign -1); the cost follows with <see cref="Reprice"/>.</summary>
    public void Book(CallRow call, int sign)
    {
        Calls += sign;
        if (call.CostState is CostState.NoTokens || call.CostState is CostState.Unpriced && !isFilled) CallsWithoutCost += sign;
        if (call.TokenState == TokenState.Unknown) CallsWithoutTokens += sign;
        else if ((call.Flags & CallFlags.WasRetried) != 0) RetriedCalls += sign;
        Tokens = sign > 0 ? Tokens + call.Tokens : Tokens - call.Tokens;
    }

    /// <summary>Cost of an hour from its own tokens, rounded once; answers by how much it moved.</summary>
    public long Reprice()
    {
        if (!isBillable) return 0;
        var cost = TokenCost.Of(Tokens, price);
        var moved = cost.NanoUsd - EstimatedCostNanoUsd;
        (EstimatedCostNanoUsd, UnpricedTokens) = (cost.NanoUsd, cost.UnpricedTokens);
        return moved;
    }

    /// <summary>Cost of a day: what its hours moved by, so that both views agree.</summary>
    public void MoveCost(long nanoUsd)
    {
        EstimatedCostNanoUsd += nanoUsd;
        if (isBillable) UnpricedTokens = TokenCost.Of(Tokens, price).UnpricedTokens;
    }
}
