namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What the ledger may do beyond what was recorded (contract: <c>Ledger:*</c>).</summary>
/// <param name="ExtrapolateSampledTraces">Calls of sampled traces claim of the bill what they stand for: each 1/p times its tokens (algorithms §4, step 3).</param>
public sealed record LedgerOptions(bool ExtrapolateSampledTraces = false);
