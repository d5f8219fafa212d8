using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Which component a token of a model belongs to; the same for billed lines and for estimates (product.md, Words).</summary>
public static class CostComponents
{
    /// <summary>Embeddings and reranking are retrieval, batch and reserved capacity are their own, everything else follows the token kind.</summary>
    /// <param name="canonicalModel">Canonical model id; empty when not known.</param>
    public static CostComponent Of(string canonicalModel, TokenKind kind, ServiceTier tier)
    {
        if (canonicalModel.Contains("embed", StringComparison.Ordinal) || canonicalModel.Contains("rerank", StringComparison.Ordinal)) return CostComponent.Retrieval;
        return tier switch
        {
            ServiceTier.Batch => CostComponent.Batch,
            ServiceTier.Provisioned or ServiceTier.Reserved => CostComponent.ProvisionedThroughput,
            _ => kind switch
            {
                TokenKind.Input => CostComponent.Input,
                TokenKind.Output => CostComponent.Output,
                TokenKind.CacheRead => CostComponent.CacheRead,
                _ => CostComponent.CacheWrite,
            },
        };
    }
}
