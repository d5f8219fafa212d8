using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Conditions and shares of rules as they are stored: JSON, in words or numbers.</summary>
public static class RuleText
{
    private static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The conditions of a rule; null when the text is none, so that the rule never holds.</summary>
    public static IReadOnlyList<RuleCondition>? Conditions(string json)
    {
        try
        {
            var read = JsonSerializer.Deserialize<List<RuleCondition>>(json, Plain);
            return read is null || read.Exists(c => c?.Value is null || c.Key is null) ? null : read;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Shares by feature; null when the text is none.</summary>
    public static IReadOnlyDictionary<string, decimal>? Shares(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, decimal>>(json, Plain);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
