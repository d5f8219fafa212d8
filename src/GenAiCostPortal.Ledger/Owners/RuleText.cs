using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Conditions and shares of rules as they are stored: JSON with words, not numbers.</summary>
public static class RuleText
{
    private static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() }, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
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

    /// <summary>Conditions as text.</summary>
    public static string Of(IEnumerable<RuleCondition> conditions) => JsonSerializer.Serialize(conditions.ToList(), Plain);

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

    /// <summary>Shares as text, features in order.</summary>
    public static string Of(IReadOnlyDictionary<string, decimal> shares) =>
        JsonSerializer.Serialize(shares.OrderBy(s => s.Key, StringComparer.Ordinal).ToDictionary(), Plain);
}
