using GenAiCostPortal.Ledger.Inventory;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Names of Bedrock guardrails as calls give them: an id, or an ARN that ends in it.</summary>
internal static class Guardrails
{
    private const int LongestId = 64;

    /// <summary>The id without ARN and version; empty when the text cannot be one.</summary>
    public static string IdOf(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return "";
        var id = text.Trim();
        id = id[(id.LastIndexOf('/') + 1)..];
        if (id.IndexOf(':', StringComparison.Ordinal) is var version and >= 0) id = id[..version];
        return id.Length <= LongestId ? id.ToLowerInvariant() : "";
    }

    /// <summary>Its name among metered resources, which is what calls are booked under.</summary>
    public static string Resource(string id) => ResourceKinds.Metered(ResourceKinds.Guardrail, id);
}
