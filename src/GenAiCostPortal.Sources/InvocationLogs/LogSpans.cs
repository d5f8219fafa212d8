using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>From a record to the span that stands for its call. The same record always gives the same span, so reading it again changes nothing.</summary>
internal sealed class LogSpans(OwnerKeys owners)
{
    public static readonly SpanScope Scope = new("aws.bedrock.invocation-log", "");
    private const double LongestMs = 86_400_000;
    private readonly MetadataOwners _metadata = new(owners);

    /// <summary>The span of a record.</summary>
    /// <param name="body">What a body kept apart told; null when it was not read.</param>
    public Span Of(LogRecord record, BodyFacts? body = null)
    {
        var (trace, id) = RequestIds.Of(record.RequestId.Length > 0 ? record.RequestId : IdOf(record));
        var start = (record.Timestamp - DateTime.UnixEpoch).Ticks * 100;
        var latencyMs = Between(record.Body.LatencyMs ?? body?.LatencyMs) ?? 0;
        return new Span
        {
            TraceId = trace, SpanId = id, Name = record.Operation.Length > 0 ? record.Operation : "Invocation", Kind = SpanKind.Client,
            StartUnixNs = start, EndUnixNs = start + (long)(latencyMs * 1e6), Status = record.HasFailed ? SpanStatus.Error : SpanStatus.Unset,
            Attributes = new SpanAttributes([.. Attributes(record, body)]), Scope = Scope, Doors = Doors.InvocationLog,
        };
    }

    private List<KeyValuePair<string, object>> Attributes(LogRecord record, BodyFacts? body)
    {
        var items = new List<KeyValuePair<string, object>>(24);
        void Text(string key, string? value)
        {
            if (value is { Length: > 0 }) items.Add(new(key, value));
        }
        void Count(string key, long? value)
        {
            if (value is { } count) items.Add(new(key, count));
        }
        Text("gen_ai.provider.name", "aws.bedrock");
        Text("gen_ai.operation.name", Operation(record));
        Text("gen_ai.request.model", record.ModelId);
        Text("gen_ai.response.model", AnsweringModel(record));
        Count("gen_ai.usage.input_tokens", record.InputTokens);
        Count("gen_ai.usage.output_tokens", record.OutputTokens);
        Count("gen_ai.usage.cache_read.input_tokens", record.CacheReadTokens);
        Count("gen_ai.usage.cache_creation.input_tokens", record.CacheWriteTokens);
        var written = record.Body.HasWriteLifetimes ? record.Body : body;
        Count("gen_ai.usage.cache_creation.ephemeral_5m_input_tokens", written?.CacheWrite5m);
        Count("gen_ai.usage.cache_creation.ephemeral_1h_input_tokens", written?.CacheWrite1h);
        Count("gen_ai.request.max_tokens", record.MaxTokens);
        if (Between(record.Body.FirstByteMs ?? body?.FirstByteMs) is { } firstMs) items.Add(new("gen_ai.response.time_to_first_chunk", firstMs / 1000));
        if ((record.Body.StopReason ?? body?.StopReason) is { } reason) items.Add(new("gen_ai.response.finish_reasons", new object[] { reason }));
        // Without an id of AWS the record's own stands in: delivered again, it must find its call.
        Text("aws.request_id", record.RequestId.Length > 0 ? record.RequestId : IdOf(record));
        Text("cloud.account.id", record.AccountId);
        Text("cloud.region", record.Region);
        Text("aws.bedrock.inference_region", record.InferenceRegion);
        Text("aws.bedrock.service_tier", record.Tier.Length > 0 ? record.Tier : body?.Tier);
        Text("aws.bedrock.performance_config.latency", record.LatencyMode.Length > 0 ? record.LatencyMode : body?.LatencyMode);
        Text("aws.bedrock.guardrail.id", record.Guardrail.Length > 0 ? record.Guardrail : body?.Guardrail);
        Text("aws.iam.principal", record.PrincipalArn);
        if (record.HasFailed) Text("error.type", record.ErrorCode);
        if (record.PromptHash is { } hash) items.Add(new(TraceReader.PromptHash, hash));
        Text("gen_ai.input.messages", record.PromptText);
        Text("gen_ai.output.messages", record.AnswerText);
        _metadata.Add(record.Metadata, items);
        return items;
    }

    // A profile's model is not in its name: Bedrock's word for it first, else the name that the answer itself carries.
    private static string? AnsweringModel(LogRecord record) =>
        !ProfileModels.IsProfile(record.ModelId) ? null : ProfileModels.Find(record.ModelId) ?? record.Body.Model;

    private static string? Operation(LogRecord record) =>
        (ProfileModels.Find(record.ModelId) ?? record.ModelId).Contains("embed", StringComparison.OrdinalIgnoreCase) ? "embeddings"
        : record.IsChat || record.Operation.StartsWith("Converse", StringComparison.Ordinal) ? "chat" : null;

    private static double? Between(double? ms) => ms is >= 0 and < LongestMs ? ms : null;

    // Records without a request id must still be the same call when they are delivered again.
    private static string IdOf(LogRecord r)
    {
        var text = string.Join('\n', r.Timestamp.ToString("O", CultureInfo.InvariantCulture), r.AccountId, r.Region, r.Operation, r.ModelId, r.PrincipalArn,
            r.InputTokens, r.OutputTokens, r.CacheReadTokens, r.CacheWriteTokens, r.ErrorCode, r.PromptHash is null ? "" : "asked",
            string.Join('\n', r.Metadata.Select(m => $"{m.Key}={m.Value}")));
        return "record:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
