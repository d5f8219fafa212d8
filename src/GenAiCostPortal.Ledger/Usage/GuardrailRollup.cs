namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Calls of a day that passed a guardrail. Only calls that name one are in it. Key: day, cost series, guardrail.</summary>
public sealed class GuardrailRollup
{
    public DateOnly Day { get; set; }
    public int SeriesId { get; set; }
    /// <summary>Dimension <see cref="Store.DimensionKind.Resource"/>: <c>Guardrail/id</c>.</summary>
    public int GuardrailId { get; set; }
    public long Calls { get; set; }
    /// <summary>Calls whose token counts are unknown.</summary>
    public long CallsWithoutTokens { get; set; }
    /// <summary>All of the prompt, cached or not: that is what a guardrail reads.</summary>
    public long PromptTokens { get; set; }
    public long OutputTokens { get; set; }
}
