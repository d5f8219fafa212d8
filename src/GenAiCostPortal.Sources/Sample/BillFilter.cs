using System.Text.Json;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>A Cost Explorer <c>Expression</c> over made bill lines.</summary>
internal static class BillFilter
{
    /// <summary>Reads an expression once; what it gives is asked for every line.</summary>
    public static Func<MadeBillLine, bool> Read(JsonElement expression)
    {
        var roots = expression.EnumerateObject().ToList();
        if (roots.Count != 1) throw Refusal.Validation("Expression must have exactly one root operator.");
        var value = roots[0].Value;
        switch (roots[0].Name)
        {
            case "And":
                var all = value.EnumerateArray().Select(Read).ToArray();
                return line => Array.TrueForAll(all, meets => meets(line));
            case "Or":
                var any = value.EnumerateArray().Select(Read).ToArray();
                return line => Array.Exists(any, meets => meets(line));
            case "Not":
                var not = Read(value);
                return line => !not(line);
            case "Dimensions":
                return Holds(value, BillKeys.Dimension(Text(value, "Key")));
            case "Tags":
                return Holds(value, BillKeys.Tag(Text(value, "Key")));
            default:
                throw Refusal.Validation($"Operator {roots[0].Name} is not known here.");
        }
    }

    private static Func<MadeBillLine, bool> Holds(JsonElement value, Func<MadeBillLine, string> actual)
    {
        if (value.TryGetProperty("MatchOptions", out var options) && options.EnumerateArray().Any(o => o.GetString() == "ABSENT"))
            return line => actual(line).Length == 0;
        var values = value.TryGetProperty("Values", out var given) ? given.EnumerateArray().Select(v => v.GetString()).ToHashSet(StringComparer.Ordinal) : [];
        return line => values.Contains(actual(line));
    }

    private static string Text(JsonElement value, string name) =>
        value.TryGetProperty(name, out var text) ? text.GetString() ?? "" : throw Refusal.Validation($"{name} is missing.");
}

/// <summary>What Cost Explorer can group and filter made lines by.</summary>
internal static class BillKeys
{
    public static Func<MadeBillLine, string> Dimension(string key) => key switch
    {
        "LINKED_ACCOUNT" => line => line.AccountId,
        "SERVICE" => line => line.Service,
        "USAGE_TYPE" => line => line.UsageType,
        "RECORD_TYPE" => line => line.RecordType,
        "REGION" => line => line.Region,
        "BILLING_ENTITY" => line => line.Service.EndsWith("(Amazon Bedrock Edition)", StringComparison.Ordinal) ? "AWS Marketplace" : "AWS",
        _ => throw Refusal.Validation($"Dimension {key} is not known here."),
    };

    /// <summary>Value of a cost-allocation tag; empty = untagged, also for keys that Larkfield has not activated.</summary>
    public static Func<MadeBillLine, string> Tag(string key) => key switch
    {
        "GenAI:Workload" => line => line.Owner?.Feature ?? "",
        "Team" => line => line.Owner?.Team ?? "",
        "Application" => line => line.Owner?.Application ?? "",
        "Environment" => line => line.Owner?.Environment ?? "",
        _ => _ => "",
    };

    public static Func<MadeBillLine, string> Group(string type, string key)
    {
        if (type == "DIMENSION") return Dimension(key);
        if (type != "TAG") throw Refusal.Validation($"GroupBy type {type} is not known here.");
        var value = Tag(key);
        return line => $"{key}${value(line)}";
    }
}

/// <summary>Refusals in AWS's words.</summary>
internal static class Refusal
{
    public static AwsRefusedException Validation(string message) => new("ValidationException", message, 400);
    public static AwsRefusedException Of(string code, string message) => new(code, message, 400);
}
