using System.Collections.Frozen;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Which attributes carry what people and models wrote (facts/otlp-genai.md §6, last row, and what the captured senders use).</summary>
public static class ContentAttributes
{
    private static readonly FrozenSet<string> Exact = new[]
    {
        "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions", "gen_ai.tool.call.arguments",
        "gen_ai.tool.call.result", "gen_ai.event.content", "gen_ai.prompt", "gen_ai.completion", "gen_ai.choice", "gen_ai.retrieval.documents",
        "gen_ai.retrieval.query.text", "gen_ai.evaluation.explanation", "gen_ai.request.messages", "gen_ai.response.text",
        "input.value", "output.value", "input", "output", "llm.prompts", "llm.completions", "llm.tools", "llm.function_call",
        "llm.invocation_parameters", "embedding.text", "document.content", "tool.parameters", "tool.arguments", "tool.result",
        "tool_arguments", "tool_response", "traceloop.entity.input", "traceloop.entity.output",
        "ai.prompt", "ai.response.text", "ai.response.object", "ai.response.toolCalls", "ai.response.reasoning", "ai.response.files",
        "ai.value", "ai.values", "ai.embedding", "ai.embeddings", "ai.request.body", "ai.response.body",
        "ai.toolCall.args", "ai.toolCall.result", "ai.toolCall.input", "ai.toolCall.output",
        "langfuse.observation.input", "langfuse.observation.output", "langfuse.trace.input", "langfuse.trace.output",
        "all_messages_events", "pydantic_ai.all_messages", "final_result", "mlflow.spanInputs", "mlflow.spanOutputs",
        "http.request.body", "http.response.body", "exception.message", "exception.stacktrace",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Indexed families, such as gen_ai.prompt.0.content, and message events.
    private static readonly string[] Families =
    [
        "gen_ai.prompt.", "gen_ai.completion.", "gen_ai.input.", "gen_ai.content.", "gen_ai.tool.message", "gen_ai.user.message",
        "gen_ai.system.message", "gen_ai.assistant.message", "gen_ai.choice.", "llm.input_messages.", "llm.output_messages.",
        "llm.prompts.", "llm.completions.", "llm.choices.", "llm.tools.", "llm.prompt_template.", "llm.request.functions.",
        "embedding.embeddings.", "retrieval.documents.", "reranker.input_documents.", "reranker.output_documents.", "reranker.query",
        "message.", "ai.prompt.", "ai.result.", "gen_ai.client.inference.operation.details.",
    ];

    /// <summary>Whether an attribute (or event) of this name holds prompt, completion or tool text.</summary>
    public static bool IsContent(string key)
    {
        if (Exact.Contains(key)) return true;
        foreach (var family in Families)
            if (key.StartsWith(family, StringComparison.Ordinal)) return key is not "gen_ai.prompt.name";
        return false;
    }

    /// <summary>The same for a name whose dots became underscores.</summary>
    internal static bool IsContentFolded(string folded)
    {
        if (FoldedExact.Contains(folded)) return true;
        foreach (var family in FoldedFamilies)
            if (folded.StartsWith(family, StringComparison.Ordinal)) return folded is not "gen_ai_prompt_name";
        return false;
    }

    private static readonly FrozenSet<string> FoldedExact = Exact.Select(FoldedNames.Fold).ToFrozenSet(StringComparer.Ordinal);
    private static readonly string[] FoldedFamilies = [.. Families.Select(FoldedNames.Fold)];

    /// <summary>Whether a content attribute is part of what was asked, so that equal prompts hash alike.</summary>
    public static bool IsPrompt(string key) =>
        key.Contains("prompt", StringComparison.Ordinal)
        || key.Contains("input", StringComparison.Ordinal) && !key.StartsWith("ai.toolCall", StringComparison.Ordinal)
        || key is "gen_ai.system_instructions" or "gen_ai.request.messages" or "ai.value" or "ai.values" or "embedding.text"
        || key.EndsWith(".embedding.text", StringComparison.Ordinal);
}
