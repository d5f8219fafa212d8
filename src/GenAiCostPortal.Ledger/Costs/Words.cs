namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What a figure rests on (product.md, Words).</summary>
public enum Basis : byte
{
    /// <summary>Final on the AWS bill.</summary>
    Billed = 0,
    /// <summary>On the bill, still marked estimated by AWS.</summary>
    BilledPreliminary = 1,
    /// <summary>Tokens × price, not billed yet.</summary>
    Estimated = 2,
    /// <summary>Part bill, part estimate.</summary>
    Mixed = 3,
    /// <summary>Never on the AWS bill.</summary>
    OffBill = 4,
}

/// <summary>How a billed dollar reached a feature. Rule and Shared are declared, all others but Unattributed are measured.</summary>
public enum AllocationMethod : byte
{
    Unattributed = 0,
    Tag = 1,
    Principal = 2,
    InvocationLog = 3,
    Trace = 4,
    Metric = 5,
    Resource = 6,
    Rule = 7,
    Shared = 8,
    /// <summary>Traces of a known sampling probability, each counted 1/p times: measured, with an estimate of what was not recorded.</summary>
    TraceSampled = 9,
}

/// <summary>What methods have in common.</summary>
public static class AllocationMethods
{
    /// <summary>Recorded calls stand behind it.</summary>
    public static bool IsOfCalls(this AllocationMethod method) => method is AllocationMethod.Trace or AllocationMethod.InvocationLog or AllocationMethod.TraceSampled;

    /// <summary>Place in a list: from what is nearest to a proof to what is declared, Unattributed last.</summary>
    public static int Order(this AllocationMethod method) => method switch
    {
        AllocationMethod.Unattributed => int.MaxValue,
        AllocationMethod.TraceSampled => (int)AllocationMethod.Trace * 2 + 1,
        _ => (int)method * 2,
    };
}

/// <summary>Why an amount has no owner; stored beside <see cref="AllocationMethod.Unattributed"/>.</summary>
public enum UnattributedReason : byte
{
    None = 0,
    /// <summary>Billed or metered quantity above what any recorded call explains.</summary>
    NoCallRecorded = 1,
    /// <summary>No recorded call at all in this account and region: logging and tracing are off there.</summary>
    RegionNotLogged = 2,
    /// <summary>The component carries no usage signal (storage, network, support …) and no rule covers it.</summary>
    NoUsageSignal = 3,
    /// <summary>The usage type is not understood.</summary>
    UnknownUsageType = 4,
    /// <summary>Tax, credit, refund or fee with nothing of that service and day to follow.</summary>
    NothingToFollow = 5,
    /// <summary>A call was recorded, but it names no feature.</summary>
    NoFeatureOnCall = 6,
}

/// <summary>Charge categories as in FOCUS, with Support kept apart.</summary>
public enum ChargeCategory : byte
{
    Usage = 0,
    Credit = 1,
    Discount = 2,
    Refund = 3,
    Tax = 4,
    Support = 5,
    Fee = 6,
}

/// <summary>Cost component (product.md, Words). The inference components follow the token kinds.</summary>
public enum CostComponent : byte
{
    Input = 0,
    Output = 1,
    CacheRead = 2,
    CacheWrite = 3,
    Batch = 4,
    ProvisionedThroughput = 5,
    Customisation = 6,
    Guardrails = 7,
    Retrieval = 8,
    Orchestration = 9,
    Hosting = 10,
    Observability = 11,
    NetworkAndStorage = 12,
    Other = 13,
}

/// <summary>Things worth knowing about a ledger entry.</summary>
[Flags]
public enum LedgerFlags
{
    None = 0,
    /// <summary>Recorded calls hold more tokens than the bill; the bill was shared in proportion.</summary>
    OverReported = 1,
    /// <summary>The account of the calls was inferred from the pools of that model and day.</summary>
    AccountInferred = 2,
    /// <summary>The tier was not known and taken as standard.</summary>
    TierAssumed = 4,
    /// <summary>Owners (team, application, environment) follow from the feature's own calls, not from the line.</summary>
    OwnersFromFeature = 8,
    /// <summary>Capacity paid for and not used; owned by whom the resource belongs to.</summary>
    Idle = 16,
    /// <summary>Recorded calls were a sample; their tokens were extrapolated.</summary>
    Sampled = 32,
}
