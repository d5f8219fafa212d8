namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>What a series of cost or tokens is about.</summary>
public enum SpikeScope : byte { Total = 0, Feature = 1, Account = 2, Model = 3 }

/// <summary>How a series left its usual course.</summary>
public enum SpikeKind : byte
{
    Spike = 0,
    /// <summary>Higher for 72 hours: the new usual.</summary>
    LevelShift = 1,
    /// <summary>Far below the usual; often a feed that is silent.</summary>
    Drop = 2,
    /// <summary>Growing day after day.</summary>
    Ramp = 3,
}

/// <summary>What people did about it.</summary>
public enum SpikeStatus : byte { Open = 0, Acknowledged = 1, Expected = 2, Resolved = 3 }

/// <summary>What is measured.</summary>
public enum SpikeMeasure : byte { Cost = 0, Tokens = 1 }

/// <summary>Where it was seen: as it happened by the hour, or on the bill by the day.</summary>
public enum SpikeGrain : byte { Hour = 0, Day = 1 }

/// <summary>What the bill says of an estimated spike.</summary>
public enum SpikeConfirmation : byte
{
    NotBilledYet = 0,
    Confirmed = 1,
    /// <summary>Billed, but more than a tenth beside the estimate.</summary>
    Corrected = 2,
    /// <summary>The bill shows no excess.</summary>
    Denied = 3,
}

/// <summary>A stretch of time in which a series left its usual course. Times UTC; money estimated, USD as nano-USD.</summary>
public sealed class Spike
{
    public long Id { get; set; }
    public SpikeScope Scope { get; set; }
    /// <summary>Dimension value; 0 for the total, and for what names no feature or model.</summary>
    public int ScopeId { get; set; }
    public SpikeMeasure Measure { get; set; }
    public SpikeGrain Grain { get; set; }
    public SpikeKind Kind { get; set; }
    public SpikeStatus Status { get; set; }
    /// <summary>First hour (or day) of it.</summary>
    public DateTime Start { get; set; }
    /// <summary>Exclusive end so far; final when <see cref="IsRunning"/> is false.</summary>
    public DateTime End { get; set; }
    public bool IsRunning { get; set; }
    /// <summary>C1 − C0 of its explanation (algorithms §7).</summary>
    public long ImpactNanoUsd { get; set; }
    public long BaselineNanoUsd { get; set; }
    public long ActualNanoUsd { get; set; }
    /// <summary>In the unit of <see cref="Measure"/>: what the detector saw and expected (nano-USD or tokens).</summary>
    public double Seen { get; set; }
    public double Expected { get; set; }
    /// <summary>Largest residual in spreads (r ÷ σ).</summary>
    public double PeakSpreads { get; set; }
    public string Sentence { get; set; } = "";
    /// <summary>The explanation as JSON (the answer of the explanation).</summary>
    public string Explanation { get; set; } = "";
    public string FirstSeenRelease { get; set; } = "";
    /// <summary>Feeds that were silent or failing meanwhile, in words; drops name them first.</summary>
    public string FeedHealth { get; set; } = "";
    public string Owner { get; set; } = "";
    /// <summary>The narrower spike that explains most of this one; such a row is not listed by itself.</summary>
    public long? PartOfId { get; set; }
    public SpikeConfirmation Confirmation { get; set; }
    /// <summary>What the bill says its window cost; null until every day of it is closed.</summary>
    public long? BilledNanoUsd { get; set; }
    /// <summary>What the window was estimated at when it was confirmed.</summary>
    public long? EstimatedNanoUsd { get; set; }
    public DateTime? ConfirmedAt { get; set; }
    public DateTime DetectedAt { get; set; }
    public DateTime UpdatedAt { get; set; }
    public string StatusBy { get; set; } = "";
    public DateTime? StatusAt { get; set; }
    /// <summary>Grows with each change, so that a reader can tell what it has not seen.</summary>
    public int Version { get; set; }
    /// <summary>Late data took it back: nothing of it is unusual any more.</summary>
    public bool IsWithdrawn { get; set; }
}

/// <summary>What somebody said about a spike.</summary>
public sealed class SpikeComment
{
    public long Id { get; set; }
    public long SpikeId { get; set; }
    public DateTime At { get; set; }
    public required string Who { get; set; }
    public required string Text { get; set; }
}

/// <summary>Why a trace was chosen to show a spike.</summary>
public enum ExemplarRole : byte { Typical = 0, Dearest = 1, Before = 2 }

/// <summary>A trace that shows a spike; retention spares it. Key: spike, trace.</summary>
public sealed class SpikeExemplar
{
    public long SpikeId { get; set; }
    public long TraceKey { get; set; }
    public ExemplarRole Role { get; set; }
    public int Rank { get; set; }
}

/// <summary>From when on a series counts as unusual. Key: scope and its id; id 0 holds for the whole scope.</summary>
public sealed class SpikeThreshold
{
    public SpikeScope Scope { get; set; }
    public int ScopeId { get; set; }
    public bool IsOff { get; set; }
    public long FloorNanoUsdPerHour { get; set; }
    public long FloorNanoUsdPerDay { get; set; }
    public long FloorTokensPerHour { get; set; }
    /// <summary>Residual in spreads.</summary>
    public double Spreads { get; set; }
    public string Who { get; set; } = "";
    public DateTime At { get; set; }
}
