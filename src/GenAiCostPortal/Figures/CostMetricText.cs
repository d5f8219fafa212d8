namespace GenAiCostPortal.Figures;

/// <summary>AWS's cost metrics in words.</summary>
internal static class CostMetricText
{
    /// <summary><c>UnblendedCost</c> becomes <c>unblended</c>.</summary>
    public static string Of(string metric) => metric switch
    {
        "NetUnblendedCost" => "net unblended",
        "AmortizedCost" => "amortised",
        "NetAmortizedCost" => "net amortised",
        _ => "unblended",
    };
}
