using GenAiCostPortal.Ledger.ModelNames;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>Finds the price that held at a time. Holds the whole book in memory; reload after a change.</summary>
public sealed class PriceFinder
{
    /// <summary>Reads the price table; at the first start also fills it from the price book that ships with the portal.</summary>
    public Task LoadAsync(CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>The price at a time, or null when the model has none. Never a later price for an earlier time.</summary>
    /// <param name="model">Canonical name and routing scope.</param>
    /// <param name="region">Empty when not known.</param>
    public Price? Find(ModelName model, ServiceTier tier, ContextBand band, string region, DateTime at) => throw new NotImplementedException();

    /// <summary>A price by its row number.</summary>
    public Price? ById(int id) => throw new NotImplementedException();
}
