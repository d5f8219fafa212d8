namespace GenAiCostPortal.Ledger.Costs;

/// <summary>A resource on a day.</summary>
/// <param name="Kind">One of <see cref="Inventory.ResourceKinds"/>.</param>
/// <param name="Id">Its id: the end of its ARN, an endpoint's name.</param>
/// <param name="Owner">Whom its tags name.</param>
/// <param name="Units">What it metered on the day: text units of a guardrail; 0 = nothing known.</param>
/// <param name="HoursUsed">Hours of the day in which it was invoked; null = not metered.</param>
internal sealed record ResourceUse(int AccountId, int RegionId, string Kind, string Id, PartOwner Owner, decimal Units = 0, int? HoursUsed = null)
{
    /// <summary>Models that are called when it is called: its own ARN, or what its endpoint serves.</summary>
    public IReadOnlySet<int> Models { get; init; } = new HashSet<int>();

    /// <summary>The foundation model behind provisioned throughput; 0 = not known.</summary>
    public int BaseModelId { get; init; }

    /// <summary>Model units of provisioned throughput; 0 = not known.</summary>
    public int ModelUnits { get; init; }

    /// <summary>How full provisioned throughput was by the hour; null where nobody entered what it can carry.</summary>
    public ThroughputDay? Throughput { get; init; }

    /// <summary>Requests to a guardrail that CloudWatch metered; 0 = nothing known.</summary>
    public decimal Invocations { get; init; }
}

/// <summary>Recorded calls of one hour through provisioned throughput.</summary>
/// <param name="Hour">0 to 23, UTC.</param>
internal sealed record HourlyClaim(int Hour, CallClaim Claim);

/// <summary>What went through provisioned throughput by the hour of a day, beside what it can carry.</summary>
/// <param name="InputPerHour">Input tokens an hour, all model units; null where that side was not entered.</param>
/// <param name="OutputPerHour">The same for output.</param>
/// <param name="MeteredInput">Input tokens by hour as CloudWatch counts them; 24 values, 0 where it metered nothing.</param>
/// <param name="MeteredOutput">The same for output.</param>
internal sealed record ThroughputDay(
    decimal? InputPerHour, decimal? OutputPerHour, IReadOnlyList<decimal> MeteredInput, IReadOnlyList<decimal> MeteredOutput, IReadOnlyCollection<HourlyClaim> Calls)
{
    public const int Hours = 24;

    /// <summary>Tokens as provisioned throughput counts them: what a cache served is not read again.</summary>
    public static decimal InputOf(CallClaim claim) => claim.Tokens.Input + claim.Tokens.CacheWrite;

    /// <summary>Share of an hour's capacity on its fuller side; above 1 where more went through than was entered.</summary>
    public decimal Fullness(decimal input, decimal output) => Math.Max(Share(input, InputPerHour), Share(output, OutputPerHour));

    /// <summary>Share of an hour's capacity that these tokens take, both sides together.</summary>
    public decimal Load(decimal input, decimal output) => Share(input, InputPerHour) + Share(output, OutputPerHour);

    private static decimal Share(decimal tokens, decimal? capacity) => capacity is > 0 ? tokens / capacity.Value : 0;
}

/// <summary>Recorded calls of one set of owners through one guardrail on a day.</summary>
/// <param name="GuardrailId">As the call names it.</param>
/// <param name="Claim">Prompt tokens are its input, cached or not.</param>
/// <param name="CallsWithoutTokens">Of the claim's calls, those whose counts are unknown.</param>
internal sealed record GuardedCalls(string GuardrailId, CallClaim Claim, long CallsWithoutTokens = 0);
