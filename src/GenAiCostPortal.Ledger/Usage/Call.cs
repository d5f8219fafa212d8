using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Where a call's token counts come from (algorithms §2.7). Unknown is not zero.</summary>
public enum TokenState : byte { Reported = 0, Inferred = 1, Unknown = 2 }

/// <summary>How a call ended. Throttled, denied and invalid calls are not billable; timeouts and cancellations after the first token are.</summary>
public enum CallStatus : byte { Ok = 0, Error = 1, Throttled = 2, Denied = 3, Invalid = 4, Timeout = 5, Cancelled = 6 }

/// <summary>Where the dollar of a call is on the way.</summary>
public enum CostState : byte
{
    Priced = 0,
    /// <summary>A token kind of the call has no price; the cost holds the others.</summary>
    PartiallyPriced = 1,
    /// <summary>No price at all. The cost is unknown, not zero.</summary>
    Unpriced = 2,
    NotBillable = 3,
    /// <summary>Token counts unknown, so is the cost.</summary>
    NoTokens = 4,
}

/// <summary>Things worth knowing about a call's numbers.</summary>
[Flags]
public enum CallFlags
{
    None = 0,
    /// <summary>The sender's convention was taken from spelling alone.</summary>
    Assumed = 1,
    /// <summary>The counts contradict each other; what was sent is kept.</summary>
    TokensInconsistent = 2,
    /// <summary>Provider not billed through AWS.</summary>
    OffBill = 4,
    /// <summary>A later attempt of a failed call.</summary>
    IsRetry = 8,
    /// <summary>Part of a step repeated five times or more in its trace.</summary>
    IsLoop = 16,
    /// <summary>Model name not resolved.</summary>
    ModelUnresolved = 32,
    /// <summary>Account or region were not on the call.</summary>
    AccountUnknown = 64,
    /// <summary>Priced with the standard tier because the tier was not sent.</summary>
    TierAssumed = 128,
    /// <summary>A failed attempt that a later sibling retried.</summary>
    WasRetried = 256,
    /// <summary>Picked from the invocation log because it was among the dearest or longest of its hour: its times say nothing of the others.</summary>
    IsPicked = 512,
}

/// <summary>Who a call belongs to; empty text is "not known".</summary>
public sealed record CallOwners(
    string Feature, string Team, string Application, string Environment, string Release, string Workflow, string Agent)
{
    public static readonly CallOwners None = new("", "", "", "", "", "", "");
}

/// <summary>One model invocation, understood: a leaf inference span or an invocation-log record. Failed and throttled ones included.</summary>
public sealed record Call
{
    public required TraceId TraceId { get; init; }
    /// <summary>The span that stands for the call (of nested spans of one call, the innermost).</summary>
    public required SpanId SpanId { get; init; }
    /// <summary>Bedrock request id where a sender gives one; empty otherwise.</summary>
    public string RequestId { get; init; } = "";
    /// <summary>UTC.</summary>
    public required DateTime Start { get; init; }
    public required double DurationMs { get; init; }
    /// <summary>Milliseconds to the first token of a stream; null when not sent.</summary>
    public double? TimeToFirstTokenMs { get; init; }
    public required ModelName Model { get; init; }
    public ServiceTier Tier { get; init; }
    public ContextBand Band { get; init; }
    /// <summary>Twelve digits; empty when not known.</summary>
    public string AccountId { get; init; } = "";
    /// <summary>Empty when not known.</summary>
    public string Region { get; init; } = "";
    /// <summary>OTel <c>service.name</c>.</summary>
    public string Service { get; init; } = "";
    public CallOwners Owners { get; init; } = CallOwners.None;
    public TokenCounts Tokens { get; init; }
    public TokenState TokenState { get; init; }
    public CallStatus Status { get; init; }
    /// <summary><c>error.type</c> as sent.</summary>
    public string ErrorType { get; init; } = "";
    public CallFlags Flags { get; init; }
    /// <summary>How the counts were understood: the row of the sender table or the rule, in words.</summary>
    public string Reading { get; init; } = "";
    /// <summary>Instrumentation scope and version.</summary>
    public string Sender { get; init; } = "";
    /// <summary>Cost the sender itself reported, USD; shown as "reported", never used.</summary>
    public decimal? SenderReportedCostUsd { get; init; }
    /// <summary>Operation: <c>chat</c>, <c>embeddings</c> …; empty when not sent.</summary>
    public string Operation { get; init; } = "";
    /// <summary>Keyed hash of the prompt for loop detection; null when no prompt was sent.</summary>
    public long? PromptHash { get; init; }
    /// <summary>Attempts an SDK made inside this call beyond the first (<c>aws.retries</c>).</summary>
    public int HiddenRetries { get; init; }
    /// <summary>Id of the Bedrock guardrail that it passed; empty when none was sent.</summary>
    public string Guardrail { get; init; } = "";
    /// <summary>Doors that tell of it.</summary>
    public Doors Doors { get; init; } = Doors.Otlp;
    /// <summary>With which probability its trace was kept, where only traces tell of it and its sender says.</summary>
    public SampledShare Sampled { get; init; }

    public bool IsOffBill => (Flags & CallFlags.OffBill) != 0;
    /// <summary>Throttled, denied and invalid calls cost nothing.</summary>
    public bool IsBillable => Status is not (CallStatus.Throttled or CallStatus.Denied or CallStatus.Invalid);
}
