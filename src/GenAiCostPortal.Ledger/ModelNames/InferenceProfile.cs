namespace GenAiCostPortal.Ledger.ModelNames;

/// <summary>An application inference profile as Bedrock told it (GetInferenceProfile). Key: ARN.</summary>
public sealed class InferenceProfile
{
    public required string Arn { get; set; }
    public string Name { get; set; } = "";
    /// <summary>Model id, or system profile id, that it routes to; empty when Bedrock would not say.</summary>
    public string ModelId { get; set; } = "";
    /// <summary>Tags as a JSON object.</summary>
    public string Tags { get; set; } = "{}";
    /// <summary>Why there is no model, in our words; empty when there is one.</summary>
    public string Problem { get; set; } = "";
    public DateTime ReadAt { get; set; }
}
