using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Figures;

/// <summary>Dimensions, components, methods and reasons in words.</summary>
public static class DimensionText
{
    public static string Name(SpendDimension dimension) => dimension switch
    {
        SpendDimension.TokenKind => "Token kind",
        SpendDimension.Component => "Cost component",
        SpendDimension.Service => "AWS service",
        _ => dimension.ToString(),
    };

    /// <summary>Key of a row whose dimension is an enumeration, in words.</summary>
    public static string Value(SpendDimension dimension, string key) => dimension switch
    {
        SpendDimension.Component when Enum.TryParse<CostComponent>(key, ignoreCase: true, out var component) => Component(component),
        SpendDimension.Method when Enum.TryParse<AllocationMethod>(key, ignoreCase: true, out var method) => Method(method),
        SpendDimension.TokenKind when Enum.TryParse<Ledger.Usage.TokenKind>(key, ignoreCase: true, out var kind) => TokenKind(kind),
        SpendDimension.TokenKind or SpendDimension.Tier => Spaced(key),
        _ => key,
    };

    public static string Component(CostComponent component) => component switch
    {
        CostComponent.Input => "Input tokens",
        CostComponent.Output => "Output tokens",
        CostComponent.CacheRead => "Cache read",
        CostComponent.CacheWrite => "Cache write",
        CostComponent.ProvisionedThroughput => "Provisioned throughput",
        CostComponent.Guardrails => "Guardrails and safety",
        CostComponent.NetworkAndStorage => "Network and storage",
        _ => component.ToString(),
    };

    public static string TokenKind(Ledger.Usage.TokenKind kind) => kind switch
    {
        Ledger.Usage.TokenKind.CacheRead => "Cache read",
        Ledger.Usage.TokenKind.CacheWrite5m => "Cache write, 5 min",
        Ledger.Usage.TokenKind.CacheWrite30m => "Cache write, 30 min",
        Ledger.Usage.TokenKind.CacheWrite1h => "Cache write, 1 h",
        _ => kind.ToString(),
    };

    public static string Method(AllocationMethod method) => method switch
    {
        AllocationMethod.InvocationLog => "Invocation log",
        AllocationMethod.TraceSampled => "Trace (sampled)",
        _ => method.ToString(),
    };

    /// <summary>How a method finds the owner, in a few words.</summary>
    public static string MethodHow(AllocationMethod method) => method switch
    {
        AllocationMethod.Tag => "tag on the billed line",
        AllocationMethod.Principal => "role mapped by a rule",
        AllocationMethod.InvocationLog => "share of logged tokens",
        AllocationMethod.Trace => "share of traced tokens",
        AllocationMethod.TraceSampled => "share of the tokens that sampled traces stand for",
        AllocationMethod.Metric => "share of metered tokens",
        AllocationMethod.Resource => "use of the resource",
        AllocationMethod.Rule => "owner rule",
        AllocationMethod.Shared => "split rule",
        _ => "no owner found",
    };

    /// <summary>Money that some method gave to an owner who has no name of this kind.</summary>
    public static string OwnedWithout(SpendDimension dimension, decimal usd) => $"{UsdText.Exact(usd)} owned, no {Name(dimension).ToLowerInvariant()}";

    public static string Reason(UnattributedReason reason) => reason switch
    {
        UnattributedReason.NoCallRecorded => "no call recorded",
        UnattributedReason.RegionNotLogged => "no logging or tracing in the region",
        UnattributedReason.NoUsageSignal => "cannot be logged: no usage signal",
        UnattributedReason.UnknownUsageType => "usage type not understood",
        UnattributedReason.NothingToFollow => "tax, credit or fee with nothing to follow",
        UnattributedReason.NoFeatureOnCall => "the calls name no feature",
        _ => "no reason given",
    };

    private static string Spaced(string key) =>
        key.Length == 0 ? key : char.ToUpperInvariant(key[0]) + string.Concat(key[1..].Select(c => char.IsUpper(c) ? " " + char.ToLowerInvariant(c) : c.ToString()));
}
