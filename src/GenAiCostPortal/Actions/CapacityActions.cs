namespace GenAiCostPortal.Actions;

/// <summary>How the action log calls what is done with capacities, from page and API alike.</summary>
internal static class CapacityActions
{
    public const string Change = "Change a throughput capacity", Remove = "Remove a throughput capacity";
}
