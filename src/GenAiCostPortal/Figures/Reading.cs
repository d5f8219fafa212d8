namespace GenAiCostPortal.Figures;

/// <summary>Where a block stands with its figures.</summary>
public sealed class Reading<T>
{
    /// <summary>The last good answer; stays while a newer one is read or fails.</summary>
    public T? Answer { get; set; }
    public DateTime ReadAt { get; set; }
    /// <summary>Set when the last attempt failed; the id is in the log.</summary>
    public string? FaultId { get; set; }
    /// <summary>The attempt has taken longer than 150 ms.</summary>
    public bool IsSlow { get; set; }
    /// <summary>The answer shown belongs to an earlier question, or a newer one has been on its way for longer than 150 ms.</summary>
    public bool IsStale => Answer is not null && (IsSlow || FaultId is not null);
}
