using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenAiCostPortal.Ledger.Assessment;

/// <summary>What can be answered. "Not sure" counts as not good; "not applicable" leaves the question out.</summary>
public enum AnswerChoice { Yes, No, NotSure, NotApplicable }

/// <summary>An answer with its note.</summary>
/// <param name="Choice">Null while only a note was written.</param>
public sealed record Answer(string Id, AnswerChoice? Choice, string Note = "")
{
    /// <summary>Longest note kept, characters.</summary>
    public const int NoteLimit = 2_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    internal static string ToJson(IEnumerable<Answer> answers) => JsonSerializer.Serialize(answers, Json);

    internal static IReadOnlyList<Answer> FromJson(string json) => JsonSerializer.Deserialize<List<Answer>>(json, Json) ?? [];

    internal static string ToJson(IEnumerable<Evidence> evidence) => JsonSerializer.Serialize(evidence, Json);

    internal static IReadOnlyList<Evidence> EvidenceFromJson(string json) => JsonSerializer.Deserialize<List<Evidence>>(json, Json) ?? [];
}
