using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Figures;

/// <summary>What would give an owner to money that has none, in a sentence. Names a step, never a promise.</summary>
public static class CureText
{
    /// <summary>What the slice is: <c>No call recorded · eu-west-1 · 111122223333</c>.</summary>
    public static string What(UnexplainedSlice slice)
    {
        if (slice.Cure == Ledger.Costs.Cure.FollowsUsage) return $"{slice.Category} on usage without an owner";
        var reason = DimensionText.Reason(slice.Reason);
        return char.ToUpperInvariant(reason[0]) + reason[1..];
    }

    /// <summary>Where the dollars are.</summary>
    public static string Where(UnexplainedSlice slice)
    {
        var parts = new List<string>();
        if (slice.Component is { } component) parts.Add(DimensionText.Component(component));
        if (slice.Application.Length > 0) parts.Add(slice.Application);
        if (slice.Service.Length > 0) parts.Add(slice.Service);
        if (slice.UsageType.Length > 0) parts.Add(slice.UsageType);
        if (slice.Category != ChargeCategory.Usage && slice.Cure != Ledger.Costs.Cure.FollowsUsage) parts.Add(slice.Category.ToString().ToLowerInvariant());
        if (slice.Models.Count > 0) parts.Add(string.Join(", ", slice.Models));
        if (slice.Region.Length > 0) parts.Add(slice.Region);
        if (slice.Account.Length > 0) parts.Add($"account {slice.Account}");
        return string.Join(" · ", parts);
    }

    public static string Cure(UnexplainedSlice slice, FeatureTagState tag) => slice.Cure switch
    {
        Ledger.Costs.Cure.RecordCalls when slice.Reason == UnattributedReason.RegionNotLogged =>
            $"Turn on Bedrock invocation logging in {Place(slice)}, or send spans from the services that call models there.",
        Ledger.Costs.Cure.RecordCalls =>
            $"Some calls in {Place(slice)} reach the portal, these did not. Send spans from the services that are missing, or turn on Bedrock invocation logging there.",
        Ledger.Costs.Cure.NameTheFeature when slice.Application.Length > 0 => $"Set genai.feature on the spans of {slice.Application}: its calls are recorded, but name no feature.",
        Ledger.Costs.Cure.NameTheFeature => "Set genai.feature (or requestMetadata.feature) on these calls: they are recorded, but name no feature and no application.",
        Ledger.Costs.Cure.FollowsUsage => "It follows the usage of its service and day: once that has an owner, so has this.",
        Ledger.Costs.Cure.OwnerRule => $"Nobody knows yet what {Named(slice.UsageType, "this usage type")} is. An owner rule for it, or for account {slice.Account}, gives it an owner.",
        Ledger.Costs.Cure.SplitTheCharge => $"A split rule for this {slice.Category.ToString().ToLowerInvariant()}, or an owner rule for account {slice.Account}: there was no usage of the service that day to follow.",
        _ => $"{Tag(tag)} Or add a split rule for {(slice.Component is { } component ? DimensionText.Component(component).ToLowerInvariant() : "this component")}, or an owner rule for account {slice.Account}.",
    };

    /// <summary>Where in the portal the step is taken.</summary>
    public static (string Path, string Name)? Page(Cure cure) => cure switch
    {
        Ledger.Costs.Cure.RecordCalls => ("/sources", "Sources"),
        Ledger.Costs.Cure.NameTheFeature => ("/settings", "Owner keys"),
        Ledger.Costs.Cure.OwnerRule => ("/settings/rules", "Owner rules"),
        Ledger.Costs.Cure.TagOrSplit or Ledger.Costs.Cure.SplitTheCharge => ("/settings/splits", "Split rules"),
        _ => null,
    };

    private static string Tag(FeatureTagState tag) => tag.IsActive switch
    {
        true => $"Tag the resource with {tag.TagKey}; the tag is active in billing.",
        false => $"Activate {tag.TagKey} as a cost-allocation tag in AWS Billing, and tag the resource with it.",
        _ => $"Tag the resource with {tag.TagKey} and activate it as a cost-allocation tag; whether it is active has not been read.",
    };

    private static string Place(UnexplainedSlice slice) =>
        $"{Named(slice.Region, "this region")}{(slice.Account.Length > 0 ? $" of account {slice.Account}" : "")}";

    private static string Named(string name, string otherwise) => name.Length > 0 ? name : otherwise;
}
