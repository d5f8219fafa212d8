using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Figures;

/// <summary>Colours of methods: darker is nearer to a proof, the last two are declared.</summary>
public static class MethodColour
{
    public static string Of(AllocationMethod method) => method switch
    {
        AllocationMethod.Tag => "var(--seq-7)",
        AllocationMethod.Principal => "var(--seq-6)",
        AllocationMethod.InvocationLog => "var(--seq-5)",
        AllocationMethod.Trace => "var(--seq-4)",
        AllocationMethod.TraceSampled or AllocationMethod.Metric or AllocationMethod.Resource => "var(--seq-3)",
        AllocationMethod.Rule or AllocationMethod.Shared => "var(--seq-2)",
        _ => "var(--cat-rest)",
    };
}
