using System.Text.Json;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>A Cost Explorer <c>Expression</c> over made bill lines.</summary>
internal static class BillFilter
{
    public static bool Meets(MadeBillLine line, JsonElement expression)
    {
        var roots = expression.EnumerateObject().ToList();
        if (roots.Count != 1) throw Refusal.Validation("Expression must have exactly one root operator.");
        var value = roots[0].Value;
        return roots[0].Name switch
        {
            "And" => value.EnumerateArray().All(e => Meets(line, e)),
            "Or" => value.EnumerateArray().Any(e => Meets(line, e)),
            "Not" => !Meets(line, value),
            "Dimensions" => Holds(value, BillKeys.Dimension(line, Text(value, "Key"))),
            "Tags" => Holds(value, BillKeys.Tag(line, Text(value, "Key"))),
            var other => throw Refusal.Validation($"Operator {other} is not known here."),
        };
    }

    private static bool Holds(JsonElement value, string actual)
    {
        if (value.TryGetProperty("MatchOptions", out var options) && options.EnumerateArray().Any(o => o.GetString() == "ABSENT")) return actual.Length == 0;
        return value.TryGetProperty("Values", out var values) && values.EnumerateArray().Any(v => v.GetString() == actual);
    }

    private static string Text(JsonElement value, string name) =>
        value.TryGetProperty(name, out var text) ? text.GetString() ?? "" : throw Refusal.Validation($"{name} is missing.");
}

/// <summary>What Cost Explorer can group and filter made lines by.</summary>
internal static class BillKeys
{
    public static string Dimension(MadeBillLine line, string key) => key switch
    {
        "LINKED_ACCOUNT" => line.AccountId,
        "SERVICE" => line.Service,
        "USAGE_TYPE" => line.UsageType,
        "RECORD_TYPE" => line.RecordType,
        "REGION" => line.Region,
        "BILLING_ENTITY" => line.Service.EndsWith("(Amazon Bedrock Edition)", StringComparison.Ordinal) ? "AWS Marketplace" : "AWS",
        _ => throw Refusal.Validation($"Dimension {key} is not known here."),
    };

    /// <summary>Value of a cost-allocation tag; empty = untagged, also for keys that Larkfield has not activated.</summary>
    public static string Tag(MadeBillLine line, string key) => line.Owner is not { } owner ? "" : key switch
    {
        "GenAI:Workload" => owner.Feature,
        "Team" => owner.Team,
        "Application" => owner.Application,
        "Environment" => owner.Environment,
        _ => "",
    };

    public static string Group(MadeBillLine line, string type, string key) => type switch
    {
        "DIMENSION" => Dimension(line, key),
        "TAG" => $"{key}${Tag(line, key)}",
        _ => throw Refusal.Validation($"GroupBy type {type} is not known here."),
    };
}

/// <summary>Refusals in AWS's words.</summary>
internal static class Refusal
{
    public static AwsRefusedException Validation(string message) => new("ValidationException", message, 400);
    public static AwsRefusedException Of(string code, string message) => new(code, message, 400);
}
