using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Ledger.Focus;

/// <summary>Service categories of FOCUS for the AWS services that GenAI is billed under.</summary>
internal static class FocusServices
{
    private const string Edition = "(Amazon Bedrock Edition)";

    private static readonly (string Part, string Category, string Subcategory)[] Known =
    [
        ("Bedrock", "AI and Machine Learning", "Generative AI"),
        ("Amazon Q", "AI and Machine Learning", "Generative AI"),
        ("SageMaker", "AI and Machine Learning", "Machine Learning"),
        ("Kendra", "AI and Machine Learning", "Other (AI and Machine Learning)"),
        ("OpenSearch", "Analytics", "Search"),
        ("Lambda", "Compute", "Serverless Compute"),
        ("Step Functions", "Integration", "Workflow Orchestration"),
        ("API Gateway", "Integration", "API Management"),
        ("CloudWatch", "Management and Governance", "Observability"),
        ("X-Ray", "Management and Governance", "Observability"),
        ("Simple Storage Service", "Storage", "Object Storage"),
        ("DynamoDB", "Databases", "NoSQL Databases"),
        ("Relational Database", "Databases", "Relational Databases"),
    ];

    public static (string Category, string Subcategory) Of(string service)
    {
        foreach (var (part, category, subcategory) in Known)
            if (service.Contains(part, StringComparison.OrdinalIgnoreCase)) return (category, subcategory);
        return ("Other", "Other (Other)");
    }

    /// <summary>Who made what is sold: the vendor of a model of the marketplace, else AWS.</summary>
    public static string Publisher(string service, string provider) =>
        !service.EndsWith(Edition, StringComparison.OrdinalIgnoreCase) || provider.Length == 0 ? "AWS" : char.ToUpperInvariant(provider[0]) + provider[1..];

    /// <summary>FOCUS has five categories; discounts and fees that repeat are told apart in <c>x_ChargeCategory</c>.</summary>
    public static string Category(ChargeCategory category) => category switch
    {
        ChargeCategory.Usage => "Usage",
        ChargeCategory.Tax => "Tax",
        ChargeCategory.Credit => "Credit",
        ChargeCategory.Support or ChargeCategory.Fee => "Purchase",
        _ => "Adjustment",
    };

    public static string Frequency(ChargeCategory category) => category switch
    {
        ChargeCategory.Usage => "Usage-Based",
        ChargeCategory.Support => "Recurring",
        _ => "One-Time",
    };
}
