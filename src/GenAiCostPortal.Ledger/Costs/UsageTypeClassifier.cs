using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What a billed service and usage type mean.</summary>
/// <param name="Component">Cost component.</param>
/// <param name="Model">Model, where the line is about one; null otherwise.</param>
/// <param name="Kind">Token kind, where the line is about tokens.</param>
/// <param name="Region">AWS region from the usage type's prefix; empty when not said.</param>
/// <param name="IsUnderstood">False when the usage type matches no known grammar.</param>
public sealed record UsageTypeMeaning(
    CostComponent Component, ModelName? Model, TokenKind? Kind, ServiceTier Tier, RoutingScope Scope, ContextBand Band, string Region, bool IsUnderstood);

/// <summary>Reads both usage-type grammars of Bedrock and the other GenAI services (facts/aws-cost-explorer.md §4).</summary>
public static class UsageTypeClassifier
{
    /// <summary>Whether a service is on the GenAI list (algorithms §4, Border).</summary>
    public static bool IsInScope(string service) => throw new NotImplementedException();

    /// <summary>What the line is about. Never fails; see <see cref="UsageTypeMeaning.IsUnderstood"/>.</summary>
    public static UsageTypeMeaning Read(string service, string usageType) => throw new NotImplementedException();

    /// <summary>
    /// Tokens that a billed quantity stands for, by the scale (1, 1,000 or 1,000,000) whose implied price fits
    /// <paramref name="listNanoUsdPerMillion"/> best; null when none fits within a factor of 2.
    /// </summary>
    public static long? Tokens(decimal quantity, string unit, decimal amountUsd, long? listNanoUsdPerMillion) => throw new NotImplementedException();
}
