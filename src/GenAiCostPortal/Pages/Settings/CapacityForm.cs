using GenAiCostPortal.Ledger.Inventory;

namespace GenAiCostPortal.Pages.Settings;

/// <summary>A capacity as it is typed.</summary>
public sealed class CapacityForm
{
    public string Target { get; set; } = "";
    public long? InputTokensPerMinute { get; set; }
    public long? OutputTokensPerMinute { get; set; }
    public int? ModelUnits { get; set; }

    public ThroughputCapacity Entry => new(Target.Trim(), InputTokensPerMinute, OutputTokensPerMinute, ModelUnits);

    /// <summary>Why it cannot be kept; empty when it can.</summary>
    public string Mistake => string.Join(" ", CapacityDesk.Mistakes(Entry).Values.Distinct());

    public bool IsEmpty => Target.Length == 0 && InputTokensPerMinute is null && OutputTokensPerMinute is null && ModelUnits is null;

    public static CapacityForm Of(string target, ThroughputCapacity? entry) => new()
    {
        Target = target, InputTokensPerMinute = entry?.InputTokensPerMinute, OutputTokensPerMinute = entry?.OutputTokensPerMinute, ModelUnits = entry?.ModelUnits,
    };
}
