namespace GenAiCostPortal.Ledger.Store;

/// <summary>What a dimension value names. One table holds all, so that rollups and ledger rows carry small numbers.</summary>
public enum DimensionKind : byte
{
    Account = 1, Region = 2, Provider = 3, Model = 4, Feature = 5, Team = 6, Application = 7, Environment = 8,
    Release = 9, Workflow = 10, Agent = 11, Service = 12, BilledService = 13, UsageType = 14, Sender = 15, Resource = 16, Metric = 17, Principal = 18,
    TagSet = 19,
}

/// <summary>A name with a small number. Number 0 is reserved: "not known".</summary>
public sealed class DimensionValue
{
    public int Id { get; set; }
    public DimensionKind Kind { get; set; }
    public required string Name { get; set; }
    /// <summary>What people read when it differs from the name (account name, model display name).</summary>
    public string? Label { get; set; }
    /// <summary>Colour slot 1–10 of the visual system, assigned once; null beyond the tenth.</summary>
    public int? ColourSlot { get; set; }
}
