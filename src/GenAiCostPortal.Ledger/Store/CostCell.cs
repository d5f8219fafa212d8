using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>A row of the cost rollup while the writer works on it.</summary>
internal sealed class CostCell(CellKey key, Price? price, bool isBillable)
{
    public CellKey Key { get; } = key;
    public bool IsDirty;
    public long Calls, CallsWithoutCost, CallsWithoutTokens, RetriedCalls, EstimatedCostNanoUsd, UnpricedTokens;
    public TokenCounts Tokens;

    public bool IsEmpty => Calls <= 0;

    public void Clear()
    {
        Calls = CallsWithoutCost = CallsWithoutTokens = RetriedCalls = EstimatedCostNanoUsd = UnpricedTokens = 0;
        Tokens = default;
    }

    /// <summary>Adds a call (sign 1) or takes it out again (sign -1); the cost follows with <see cref="Reprice"/>.</summary>
    public void Book(CallRow call, int sign)
    {
        Calls += sign;
        if (call.CostState is CostState.NoTokens or CostState.Unpriced) CallsWithoutCost += sign;
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
