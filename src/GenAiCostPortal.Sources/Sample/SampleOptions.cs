namespace GenAiCostPortal.Sources.Sample;

/// <summary>The sample organisation (contract: <c>Sample:*</c>).</summary>
public sealed class SampleOptions
{
    /// <summary>Whether this is the sample organisation's store.</summary>
    public bool Enabled { get; set; }

    /// <summary>Days of bill and metrics before today.</summary>
    public int Days { get; set; } = 90;

    /// <summary>The same seed and the same <see cref="Now"/> make the same history to the byte.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>End of the made history, UTC; null = the time of the start.</summary>
    public DateTime? Now { get; set; }
}
