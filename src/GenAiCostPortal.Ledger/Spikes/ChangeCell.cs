using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>Feature × model × tier × routing scope; not release and not context band, or a new release would look like a new cost.</summary>
public readonly record struct ChangeCellKey(int FeatureId, int ModelId, ServiceTier Tier, RoutingScope Scope);

/// <summary>What a cell used in one window. Baselines are means, so nothing is a whole number. Money in nano-USD.</summary>
public sealed class CellUse
{
    /// <summary>First attempts that were billed and have tokens.</summary>
    public double FirstCalls { get; set; }
    /// <summary>First attempts and failed ones that were sent again.</summary>
    public double Calls { get; set; }
    /// <summary>By <see cref="TokenKind"/>.</summary>
    public double[] Tokens { get; } = new double[TokenCounts.Kinds.Length];
    /// <summary>By <see cref="TokenKind"/>.</summary>
    public double[] NanoUsd { get; } = new double[TokenCounts.Kinds.Length];

    public double CostNanoUsd => NanoUsd.Sum();
    public double PromptTokens => Tokens.Sum() - OutputTokens;
    public double OutputTokens => Tokens[(int)TokenKind.Output];
    public bool IsPresent => FirstCalls > 0 && Calls > 0 && Tokens.Sum() > 0;

    public double TokensOf(bool isOutput) => isOutput ? OutputTokens : PromptTokens;
}

/// <summary>A cell in both windows; the earlier one is expressed per hour of the later.</summary>
public sealed class ChangeCell(ChangeCellKey key)
{
    public ChangeCellKey Key { get; } = key;
    public CellUse Before { get; } = new();
    public CellUse Now { get; } = new();
}

/// <summary>A feature in both windows.</summary>
/// <param name="Requests">Null when its requests are not known.</param>
/// <param name="FirstCalls">Over all its models, also those outside a filter.</param>
public sealed record FeatureUse(double? RequestsBefore, double? Requests, double FirstCallsBefore, double FirstCalls)
{
    public bool KnowsRequests => RequestsBefore > 0 && Requests > 0;
}

/// <summary>Money without calls, as one effect of its own. Nano-USD.</summary>
/// <param name="Name">Which component, feature …; empty where the factor says it all.</param>
public sealed record OtherMoney(ChangeFactor Factor, string Name, double BeforeNanoUsd, double NanoUsd);

/// <summary>Usage of a feature that only the bill tells of, by usage type: the model and token kind that the type stands for.</summary>
/// <param name="Quantity">Tokens; null where the bill gives none.</param>
public sealed record BilledUse(int FeatureId, int ModelId, TokenKind Kind, double? QuantityBefore, double? Quantity, double BeforeNanoUsd, double NanoUsd);

/// <summary>Everything that two windows cost, cut so that nothing is in it twice.</summary>
public sealed record ChangeInputs(
    IReadOnlyList<ChangeCell> Cells, IReadOnlyDictionary<int, FeatureUse> Features, IReadOnlyList<OtherMoney> Others, IReadOnlyList<BilledUse> Billed)
{
    /// <summary>C0, exact to what the double holds.</summary>
    public double BeforeNanoUsd => Cells.Sum(c => c.Before.CostNanoUsd) + Others.Sum(o => o.BeforeNanoUsd) + Billed.Sum(b => b.BeforeNanoUsd);

    /// <summary>C1.</summary>
    public double NanoUsd => Cells.Sum(c => c.Now.CostNanoUsd) + Others.Sum(o => o.NanoUsd) + Billed.Sum(b => b.NanoUsd);
}
