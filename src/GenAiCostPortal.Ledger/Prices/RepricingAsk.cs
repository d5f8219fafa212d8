namespace GenAiCostPortal.Ledger.Prices;

/// <summary>What is to be priced anew.</summary>
/// <param name="From">First day, UTC.</param>
/// <param name="To">Exclusive.</param>
/// <param name="PriceId">Correct: the right price.</param>
/// <param name="FromPriceId">Correct: only usage that carried this one; 0 = all usage for which the right price is found now.</param>
public sealed record RepricingAsk(RepricingOperation Operation, DateOnly From, DateOnly To, int PriceId = 0, int FromPriceId = 0);

/// <summary>What a re-pricing moves in one model, or on one day. USD, estimated.</summary>
public sealed record RepricedPart(string Model, string Display, DateOnly? Day, long Calls, long Tokens, decimal BeforeUsd, decimal AfterUsd);

/// <summary>What a re-pricing would do; nothing is stored.</summary>
/// <param name="Days">Days with usage that it touches.</param>
/// <param name="DaysWithoutHours">Days whose hours are no longer kept; they stay as they are.</param>
public sealed record RepricingPreview(
    RepricingAsk Ask, int Days, long Calls, long Tokens, decimal BeforeUsd, decimal AfterUsd, IReadOnlyList<RepricedPart> Models, IReadOnlyList<RepricedPart> ByDay, int DaysWithoutHours);

/// <summary>A re-pricing as the history shows it.</summary>
/// <param name="Price">The right price in words; empty when gaps were filled.</param>
/// <param name="WhyNoUndo">Why it cannot be undone now; empty when it can.</param>
public sealed record RepricingRow(Repricing Repricing, string Price, IReadOnlyList<RepricedPart> Models, string WhyNoUndo);
