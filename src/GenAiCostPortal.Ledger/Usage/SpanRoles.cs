using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// Which spans may be calls (algorithms §2.1): those with usage, or with a model on a known inference API or convention. The operation
/// only excludes, as many real calls carry none.
/// </summary>
internal static class SpanRoles
{
    public static SpanRole Of(Span span, SpanFacts? facts)
    {
        if (facts is null) return SpanRole.Plain;
        if (Excluded(facts) is { } role) return role;
        if (HasUsage(facts)) return SpanRole.Call;
        if (!facts.Has(SpanField.RequestModel) && !facts.Has(SpanField.ResponseModel)) return SpanRole.Plain;
        var isKnown = facts.Has(SpanField.Provider) || facts.Has(SpanField.Operation) || facts.Has(SpanField.OpenInferenceKind)
            || facts.Has(SpanField.RequestType) || facts.Has(SpanField.AiOperation) || IsBedrockRuntime(facts)
            || SenderTable.Knows(span.Scope.Name);
        return isKnown ? SpanRole.Call : SpanRole.Plain;
    }

    /// <summary>Whether a span carries counts of its own or of others.</summary>
    public static bool HasUsage(SpanFacts facts)
    {
        for (var field = SpanField.Input; field < SpanField.Total; field++)
            if (facts.Has(field)) return true;
        return false;
    }

    public static bool IsEmbedding(SpanFacts facts) =>
        Is(facts, SpanField.Operation, "embeddings") || Is(facts, SpanField.OpenInferenceKind, "EMBEDDING")
        || Is(facts, SpanField.RequestType, "embedding") || facts.Text(SpanField.AiOperation)?.StartsWith("ai.embed", StringComparison.Ordinal) == true;

    private static SpanRole? Excluded(SpanFacts facts)
    {
        switch (facts.Text(SpanField.Operation)?.ToLowerInvariant())
        {
            case "invoke_agent" or "create_agent": return SpanRole.Agent;
            case "execute_tool": return SpanRole.Tool;
            case "invoke_workflow" or "plan" or "fetch_response" or "retrieval": return SpanRole.Step;
            case { } operation when operation.Contains("_memory", StringComparison.Ordinal): return SpanRole.Step;
        }
        switch (facts.Text(SpanField.OpenInferenceKind)?.ToUpperInvariant())
        {
            case "AGENT": return SpanRole.Agent;
            case "TOOL": return SpanRole.Tool;
            case "CHAIN" or "RETRIEVER" or "GUARDRAIL" or "EVALUATOR" or "PROMPT": return SpanRole.Step;
        }
        switch (facts.Text(SpanField.TraceloopKind)?.ToLowerInvariant())
        {
            case "agent": return SpanRole.Agent;
            case "tool": return SpanRole.Tool;
            case "workflow" or "task": return SpanRole.Step;
        }
        if (Is(facts, SpanField.AiOperation, "ai.toolCall")) return SpanRole.Tool;
        if (facts.Text(SpanField.RpcService) is { } service && service.Contains("Bedrock", StringComparison.OrdinalIgnoreCase))
        {
            if (service.Contains("Agent", StringComparison.OrdinalIgnoreCase)) return SpanRole.Step;
            if (facts.Text(SpanField.RpcMethod) is "CountTokens" or "ApplyGuardrail" or "GetAsyncInvoke" or "ListAsyncInvokes") return SpanRole.Step;
        }
        return null;
    }

    private static bool IsBedrockRuntime(SpanFacts facts) => facts.Text(SpanField.RpcService) is "BedrockRuntime" or "Bedrock Runtime";

    private static bool Is(SpanFacts facts, SpanField field, string value) =>
        string.Equals(facts.Text(field), value, StringComparison.OrdinalIgnoreCase);
}
