using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>rest-json: which operation a request is, and its members gathered from path, query, headers and body.</summary>
internal sealed partial class ShapeValidator
{
    /// <summary>The operation and its whole input as one object; what fits nowhere is a mistake.</summary>
    /// <param name="rawTarget">Path and query as they came over the wire.</param>
    public (string? Operation, JsonElement Input, IReadOnlyList<string> Mistakes) ReadRest(string method, string rawTarget, IHeaderDictionary headers, byte[] body)
    {
        var target = rawTarget.Split('?', 2);
        foreach (var operation in _operations.EnumerateObject())
        {
            var http = operation.Value.GetProperty("http");
            if (http.GetProperty("method").GetString() != method) continue;
            var labels = new List<string>();
            var pattern = Label().Replace(Regex.Escape(http.GetProperty("requestUri").GetString()!).Replace(@"\{", "{", StringComparison.Ordinal), m =>
            {
                labels.Add(m.Groups[1].Value);
                return m.Groups[2].Success ? "(.+)" : "([^/]+)";
            });
            if (Regex.Match(target[0], $"^{pattern}$") is { Success: true } match)
                return Gather(operation, labels.Select((l, i) => (l, Uri.UnescapeDataString(match.Groups[i + 1].Value))).ToList(), target.Length > 1 ? target[1] : "", headers, body);
        }
        return (null, default, [$"no operation answers {method} {target[0]}"]);
    }

    private (string, JsonElement, IReadOnlyList<string>) Gather(
        JsonProperty operation, List<(string Label, string Value)> labels, string query, IHeaderDictionary headers, byte[] body)
    {
        var mistakes = new List<string>();
        var shape = _shapes.GetProperty(operation.Value.GetProperty("input").GetProperty("shape").GetString()!);
        var input = body.Length == 0 ? [] : JsonNode.Parse(body)!.AsObject();
        var asked = QueryHelpers.ParseQuery(query).ToDictionary(q => q.Key, q => q.Value.ToString());
        foreach (var member in shape.GetProperty("members").EnumerateObject())
        {
            if (!member.Value.TryGetProperty("location", out var location)) continue;
            var name = member.Value.TryGetProperty("locationName", out var given) ? given.GetString()! : member.Name;
            if (input.ContainsKey(member.Name)) mistakes.Add($"{operation.Name}.{member.Name}: in the body, belongs in the {location}");
            var text = location.GetString() switch
            {
                "uri" => labels.Where(l => l.Label == name).Select(l => l.Value).FirstOrDefault(),
                "querystring" => asked.Remove(name, out var value) ? value : null,
                "header" => headers.TryGetValue(name, out var value) ? value.ToString() : null,
                _ => null,
            };
            if (text is not null) input[member.Name] = Typed(member.Value.GetProperty("shape").GetString()!, text);
        }
        mistakes.AddRange(asked.Keys.Select(k => $"{operation.Name}: unknown query parameter {k}"));
        var json = JsonSerializer.SerializeToElement(input);
        mistakes.AddRange(Request(operation.Name, json));
        return (operation.Name, json, mistakes);
    }

    private JsonNode? Typed(string shape, string text) => _shapes.GetProperty(shape).GetProperty("type").GetString() switch
    {
        "integer" or "long" when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        "boolean" when text is "true" or "false" => text == "true",
        _ => text,
    };

    [GeneratedRegex(@"\{([A-Za-z]+)(\\\+)?\}")]
    private static partial Regex Label();
}
