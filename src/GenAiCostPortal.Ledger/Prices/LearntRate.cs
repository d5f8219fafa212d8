using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>
/// What the bill charged for tokens: cost ÷ quantity over the Usage lines of one day, account, service and usage type, in the chosen
/// cost metric. Key: those four. A restated day replaces its rates.
/// </summary>
public sealed class LearntRate
{
    public DateOnly Day { get; set; }
    public int AccountId { get; set; }
    /// <summary>Says the model of marketplace models, whose usage types are all alike.</summary>
    public int BilledServiceId { get; set; }
    public int UsageTypeId { get; set; }
    public int RegionId { get; set; }
    public int ModelId { get; set; }
    public TokenKind Kind { get; set; }
    public ServiceTier Tier { get; set; }
    /// <summary>InRegion stands for the regional rate, which calls in region and through a geography's profile share.</summary>
    public RoutingScope Scope { get; set; }
    public ContextBand Band { get; set; }
    /// <summary>Nano-USD per million tokens, half to even.</summary>
    public long NanoUsd { get; set; }
    public long Tokens { get; set; }
    public long AmountNanoUsd { get; set; }
}
