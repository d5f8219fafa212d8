using System.Collections.Frozen;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>What an attribute says, whichever of its spellings a sender uses.</summary>
internal enum SpanField : byte
{
    Provider, Operation, OpenInferenceKind, TraceloopKind, RequestType, AiOperation, RequestModel, ResponseModel,
    Input, Output, CacheRead, CacheWrite, CacheWrite5m, CacheWrite30m, CacheWrite1h, NoCacheInput, Reasoning, Total,
    CostUsd, PromptCostUsd, CompletionCostUsd, FirstChunkSeconds, FirstTokenServer, FirstChunkMs,
    Agent, EntityName, Workflow, Tool, RequestId, Region, Account, Tier, LatencyMode, ErrorType, HttpStatus,
    RpcService, RpcMethod, RpcSystem, ServerAddress, Retries, PromptHash, User, Guardrail, Picked, KeptOf2Pow56,
}

/// <summary>The alias table (facts/otlp-genai.md §6 and the captured bodies): spellings of a field in the order of preference.</summary>
internal static class SpanAliases
{
    public static readonly int Count = Enum.GetValues<SpanField>().Length;

    private static readonly (SpanField Field, string[] Keys)[] Table =
    [
        (SpanField.Provider, ["gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "ai.model.provider"]),
        (SpanField.Operation, ["gen_ai.operation.name"]),
        (SpanField.OpenInferenceKind, ["openinference.span.kind"]),
        (SpanField.TraceloopKind, ["traceloop.span.kind"]),
        (SpanField.RequestType, ["llm.request.type"]),
        (SpanField.AiOperation, ["ai.operationId"]),
        (SpanField.RequestModel, ["gen_ai.request.model", "llm.model_name", "embedding.model_name", "reranker.model_name", "llm.request.model", "llm.request.model_name", "ai.model.id"]),
        (SpanField.ResponseModel, ["gen_ai.response.model", "llm.response.model", "llm.response.model_name", "ai.response.model"]),
        (SpanField.Input, ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt", "llm.usage.prompt_tokens", "ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"]),
        (SpanField.Output, ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion", "llm.usage.completion_tokens", "ai.usage.outputTokens", "ai.usage.completionTokens"]),
        (SpanField.CacheRead, ["gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens", "llm.token_count.prompt_details.cache_read", "gen_ai.usage.input_tokens.cached", "ai.usage.inputTokenDetails.cacheReadTokens", "ai.usage.cachedInputTokens", "gen_ai.usage.details.cache_read_tokens"]),
        (SpanField.CacheWrite, ["gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens", "gen_ai.usage.cache_write_input_tokens", "llm.token_count.prompt_details.cache_write", "ai.usage.inputTokenDetails.cacheWriteTokens", "gen_ai.usage.details.cache_write_tokens"]),
        (SpanField.CacheWrite5m, ["gen_ai.usage.cache_creation.ephemeral_5m_input_tokens", "gen_ai.usage.cache_write.5m.input_tokens", "gen_ai.usage.details.ephemeral_5m_input_tokens"]),
        (SpanField.CacheWrite30m, ["gen_ai.usage.cache_creation.ephemeral_30m_input_tokens", "gen_ai.usage.cache_write.30m.input_tokens", "gen_ai.usage.details.ephemeral_30m_input_tokens"]),
        (SpanField.CacheWrite1h, ["gen_ai.usage.cache_creation.ephemeral_1h_input_tokens", "gen_ai.usage.cache_write.1h.input_tokens", "gen_ai.usage.details.ephemeral_1h_input_tokens"]),
        (SpanField.NoCacheInput, ["ai.usage.inputTokenDetails.noCacheTokens"]),
        (SpanField.Reasoning, ["gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "llm.token_count.completion_details.reasoning", "gen_ai.usage.output_tokens.reasoning", "ai.usage.outputTokenDetails.reasoningTokens", "ai.usage.reasoningTokens"]),
        (SpanField.Total, ["gen_ai.usage.total_tokens", "llm.usage.total_tokens", "llm.token_count.total", "ai.usage.totalTokens"]),
        (SpanField.CostUsd, ["gen_ai.usage.cost", "gen_ai.usage.total_cost", "llm.cost.total"]),
        (SpanField.PromptCostUsd, ["llm.cost.prompt"]),
        (SpanField.CompletionCostUsd, ["llm.cost.completion"]),
        (SpanField.FirstChunkSeconds, ["gen_ai.response.time_to_first_chunk"]),
        (SpanField.FirstTokenServer, ["gen_ai.server.time_to_first_token"]),
        (SpanField.FirstChunkMs, ["ai.response.msToFirstChunk"]),
        (SpanField.Agent, ["gen_ai.agent.name", "agent.name", "graph.node.id", "aws.bedrock.agent.id"]),
        (SpanField.EntityName, ["traceloop.entity.name"]),
        (SpanField.Workflow, ["gen_ai.workflow.name", "traceloop.workflow.name"]),
        (SpanField.Tool, ["gen_ai.tool.name", "tool.name", "ai.toolCall.name"]),
        (SpanField.RequestId, ["aws.request.id", "aws.request_id", "aws.requestId"]),
        (SpanField.Region, ["cloud.region", "aws.region"]),
        (SpanField.Account, ["cloud.account.id"]),
        (SpanField.Tier, ["aws.bedrock.service_tier", "gen_ai.response.service_tier", "openai.response.service_tier", "gen_ai.openai.response.service_tier", "gen_ai.request.service_tier", "openai.request.service_tier", "gen_ai.openai.request.service_tier"]),
        (SpanField.LatencyMode, ["aws.bedrock.performance_config.latency", "gen_ai.request.latency"]),
        (SpanField.ErrorType, ["error.type", "exception.type", "error.code"]),
        (SpanField.HttpStatus, ["http.response.status_code", "http.status_code"]),
        (SpanField.RpcService, ["rpc.service"]),
        (SpanField.RpcMethod, ["rpc.method"]),
        (SpanField.RpcSystem, ["rpc.system", "rpc.system.name"]),
        (SpanField.ServerAddress, ["server.address", "net.peer.name"]),
        (SpanField.Retries, ["aws.retries", "retry_attempts", "http.request.resend_count", "http.resend_count"]),
        (SpanField.PromptHash, [TraceReader.PromptHash]),
        (SpanField.Picked, [TraceReader.Picked]),
        (SpanField.KeptOf2Pow56, [TraceState.KeptOf2Pow56]),
        (SpanField.User, ["user.id", "enduser.id", "enduser.pseudo.id", "langfuse.user.id", "traceloop.association.properties.user_id", "traceloop.association.properties.userId", "ai.telemetry.metadata.userId", "ai.telemetry.metadata.user_id", "gen_ai.request.user", "llm.user", "gen_ai.user", "langsmith.metadata.user_id"]),
        (SpanField.Guardrail, ["aws.bedrock.guardrail.id", "aws.bedrock.guardrail.arn"]),
    ];

    /// <summary>By attribute key: the field and the rank of this spelling (0 first).</summary>
    public static readonly FrozenDictionary<string, (SpanField Field, byte Rank)> ByKey = Table
        .SelectMany(row => row.Keys.Select((key, rank) => KeyValuePair.Create(key, (row.Field, (byte)rank))))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Undotted, <c>cache_read_input_tokens</c> is the providers' own count, which leaves the cache out of the input.</summary>
    public static bool SpellsCacheOutside(SpanField field, int rank) =>
        (field, rank) is (SpanField.CacheRead, 1) or (SpanField.CacheWrite, 2 or 3);

    public static bool IsCount(SpanField field) => field is >= SpanField.Input and <= SpanField.Total or SpanField.HttpStatus or SpanField.Retries or SpanField.PromptHash or SpanField.KeptOf2Pow56;
}
