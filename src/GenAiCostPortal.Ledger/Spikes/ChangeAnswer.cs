namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>A question: why did this window cost what it cost?</summary>
/// <param name="BaselineFrom">Chosen comparison; null = the same hours of the week in the four weeks before.</param>
public sealed record ChangeQuery(DateTime From, DateTime To, DateTime? BaselineFrom, DateTime? BaselineTo, Costs.SpendFilter Filter)
{
    /// <summary>Ids of spikes whose hours stay in the baseline, because they are what is explained.</summary>
    public long? ForSpike { get; init; }
}

/// <summary>One effect as shown. USD.</summary>
/// <param name="Share">Part of the whole change; null when the whole did not change.</param>
/// <param name="Text">What moved, in words.</param>
public sealed record EffectLine(
    string Factor, string Name, decimal Usd, double? Share, double? From, double? To, string Unit, string Feature, string Model, string Since, string Text);

/// <summary>What a feature × model × release cost in both windows, and how its calls were. USD.</summary>
/// <param name="Requests">Null when not known.</param>
public sealed record CellLine(
    string Feature, string Model, string Release, decimal BaselineUsd, decimal ActualUsd, double Calls, double? Requests, double? CallsPerRequest,
    double? PromptTokensPerCall, double? OutputTokensPerCall, string Note)
{
    public decimal ChangeUsd => ActualUsd - BaselineUsd;
}

/// <summary>Money spent on attempts that failed and on steps that repeat, in the later window. USD.</summary>
/// <param name="LoopUsd">Cost of looping requests above the usual request; null when no usual one is known.</param>
public sealed record WasteLine(decimal RetryUsd, double RetriedCalls, decimal? LoopUsd, int LoopedRequests);

/// <summary>A change taken apart. All of it adds up: baseline + effects = actual, to the nano-USD.</summary>
/// <param name="Baseline">What it is compared with, in words.</param>
/// <param name="FirstSeenRelease">Release since which the leading cause holds; empty when releases do not explain it.</param>
/// <param name="Unknown">What this explanation cannot know, one sentence each.</param>
public sealed record ChangeAnswer(
    DateTime From, DateTime To, DateTime? BaselineFrom, DateTime? BaselineTo, string Baseline, string Basis,
    decimal BaselineUsd, decimal ActualUsd, decimal ImpactUsd, string Sentence, IReadOnlyList<EffectLine> Effects, IReadOnlyList<CellLine> Cells,
    string FirstSeenRelease, DateTime? FirstSeenAt, WasteLine Waste, IReadOnlyList<string> Unknown)
{
    /// <summary>Feature, model and release in which the leading cause lies: where to look for traces. 0 = none.</summary>
    public int LeadingFeatureId { get; init; }
    public int LeadingModelId { get; init; }
    public int LeadingReleaseId { get; init; }
}
