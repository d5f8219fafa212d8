using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using GenAiCostPortal.Sources.Otlp;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>
/// Reads records of the model invocation log (facts/bedrock-invocation-logs.md §2). Fields of another type than documented count as
/// missing; a line without a time or a model is no record. One reader per run, not shared.
/// </summary>
internal sealed class LogRecordReader(OtlpOptions options, PromptHashKey key, TimeProvider time) : IDisposable
{
    private static readonly DateTime Earliest = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };
    // What was asked, under the names of Converse, Anthropic, Titan, Nova, Llama, Mistral, Cohere and the embedding models.
    private static readonly string[] PromptParts = ["system", "messages", "prompt", "inputText", "texts", "input", "inputs", "message", "query", "documents"];
    private readonly PromptHash _hash = new(key);

    /// <summary>The record of a line; null when the line is none.</summary>
    public LogRecord? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Deep);
            return Read(document.RootElement);
        }
        // The second is thrown for escapes that are half of a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            _hash.Clear();
            return null;
        }
    }

    public void Dispose() => _hash.Dispose();

    private LogRecord? Read(JsonElement? json)
    {
        if (At(json) is not { } at || json.Text("modelId") is not { } model) return null;
        var (input, output) = (json.Part("input"), json.Part("output"));
        var (asked, answered) = (input.Part("inputBodyJson"), output.Part("outputBodyJson"));
        var body = BodyFacts.Of(answered);
        var (code, hasFailed) = Failure(json);
        return new LogRecord
        {
            Timestamp = at, AccountId = Text(json, "accountId"), Region = Text(json, "region"), InferenceRegion = Text(json, "inferenceRegion"),
            RequestId = Text(json, "requestId"), Operation = Text(json, "operation"), ModelId = WireValue.Cut(model, SpanLimits.NameBytes),
            PrincipalArn = Principal(json.Part("identity").Part("arn")), Metadata = Metadata(json.Part("requestMetadata")),
            InputTokens = input.Count("inputTokenCount") ?? (hasFailed ? null : body.Input),
            OutputTokens = output.Count("outputTokenCount") ?? (hasFailed ? null : body.Output),
            CacheReadTokens = input.Count("cacheReadInputTokenCount") ?? (hasFailed ? null : body.CacheRead),
            CacheWriteTokens = input.Count("cacheWriteInputTokenCount") ?? (hasFailed ? null : body.CacheWrite),
            Body = body, OutputBodyPath = output.Text("outputBodyS3Path") ?? "", ErrorCode = code, HasFailed = hasFailed,
            Tier = Word(json.Part("serviceTier"), "type") ?? body.Tier ?? Word(asked.Part("serviceTier"), "type") ?? "",
            LatencyMode = Word(json.Part("performanceConfig"), "latency") ?? body.LatencyMode ?? Word(asked.Part("performanceConfig"), "latency") ?? "",
            MaxTokens = MaxTokens(asked), PromptHash = Hash(asked), IsChat = asked.Part("messages") is not null,
            Guardrail = Word(asked.Part("guardrailConfig"), "guardrailIdentifier") ?? body.Guardrail ?? "",
            PromptText = options.CaptureContent && asked is { } a ? a.GetRawText() : null,
            AnswerText = options.CaptureContent && answered is { } b ? b.GetRawText() : null,
        };
    }

    private DateTime? At(JsonElement? json) =>
        json.Text("timestamp") is { } text && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var at)
            && at >= Earliest && at <= time.GetUtcNow().UtcDateTime.AddDays(1) ? at : null;

    // Only failed calls carry these; status may be a word or an HTTP status.
    private static (string Code, bool HasFailed) Failure(JsonElement? json)
    {
        var status = json.Text("status") ?? json.Count("status")?.ToString(CultureInfo.InvariantCulture) ?? "";
        var code = json.Text("errorCode") ?? "";
        var isBad = int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var http) ? http >= 400
            : status.StartsWith("fail", StringComparison.OrdinalIgnoreCase) || status.StartsWith("err", StringComparison.OrdinalIgnoreCase);
        if (code.Length == 0 && isBad) code = http >= 400 ? status : "error";
        return (WireValue.Cut(code, SpanLimits.NameBytes), code.Length > 0);
    }

    private static string Principal(JsonElement? arn) => arn switch
    {
        { ValueKind: JsonValueKind.String } text => WireValue.Cut(text.GetString() ?? "", SpanLimits.NameBytes),
        { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() > 0 => Principal(list[0]),
        _ => "",
    };

    private static List<KeyValuePair<string, string>> Metadata(JsonElement? map)
    {
        var entries = new List<KeyValuePair<string, string>>();
        if (map is not { ValueKind: JsonValueKind.Object } given) return entries;
        foreach (var entry in given.EnumerateObject())
        {
            if (entries.Count >= SpanLimits.Attributes / 2) break;
            if (entry.Name.Length == 0 || entry.Value.ValueKind != JsonValueKind.String || entry.Value.GetString() is not { Length: > 0 } value) continue;
            entries.Add(new(WireValue.Cut(entry.Name, SpanLimits.NameBytes), WireValue.Cut(value, SpanLimits.ValueBytes)));
        }
        return entries;
    }

    private static string? Word(JsonElement? value, string inside) =>
        value is { ValueKind: JsonValueKind.String } text ? text.GetString() is { Length: > 0 } word ? word : null : value.Text(inside);

    private static long? MaxTokens(JsonElement? asked)
    {
        var inference = asked.Part("inferenceConfig");
        var most = inference.Count("maxTokens") ?? inference.Count("max_new_tokens") ?? asked.Count("max_tokens") ?? asked.Count("max_completion_tokens")
            ?? asked.Part("textGenerationConfig").Count("maxTokenCount") ?? asked.Count("max_gen_len");
        return most > 0 ? most : null;
    }

    private long? Hash(JsonElement? asked)
    {
        foreach (var part in PromptParts)
            if (asked.Part(part) is { } prompt) _hash.Add(JsonMarshal.GetRawUtf8Value(prompt));
        return _hash.Take();
    }

    private static string Text(JsonElement? json, string name) => WireValue.Cut(json.Text(name) ?? "", SpanLimits.NameBytes);
}
