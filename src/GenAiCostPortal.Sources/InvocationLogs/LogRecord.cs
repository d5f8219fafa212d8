namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>One record of the model invocation log, understood. Texts are as logged; empty when the record does not have them.</summary>
internal sealed record LogRecord
{
    /// <summary>Time of the request, UTC.</summary>
    public required DateTime Timestamp { get; init; }
    public string AccountId { get; init; } = "";
    /// <summary>Region that was called.</summary>
    public string Region { get; init; } = "";
    /// <summary>Region in which a cross-region profile let it run.</summary>
    public string InferenceRegion { get; init; } = "";
    public string RequestId { get; init; } = "";
    /// <summary><c>InvokeModel</c>, <c>InvokeModelWithResponseStream</c>, <c>Converse</c> or <c>ConverseStream</c>.</summary>
    public string Operation { get; init; } = "";
    /// <summary>Model id, profile id or ARN.</summary>
    public string ModelId { get; init; } = "";
    /// <summary>Role session or user that called.</summary>
    public string PrincipalArn { get; init; } = "";
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];
    /// <summary>Uncached prompt tokens; null when not counted.</summary>
    public long? InputTokens { get; init; }
    public long? OutputTokens { get; init; }
    public long? CacheReadTokens { get; init; }
    public long? CacheWriteTokens { get; init; }
    public BodyFacts Body { get; init; } = BodyFacts.Of(null);
    /// <summary>Where the answer's body was put when it was too large for the record.</summary>
    public string OutputBodyPath { get; init; } = "";
    public string ErrorCode { get; init; } = "";
    public bool HasFailed { get; init; }
    public string Tier { get; init; } = "";
    public string LatencyMode { get; init; } = "";
    /// <summary>Most tokens the caller allowed the answer; null when no bound was set.</summary>
    public long? MaxTokens { get; init; }
    /// <summary>Keyed hash of what was asked; null when the record holds no prompt.</summary>
    public long? PromptHash { get; init; }
    /// <summary>What was asked and answered, as JSON; null unless content is kept.</summary>
    public string? PromptText { get; init; }
    public string? AnswerText { get; init; }
    public bool IsChat { get; init; }
    /// <summary>Guardrail that the call asked for, id or ARN; empty when the record does not say.</summary>
    public string Guardrail { get; init; } = "";

    /// <summary>Whether only a body kept apart tells how long the cache writes live.</summary>
    public bool NeedsBody => CacheWriteTokens > 0 && !Body.HasWriteLifetimes && OutputBodyPath.StartsWith("s3://", StringComparison.Ordinal);
}
