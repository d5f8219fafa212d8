namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>When a series counts as unusual (algorithms §6). Floors in the unit of the series: USD or tokens.</summary>
/// <param name="Floor">Least excess of a step.</param>
/// <param name="Epsilon">Added on both sides of a ratio, so that small numbers say little.</param>
/// <param name="Spreads">Residual in spreads from which on a step is unusual.</param>
public sealed record SpikeSettings(double Floor, double FloorPerDay, double Epsilon, double Spreads = 4)
{
    /// <summary>1 USD an hour, 10 USD a day.</summary>
    public static readonly SpikeSettings CostPerHour = new(1, 10, 0.05);
    public static readonly SpikeSettings CostPerDay = new(10, 10, 0.05);
    /// <summary>100,000 tokens an hour.</summary>
    public static readonly SpikeSettings TokensPerHour = new(100_000, 1_000_000, 1_000);
}

/// <summary>How long the steps of a series are and what follows from it.</summary>
/// <param name="PerDay">Steps of a day.</param>
/// <param name="EndsAfter">Normal steps that end a spike; shorter gaps join.</param>
/// <param name="ShiftsAfter">Steps after which a spike is the new usual: 72 hours.</param>
public sealed record SpikeSteps(int PerDay, int EndsAfter, int ShiftsAfter)
{
    public static readonly SpikeSteps Hours = new(24, 3, 72);
    public static readonly SpikeSteps Days = new(1, 1, 3);
    public int PerWeek => 7 * PerDay;
    public TimeSpan Length => TimeSpan.FromDays(1) / PerDay;
}

/// <summary>A series of cost or tokens in equal steps without gaps; steps without data are zero.</summary>
/// <param name="Start">Midnight UTC.</param>
/// <param name="IsLastRunning">The last step is not over: it counts with what has accrued, and never as a drop.</param>
public sealed record SpikeSeries(DateTime Start, SpikeSteps Steps, double[] Values, bool IsLastRunning)
{
    public DateTime TimeOf(int step) => Start + step * Steps.Length;
}

/// <summary>A stretch that left the usual course, in steps of its series; <paramref name="End"/> exclusive.</summary>
/// <param name="FoundAt">Step at which it was clear.</param>
public sealed record SpikeFinding(SpikeKind Kind, int Start, int End, int FoundAt, bool IsRunning, double Seen, double Expected, double PeakSpreads)
{
    public double Excess => Seen - Expected;
}

/// <summary>What was found, and the expected course beside it; NaN where none is known yet.</summary>
public sealed record SpikeReading(IReadOnlyList<SpikeFinding> Findings, double[] Expected, double[] Spread);
