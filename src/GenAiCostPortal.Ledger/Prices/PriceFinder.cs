using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>Finds the price that held at a time. Holds the whole book in memory; reload after a change.</summary>
public sealed class PriceFinder(IDbContextFactory<LedgerDb> stores, WriteGate gate, TimeProvider clock, LedgerChanges? changes = null)
{
    private const string ShippedFact = "prices.shipped";
    private const int RowsPerWrite = 150;
    private static readonly IReadOnlyDictionary<string, int> LongStarts = PriceBookReader.LongBandStarts();

    private volatile PriceBook _book = PriceBook.Empty;
    private volatile Dictionary<int, Price> _byId = [];
    private volatile RepricedPrices _repriced = RepricedPrices.None;

    /// <summary>When the book was last read from the store; null before.</summary>
    public DateTime? LoadedAt { get; private set; }

    /// <summary>Every price that a call may get, in no order.</summary>
    public IEnumerable<Price> All => _book.All;

    /// <summary>Reads the price table; at the first start also fills it from the price book that ships with the portal.</summary>
    public async Task LoadAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var shipped = PriceBookReader.ShippedHash();
        var seeded = await db.Facts.AsNoTracking().FirstOrDefaultAsync(f => f.Name == ShippedFact, cancel);
        var rows = await db.Prices.AsNoTracking().ToListAsync(cancel);
        if (seeded?.Value != shipped)
        {
            await AddMissingAsync(rows, shipped, cancel);
            rows = await db.Prices.AsNoTracking().ToListAsync(cancel);
        }
        var repriced = await db.RepricedUsages.AsNoTracking()
            .Where(u => db.Repricings.Any(r => r.Id == u.RepricingId && (r.State == RepricingState.Running || r.State == RepricingState.Done))).ToListAsync(cancel);
        _byId = rows.ToDictionary(p => p.Id);
        _book = new PriceBook(rows.Where(p => p.Source != PriceSource.Filled));
        _repriced = repriced.Count == 0 ? RepricedPrices.None : new RepricedPrices(repriced);
        LoadedAt = clock.GetUtcNow().UtcDateTime;
    }

    /// <summary>The price at a time, or null when the model has none. Never a later price for an earlier time.</summary>
    /// <param name="model">Canonical name and routing scope.</param>
    /// <param name="tier">Only a price of this very tier is found: without one the call is unpriced, not priced as standard.</param>
    /// <param name="band">Long falls back to the normal price where a model has only one.</param>
    /// <param name="region">Empty when not known.</param>
    /// <param name="at">UTC.</param>
    /// <param name="account">The account called, whose learnt prices then count; empty when not known.</param>
    public Price? Find(ModelName model, ServiceTier tier, ContextBand band, string region, DateTime at, string account = "") =>
        _book.Find(model.Canonical, model.Scope, tier, band, region, at, account: account);

    /// <summary>The same without own and learnt prices: what the lists say.</summary>
    public Price? FindList(ModelName model, ServiceTier tier, ContextBand band, string region, DateTime at) =>
        _book.Find(model.Canonical, model.Scope, tier, band, region, at, isListOnly: true);

    /// <summary>Number of the price that holds for a series' usage of a day: the one its calls were given, unless re-priced. 0 = none.</summary>
    internal int EffectiveId(in CostKey series, int dayNumber) => _repriced.Of(series, dayNumber);

    /// <summary>A price by its row number.</summary>
    public Price? ById(int id) => _byId.GetValueOrDefault(id);

    /// <summary>The context band of a call: long when its prompt is above the length from which the model is priced differently.</summary>
    /// <param name="canonicalModel">Canonical model id.</param>
    /// <param name="promptTokens">All prompt tokens, cached ones included.</param>
    public static ContextBand BandOf(string canonicalModel, long promptTokens) =>
        LongStarts.TryGetValue(canonicalModel, out var start) && promptTokens > start ? ContextBand.Long : ContextBand.Normal;

    // A newer book adds rows and changes none, so calls keep the price they were given.
    private async Task AddMissingAsync(List<Price> present, string shipped, CancellationToken cancel)
    {
        var known = present.Select(Content).ToHashSet();
        var missing = PriceBookReader.ReadShipped().Where(p => known.Add(Content(p))).ToArray();
        foreach (var part in missing.Chunk(RowsPerWrite))
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            db.Prices.AddRange(part);
            using var turn = await gate.EnterAsync(cancel);
            await db.SaveChangesAsync(cancel);
        }
        await using var last = await stores.CreateDbContextAsync(cancel);
        var fact = await last.Facts.FirstOrDefaultAsync(f => f.Name == ShippedFact, cancel);
        if (fact is null) last.Facts.Add(new StoreFact { Name = ShippedFact, Value = shipped });
        else fact.Value = shipped;
        using (await gate.EnterAsync(cancel)) await last.SaveChangesAsync(cancel);
        changes?.Say(LedgerPart.Prices);
    }

    private static object Content(Price p) => (
        (p.Model, p.Tier, p.Scope, p.Region, p.Band, p.EffectiveFrom, p.Source),
        (p.InputNanoUsd, p.CacheReadNanoUsd, p.CacheWrite5mNanoUsd, p.CacheWrite30mNanoUsd, p.CacheWrite1hNanoUsd, p.OutputNanoUsd), p.Provenance);
}
