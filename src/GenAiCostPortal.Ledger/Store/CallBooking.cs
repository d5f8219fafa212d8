using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>From a call as read to the row that is kept: its series, its price, its cost.</summary>
internal sealed class CallBooking(Dimensions dimensions, PriceFinder prices, SeriesCache series, List<DimensionValue> added)
{
    /// <summary>No call has more tokens of a kind; what says so is wrong and would drown every sum.</summary>
    internal const long MostTokens = 10_000_000_000;

    /// <summary>The row of a call.</summary>
    /// <param name="before">The row as stored, if any: it keeps its price, because stored calls are not re-priced by late spans.</param>
    public CallRow Row(long traceKey, Call call, CallRow? before)
    {
        var model = Id(DimensionKind.Model, call.Model.Canonical, call.Model.Display);
        var owners = call.Owners;
        var usage = new UsageKey(
            Id(DimensionKind.Account, call.AccountId), Id(DimensionKind.Region, call.Region), Id(DimensionKind.Provider, call.Model.Provider), model,
            call.Tier, call.Model.Scope, call.Band, Id(DimensionKind.Feature, owners.Feature), Id(DimensionKind.Team, owners.Team),
            Id(DimensionKind.Application, owners.Application), Id(DimensionKind.Environment, owners.Environment), Id(DimensionKind.Release, owners.Release),
            Id(DimensionKind.Workflow, owners.Workflow), Id(DimensionKind.Agent, owners.Agent), call.IsOffBill, call.Doors);

        var (tokens, state, flags) = (call.Tokens, call.TokenState, call.Flags);
        if (!IsPossible(tokens)) (tokens, state, flags) = (default, TokenState.Unknown, flags | CallFlags.TokensInconsistent);
        if (state == TokenState.Unknown) tokens = default;

        var cost = new CostKey(
            usage.Account, usage.Region, usage.Provider, model, call.Tier, call.Model.Scope, call.Band, usage.Feature, usage.Team,
            usage.Application, usage.Environment, usage.Release, call.IsOffBill, call.IsBillable, 0, call.Doors);
        var price = call.IsBillable ? PriceOf(call, cost, before) : null;
        cost = cost with { Price = price?.Id ?? 0 };

        var (costState, nanoUsd) = Estimate(call.IsBillable, state, tokens, price);
        return new CallRow
        {
            TraceKey = traceKey,
            SpanId = (long)call.SpanId.Value,
            StartUnixMs = UtcTime.ToUnixMs(call.Start),
            DurationMs = call.DurationMs,
            TimeToFirstTokenMs = call.TimeToFirstTokenMs,
            UsageSeriesId = series.Usage(usage),
            CostSeriesId = series.Cost(cost),
            Status = call.Status,
            TokenState = state,
            Flags = flags,
            CostState = costState,
            Tokens = tokens,
            EstimatedCostNanoUsd = nanoUsd,
            RequestId = call.RequestId.Length == 0 ? null : call.RequestId,
            ErrorType = call.ErrorType.Length == 0 ? null : call.ErrorType,
            Detail = new CallDetail(call.Sender, call.Reading, call.Operation, call.Service, call.SenderReportedCostUsd, call.PromptHash, call.HiddenRetries).ToJson(),
            Doors = call.Doors,
            GuardrailId = call.Guardrail.Length == 0 ? 0 : Id(DimensionKind.Resource, Guardrails.Resource(call.Guardrail)),
            KeptOf2Pow56 = call.Sampled.KeptOf2Pow56,
        };
    }

    /// <summary>Usage series under which a request is booked: owners only, because a request has many calls.</summary>
    public int RequestSeries(CallOwners owners) => series.Usage(new UsageKey(
        0, 0, 0, 0, ServiceTier.Standard, RoutingScope.Unknown, ContextBand.Normal, Id(DimensionKind.Feature, owners.Feature),
        Id(DimensionKind.Team, owners.Team), Id(DimensionKind.Application, owners.Application), Id(DimensionKind.Environment, owners.Environment),
        Id(DimensionKind.Release, owners.Release), Id(DimensionKind.Workflow, owners.Workflow), 0, false));

    /// <summary>Number of a name, taken anew if needed.</summary>
    public int Id(DimensionKind kind, string name, string? label = null) =>
        name.Length == 0 ? 0 : dimensions.GetOrAdd(kind, name, added, label == name ? null : label);

    /// <summary>Cost of a call for display, and what it rests on.</summary>
    internal static (CostState State, long? NanoUsd) Estimate(bool isBillable, TokenState tokenState, in TokenCounts tokens, Price? price)
    {
        if (!isBillable) return (CostState.NotBillable, 0);
        if (tokenState == TokenState.Unknown) return (CostState.NoTokens, null);
        if (price is null) return (CostState.Unpriced, null);
        var cost = TokenCost.Of(tokens, price);
        return cost switch
        {
            { UnpricedTokens: 0 } => (CostState.Priced, cost.NanoUsd),
            { PricedTokens: 0 } => (CostState.Unpriced, null),
            _ => (CostState.PartiallyPriced, cost.NanoUsd),
        };
    }

    private Price? PriceOf(Call call, in CostKey key, CallRow? before)
    {
        if (before is not null && before.StartUnixMs == UtcTime.ToUnixMs(call.Start))
        {
            var was = series.CostKeyOf(before.CostSeriesId);
            if (was.IsBillable && was.HasSamePriceKey(key)) return was.Price == 0 ? null : prices.ById(was.Price);
        }
        return prices.Find(call.Model, call.Tier, call.Band, call.Region, call.Start, call.AccountId);
    }

    private static bool IsPossible(in TokenCounts t) =>
        IsCount(t.Input) && IsCount(t.CacheRead) && IsCount(t.CacheWrite5m) && IsCount(t.CacheWrite30m) && IsCount(t.CacheWrite1h)
        && IsCount(t.Output) && IsCount(t.Reasoning);

    private static bool IsCount(long n) => n is >= 0 and <= MostTokens;
}
