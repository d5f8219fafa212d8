using System.Text.Json;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>
/// What an answer's body tells beside its text: Converse, Anthropic messages, or the chunks of a stream. Counts of chunks grow, so
/// the largest of each is the last word.
/// </summary>
internal sealed class BodyFacts
{
    public long? Input { get; private set; }
    public long? Output { get; private set; }
    public long? CacheRead { get; private set; }
    public long? CacheWrite { get; private set; }
    public long? CacheWrite5m { get; private set; }
    public long? CacheWrite1h { get; private set; }
    public double? LatencyMs { get; private set; }
    public double? FirstByteMs { get; private set; }
    public string? Model { get; private set; }
    public string? Tier { get; private set; }
    public string? LatencyMode { get; private set; }
    public string? StopReason { get; private set; }
    /// <summary>Guardrail that judged the call, by the trace that it left in the answer.</summary>
    public string? Guardrail { get; private set; }

    public bool HasWriteLifetimes => CacheWrite5m is not null || CacheWrite1h is not null;

    /// <summary>Reads <c>outputBodyJson</c>, or a body that was kept apart.</summary>
    public static BodyFacts Of(JsonElement? body)
    {
        var facts = new BodyFacts();
        if (body is not { } given) return facts;
        if (given.ValueKind != JsonValueKind.Array) facts.Take(given);
        else
            foreach (var chunk in given.EnumerateArray()) facts.Take(chunk);
        return facts;
    }

    private void Take(JsonElement part)
    {
        if (part.ValueKind != JsonValueKind.Object) return;
        var message = part.Part("message");
        var metadata = part.Part("metadata");
        foreach (var owner in (JsonElement?[])[part, message, metadata])
        {
            Usage(owner.Part("usage"));
            if (owner.Part("metrics") is { } metrics) LatencyMs = metrics.Number("latencyMs") ?? LatencyMs;
            Tier = owner.Part("serviceTier").Text("type") ?? owner.Text("serviceTier") ?? Tier;
            LatencyMode = owner.Part("performanceConfig").Text("latency") ?? LatencyMode;
            StopReason = owner.Text("stopReason") ?? owner.Text("stop_reason") ?? StopReason;
            Guardrail ??= Judge(owner.Part("trace")) ?? Judge(owner.Part("amazon-bedrock-trace"));
        }
        StopReason = part.Part("delta").Text("stop_reason") ?? part.Part("messageStop").Text("stopReason") ?? StopReason;
        Model = message.Text("model") ?? ((JsonElement?)part).Text("model") ?? Model;
        if (part.Part("amazon-bedrock-invocationMetrics") is not { } measured) return;
        Input = LogJson.Larger(Input, measured.Count("inputTokenCount"));
        Output = LogJson.Larger(Output, measured.Count("outputTokenCount"));
        CacheRead = LogJson.Larger(CacheRead, measured.Count("cacheReadInputTokenCount"));
        CacheWrite = LogJson.Larger(CacheWrite, measured.Count("cacheWriteInputTokenCount"));
        LatencyMs = measured.Number("invocationLatency") ?? LatencyMs;
        FirstByteMs = measured.Number("firstByteLatency") ?? FirstByteMs;
    }

    // Assessments are kept by guardrail id: of what was asked (Converse, InvokeModel), else of what was answered.
    private static string? Judge(JsonElement? trace)
    {
        var guardrail = trace.Part("guardrail");
        foreach (var name in (string[])["inputAssessment", "input", "outputAssessments", "outputs"])
        {
            var by = guardrail.Part(name);
            if (by is { ValueKind: JsonValueKind.Array } list) by = list.GetArrayLength() > 0 ? list[0] : null;
            if (by is not { ValueKind: JsonValueKind.Object } assessments) continue;
            foreach (var one in assessments.EnumerateObject())
                if (one.Name.Length > 0) return one.Name;
        }
        return null;
    }

    private void Usage(JsonElement? usage)
    {
        if (usage is null) return;
        Input = LogJson.Larger(Input, usage.Count("inputTokens") ?? usage.Count("input_tokens"));
        Output = LogJson.Larger(Output, usage.Count("outputTokens") ?? usage.Count("output_tokens"));
        CacheRead = LogJson.Larger(CacheRead, usage.Count("cacheReadInputTokens") ?? usage.Count("cache_read_input_tokens"));
        CacheWrite = LogJson.Larger(CacheWrite, usage.Count("cacheWriteInputTokens") ?? usage.Count("cache_creation_input_tokens"));
        var written = usage.Part("cache_creation");
        CacheWrite5m = LogJson.Larger(CacheWrite5m, written.Count("ephemeral_5m_input_tokens"));
        CacheWrite1h = LogJson.Larger(CacheWrite1h, written.Count("ephemeral_1h_input_tokens"));
        if (usage.Part("cacheDetails") is { ValueKind: JsonValueKind.Array } details) Details(details);
    }

    private void Details(JsonElement details)
    {
        long? fiveMinutes = null, oneHour = null;
        foreach (JsonElement? detail in details.EnumerateArray())
        {
            if (detail.Count("inputTokens") is not { } tokens) continue;
            if (detail.Text("ttl") == "1h") oneHour = (oneHour ?? 0) + tokens;
            else if (detail.Text("ttl") == "5m") fiveMinutes = (fiveMinutes ?? 0) + tokens;
        }
        (CacheWrite5m, CacheWrite1h) = (LogJson.Larger(CacheWrite5m, fiveMinutes), LogJson.Larger(CacheWrite1h, oneHour));
    }
}

file static class OfElement
{
    public static long? Count(this JsonElement owner, string name) => ((JsonElement?)owner).Count(name);
    public static double? Number(this JsonElement owner, string name) => ((JsonElement?)owner).Number(name);
}
