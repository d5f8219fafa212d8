namespace GenAiCostPortal.Ledger.Costs;

/// <summary>One day: the bill beside the ledger. USD.</summary>
/// <param name="EstimatedUsd">Frozen estimate of the day (before its first bill); for an open day the current estimate.</param>
/// <param name="ErrorShare">
/// (frozen estimate − closed bill) ÷ closed bill, both of AWS-billed tokens only; null while open or without an estimate.
/// </param>
public sealed record ReconciliationDay(
    DateOnly Day, decimal BilledUsd, decimal LedgerUsd, decimal AttributedUsd, decimal UnattributedUsd, decimal? EstimatedUsd,
    decimal? ErrorShare, IReadOnlyDictionary<AllocationMethod, decimal> ByMethod, IReadOnlyDictionary<UnattributedReason, decimal> ByReason, bool IsClosed)
{
    /// <summary>The close of the day in one sentence; empty while it is open.</summary>
    public string ClosedSentence { get; init; } = "";

    /// <summary>Ledger − bill; zero unless the day waits for its ledger to be built.</summary>
    public decimal DifferenceUsd => LedgerUsd - BilledUsd;

    /// <summary>By tag, principal, log, trace, metric or resource.</summary>
    public decimal MeasuredUsd => ByMethod.Where(m => IsMeasured(m.Key)).Sum(m => m.Value);

    /// <summary>By owner rule or split rule.</summary>
    public decimal DeclaredUsd => ByMethod.Where(m => IsDeclared(m.Key)).Sum(m => m.Value);

    /// <summary>What the day rests on: final bill, preliminary bill, or the estimate alone.</summary>
    public Basis Basis { get; init; } = Basis.Estimated;

    /// <summary>First and last read of the bill, UTC; null without a bill.</summary>
    public DateTime? FirstReadAt { get; init; }
    public DateTime? ReadAt { get; init; }

    /// <summary>Times AWS changed the bill of the day after it was first read, over all accounts.</summary>
    public int Restatements { get; init; }

    /// <summary>Accounts with a bill of the day, and those of them that are still open.</summary>
    public int Accounts { get; init; }
    public int OpenAccounts { get; init; }

    /// <summary>Of these accounts, those whose ledger is to be built anew: their bill is newer than it.</summary>
    public int WaitingAccounts { get; init; }

    /// <summary>What the payer spent outside the GenAI scope.</summary>
    public decimal OutsideScopeUsd { get; init; }

    /// <summary>Estimated cost of calls that AWS does not bill; in no sum.</summary>
    public decimal OffBillUsd { get; init; }

    /// <summary>Owners' parts that moved when the day was built again.</summary>
    public int Adjustments { get; init; }

    public static bool IsDeclared(AllocationMethod method) => method is AllocationMethod.Rule or AllocationMethod.Shared;
    public static bool IsMeasured(AllocationMethod method) => method != AllocationMethod.Unattributed && !IsDeclared(method);
}
