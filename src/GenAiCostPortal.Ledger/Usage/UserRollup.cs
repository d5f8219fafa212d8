namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// Requests with a user per UTC day and the usage series that the request is booked under (owners only). Kept for ever, without any
/// name of a user. Key: day, series.
/// </summary>
public sealed class UserRollup
{
    public DateOnly Day { get; set; }
    public int SeriesId { get; set; }
    public long Requests { get; set; }
    /// <summary>Of these, requests with a billable call whose cost is unknown or known in part only.</summary>
    public long RequestsWithoutCost { get; set; }
    /// <summary>Estimated cost of all calls of these requests, nano-USD.</summary>
    public long EstimatedCostNanoUsd { get; set; }
    /// <summary>Sketch of the distinct users, as bytes.</summary>
    public byte[]? Users { get; set; }
}
