using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;

namespace GenAiCostPortal.Figures;

/// <summary>What sampled traces are and what the ledger makes of them, in words.</summary>
public static class SampledText
{
    public const string Key = "Ledger:ExtrapolateSampledTraces";

    /// <summary>How many calls are sampled, and whether that is made up for.</summary>
    public static string State(SampledTraces of) => of.SampledCalls == 0
        ? "No sender says that it samples."
        : $"{NumberText.Share(of.Share)} of calls come from sampled traces; extrapolation is {(of.IsExtrapolated ? "on" : "off")}.";

    /// <summary>What the switch does with them.</summary>
    public static string Effect(SampledTraces of) => of.SampledCalls == 0 ? ""
        : $"{NumberText.Count(of.SampledCalls)} recorded calls stand for {NumberText.Tokens(of.UnrecordedTokens)} more tokens, {UsdText.Exact(of.UnrecordedUsd)} at the price of these calls. "
        + (of.IsExtrapolated ? "They claim their part of the bill as Trace (sampled), up to what was billed."
            : "What the bill holds of it, and nothing else explains, is unattributed.");

    /// <summary>What the switch would explain, by a trial build of the days: <c>$312.40 of the $980.00 …</c>.</summary>
    public static string Trial(SampledEffect of) =>
        $"{UsdText.Exact(of.ExplainedUsd)} of the {UsdText.Exact(of.UnattributedUsd)} without an owner on {of.Days} billed {(of.Days == 1 ? "day" : "days")} with sampled traces would go to the features of these traces"
        + (of.MovedUsd > 0 ? $"; {UsdText.Exact(of.MovedUsd)} would move from one owner to another." : ".");
}
