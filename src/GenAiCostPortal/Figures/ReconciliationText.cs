using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Figures;

/// <summary>States of days, causes and flags of the reconciliation in words.</summary>
public static class ReconciliationText
{
    public static string State(ReconciliationDay day) =>
        day.Accounts == 0 ? "not billed yet" : day.IsClosed ? "closed" : day.OpenAccounts == day.Accounts ? "open" : $"open in {day.OpenAccounts} of {day.Accounts} accounts";

    public static string Basis(Basis basis) => basis switch
    {
        Ledger.Costs.Basis.Billed => "billed, final",
        Ledger.Costs.Basis.BilledPreliminary => "billed, AWS still marks it estimated",
        Ledger.Costs.Basis.Mixed => "part billed, part estimated",
        Ledger.Costs.Basis.OffBill => "never on the AWS bill",
        _ => "estimated",
    };

    public static string Cause(AdjustmentCause cause) => cause switch
    {
        AdjustmentCause.Restated => "AWS restated the bill",
        AdjustmentCause.LateCalls => "calls arrived late",
        AdjustmentCause.Rules => "a rule or a setting changed",
        _ => cause.ToString(),
    };

    /// <summary>What is worth knowing about a part; empty when nothing is.</summary>
    public static string Flags(LedgerFlags flags)
    {
        var words = new List<string>();
        if (flags.HasFlag(LedgerFlags.OverReported)) words.Add("more tokens recorded than billed");
        if (flags.HasFlag(LedgerFlags.AccountInferred)) words.Add("account inferred");
        if (flags.HasFlag(LedgerFlags.TierAssumed)) words.Add("tier assumed standard");
        if (flags.HasFlag(LedgerFlags.OwnersFromFeature)) words.Add("team follows from the feature");
        if (flags.HasFlag(LedgerFlags.Idle)) words.Add("idle capacity");
        if (flags.HasFlag(LedgerFlags.Sampled)) words.Add("each call of a sampled trace counts 1 ÷ its sampling probability");
        return string.Join(", ", words);
    }

    /// <summary>How much the estimate was off: <c>2.1 % below the bill</c>; empty while unknown.</summary>
    public static string Error(decimal? share) => share is not { } error ? ""
        : Math.Abs(error) < 0.0005m ? "equal to the bill" : $"{NumberText.Share(Math.Abs(error))} {(error < 0 ? "below" : "above")}";
}
