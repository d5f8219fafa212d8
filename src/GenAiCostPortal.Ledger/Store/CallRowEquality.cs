using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>Whether a call read anew says the same as the stored row.</summary>
internal static class CallRowEquality
{
    public static bool AreSame(CallRow a, CallRow b) =>
        a.StartUnixMs == b.StartUnixMs && a.DurationMs.Equals(b.DurationMs) && Nullable.Equals(a.TimeToFirstTokenMs, b.TimeToFirstTokenMs)
        && a.UsageSeriesId == b.UsageSeriesId && a.CostSeriesId == b.CostSeriesId && a.Status == b.Status && a.TokenState == b.TokenState
        && a.Flags == b.Flags && a.CostState == b.CostState && a.Tokens == b.Tokens && a.EstimatedCostNanoUsd == b.EstimatedCostNanoUsd
        && a.RequestId == b.RequestId && a.ErrorType == b.ErrorType && a.Detail == b.Detail && a.Doors == b.Doors && a.GuardrailId == b.GuardrailId && a.KeptOf2Pow56 == b.KeptOf2Pow56;
}
