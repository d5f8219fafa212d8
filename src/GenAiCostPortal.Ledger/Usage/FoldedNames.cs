using System.Collections.Frozen;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// Attribute names where a door may write them without their dots (X-Ray annotations know letters, digits and underscores only):
/// <c>gen_ai_usage_input_tokens</c> is <c>gen_ai.usage.input_tokens</c>. Where two names fold to one, the preferred spelling is meant.
/// </summary>
public static class FoldedNames
{
    // Of the conventions, beside what the alias table reads.
    private static readonly string[] AlsoKnown =
    [
        "gen_ai.conversation.id", "gen_ai.request.max_tokens", "gen_ai.request.temperature", "gen_ai.request.top_p", "gen_ai.request.top_k",
        "gen_ai.request.seed", "gen_ai.request.choice.count", "gen_ai.request.stop_sequences", "gen_ai.response.id", "gen_ai.response.finish_reasons",
        "gen_ai.output.type", "gen_ai.agent.id", "gen_ai.tool.call.id", "gen_ai.tool.type", "gen_ai.data_source.id", "gen_ai.prompt.name",
        "session.id", "enduser.id", "user.id", "service.name", "service.namespace", "service.version", "service.instance.id",
        "deployment.environment.name", "deployment.environment", "telemetry.sdk.language", "telemetry.sdk.name", "telemetry.sdk.version",
        "cloud.provider", "cloud.platform", "cloud.availability_zone", "cloud.resource_id", "faas.name", "host.id", "otel.scope.name", "otel.scope.version",
    ];

    private static readonly System.Buffers.SearchValues<char> Kept =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private static readonly FrozenDictionary<string, string> ByFold = Table();

    /// <summary>Letters and digits as they are, everything else an underscore.</summary>
    public static string Fold(string name) =>
        name.AsSpan().IndexOfAnyExcept(Kept) < 0 ? name : string.Create(name.Length, name, static (folded, from) =>
        {
            for (var i = 0; i < folded.Length; i++) folded[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
        });

    /// <summary>The known attribute that is meant by a name in either spelling; null when none is known.</summary>
    public static string? Known(string name) => ByFold.GetValueOrDefault(Fold(name)) is { } known ? IsKnown(name) ? name : known : null;

    /// <summary>Whether an attribute, in either spelling, holds prompt, completion or tool text.</summary>
    public static bool IsContent(string name) => ContentAttributes.IsContent(name) || ContentAttributes.IsContentFolded(Fold(name));

    /// <summary>Whether a content attribute, in either spelling, is part of what was asked.</summary>
    public static bool IsPrompt(string name) =>
        ContentAttributes.IsPrompt(name) || Fold(name) is "gen_ai_system_instructions" or "gen_ai_request_messages" or "ai_value" or "ai_values" or "embedding_text";

    /// <summary>Whether an attribute says what a call was or used (model, tokens, request id …), and not where it ran or how it ended.</summary>
    public static bool TellsOfCall(string name) =>
        SpanAliases.ByKey.TryGetValue(name, out var alias)
        && alias.Field is not (SpanField.Region or SpanField.Account or SpanField.ErrorType or SpanField.HttpStatus or SpanField.ServerAddress
            or SpanField.Agent or SpanField.EntityName or SpanField.Workflow or SpanField.User);

    /// <summary>Whether a span is of a model call, an agent or a tool by any convention, or of Amazon Bedrock.</summary>
    public static bool TellsOfGenAi(SpanAttributes attributes)
    {
        foreach (var (key, value) in attributes.Items)
        {
            if (!SpanAliases.ByKey.TryGetValue(key, out var alias)) continue;
            if (alias.Field is <= SpanField.Tool || (alias.Field == SpanField.RpcService && value is string service && service.Contains("Bedrock", StringComparison.OrdinalIgnoreCase))) return true;
        }
        return false;
    }

    private static bool IsKnown(string name) => SpanAliases.ByKey.ContainsKey(name);

    private static FrozenDictionary<string, string> Table()
    {
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, _) in SpanAliases.ByKey.Where(a => !a.Key.StartsWith("portal.", StringComparison.Ordinal)).OrderBy(a => a.Value.Rank).ThenBy(a => a.Key, StringComparer.Ordinal))
            table.TryAdd(Fold(name), name);
        foreach (var name in AlsoKnown) table.TryAdd(Fold(name), name);
        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
