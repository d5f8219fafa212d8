using System.Text.Json;
using System.Text.RegularExpressions;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>Checks JSON against the shapes of an AWS API model: unknown and missing members, types, enums, lengths, patterns.</summary>
internal sealed partial class ShapeValidator
{
    private readonly JsonElement _shapes;
    private readonly JsonElement _operations;

    public ShapeValidator(string service)
    {
        var model = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "models", service + ".json"))).RootElement;
        (_shapes, _operations) = (model.GetProperty("shapes"), model.GetProperty("operations"));
        var metadata = model.GetProperty("metadata");
        IsRest = metadata.GetProperty("protocol").GetString() == "rest-json";
        if (IsRest) return;
        TargetPrefix = metadata.GetProperty("targetPrefix").GetString()!;
        JsonVersion = metadata.GetProperty("jsonVersion").GetString()!;
    }

    /// <summary>Operations are found by method and path (rest-json), not by X-Amz-Target.</summary>
    public bool IsRest { get; }
    public string TargetPrefix { get; } = "";
    public string JsonVersion { get; } = "";

    public string ContentType => IsRest ? "application/json" : $"application/x-amz-json-{JsonVersion}";

    public IReadOnlyList<string> Request(string operation, JsonElement json) => Check(operation, "input", json);
    public IReadOnlyList<string> Answer(string operation, JsonElement json) => Check(operation, "output", json);

    private List<string> Check(string operation, string side, JsonElement json)
    {
        var mistakes = new List<string>();
        if (!_operations.TryGetProperty(operation, out var described)) mistakes.Add($"no operation {operation}");
        else Check(described.GetProperty(side).GetProperty("shape").GetString()!, json, operation, mistakes);
        return mistakes;
    }

    private void Check(string name, JsonElement json, string path, List<string> mistakes)
    {
        var shape = _shapes.GetProperty(name);
        switch (shape.GetProperty("type").GetString())
        {
            case "structure": Structure(shape, json, path, mistakes); break;
            case "list" when json.ValueKind == JsonValueKind.Array:
                Length(shape, json.GetArrayLength(), path, mistakes);
                var at = 0;
                foreach (var item in json.EnumerateArray()) Check(shape.GetProperty("member").GetProperty("shape").GetString()!, item, $"{path}[{at++}]", mistakes);
                break;
            case "map" when json.ValueKind == JsonValueKind.Object:
                foreach (var entry in json.EnumerateObject()) Check(shape.GetProperty("value").GetProperty("shape").GetString()!, entry.Value, $"{path}.{entry.Name}", mistakes);
                break;
            case "string" when json.ValueKind == JsonValueKind.String: Text(shape, json.GetString()!, path, mistakes); break;
            case "integer" or "long" when json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var number): Length(shape, number, path, mistakes); break;
            case "timestamp" when shape.TryGetProperty("timestampFormat", out var format) && format.GetString() == "iso8601" && json.ValueKind == JsonValueKind.String:
                if (!json.TryGetDateTimeOffset(out _)) mistakes.Add($"{path}: '{json}' is no time");
                break;
            case "double" or "float" or "timestamp" when json.ValueKind == JsonValueKind.Number: break;
            case "boolean" when json.ValueKind is JsonValueKind.True or JsonValueKind.False: break;
            case var type: mistakes.Add($"{path}: {json.ValueKind} where {type} is due"); break;
        }
    }

    private void Structure(JsonElement shape, JsonElement json, string path, List<string> mistakes)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            mistakes.Add($"{path}: {json.ValueKind} where a structure is due");
            return;
        }
        var members = shape.GetProperty("members");
        foreach (var member in json.EnumerateObject())
            if (members.TryGetProperty(member.Name, out var known)) Check(known.GetProperty("shape").GetString()!, member.Value, $"{path}.{member.Name}", mistakes);
            else mistakes.Add($"{path}.{member.Name}: unknown member");
        if (!shape.TryGetProperty("required", out var required)) return;
        foreach (var name in required.EnumerateArray())
            if (!json.TryGetProperty(name.GetString()!, out _)) mistakes.Add($"{path}.{name}: missing");
    }

    private static void Text(JsonElement shape, string text, string path, List<string> mistakes)
    {
        Length(shape, text.Length, path, mistakes);
        if (shape.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(v => v.GetString() == text)) mistakes.Add($"{path}: '{text}' is not one of the enum");
        if (shape.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(text, $"^(?:{pattern.GetString()})$")) mistakes.Add($"{path}: '{text}' does not match {pattern}");
    }

    private static void Length(JsonElement shape, long length, string path, List<string> mistakes)
    {
        if (shape.TryGetProperty("min", out var min) && length < min.GetDouble()) mistakes.Add($"{path}: {length} is below {min}");
        if (shape.TryGetProperty("max", out var max) && length > max.GetDouble()) mistakes.Add($"{path}: {length} is above {max}");
    }
}
