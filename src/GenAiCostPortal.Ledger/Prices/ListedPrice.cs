using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>What a listed price is for: all that a row of the price table is found by, but the day.</summary>
/// <param name="Model">Canonical model id.</param>
public sealed record PriceKey(string Model, string Provider, ServiceTier Tier, RoutingScope Scope, string Region, ContextBand Band);

/// <summary>The price of one token kind in AWS's price list.</summary>
/// <param name="NanoUsd">Per million tokens.</param>
/// <param name="From">First day it holds, as AWS dates it.</param>
/// <param name="IsOfOtherEndpoint">Of the OpenAI-compatible endpoint, whose rates may differ; used only where the model has no other.</param>
/// <param name="Provenance">Which list, and when it was published.</param>
public sealed record ListedPrice(PriceKey Key, TokenKind Kind, long NanoUsd, DateOnly From, bool IsOfOtherEndpoint, string Provenance);
