using System.Globalization;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>A row of the price book.</summary>
/// <param name="Display">The model as people read it.</param>
/// <param name="List">For an own price: the list price it stands before, on its first day; null when there is none.</param>
/// <param name="IsPast">Another row of the same key (own or list) goes before it: later, or from a better source.</param>
/// <param name="CallsLately">Recorded calls of the model in the last 30 days.</param>
public sealed record PriceRow(Price Price, string Display, Price? List, bool IsPast, long CallsLately)
{
    public bool IsOwn => Price.Source == PriceSource.Override;
    /// <summary>What bills of the last 35 days showed for it, by account and region.</summary>
    public IReadOnlyList<LearntSeen> Learnt { get; init; } = [];
}

/// <summary>Billable calls without a price: counted everywhere, but with no cost in any estimate.</summary>
/// <param name="IsMatched">The name is known; only its price is missing. Otherwise no list has such a name.</param>
/// <param name="Problem">Of an application inference profile: why its model is not known; empty otherwise.</param>
public sealed record UnpricedModel(
    string Model, string Display, ServiceTier Tier, RoutingScope Scope, string Region, long Calls, long Tokens, DateOnly FirstDay, DateOnly LastDay, bool IsMatched, string Problem);

/// <summary>An application inference profile whose model Bedrock would not tell.</summary>
public sealed record UnknownProfile(string Arn, string Name, string Problem, DateTime ReadAt);

/// <summary>The price book and what is missing in it.</summary>
/// <param name="PartlyPriced">Tokens of kinds without a price, of calls that have one for others.</param>
public sealed record PriceBookAnswer(
    IReadOnlyList<PriceRow> Rows, IReadOnlyList<UnpricedModel> Unpriced, IReadOnlyList<UnknownProfile> Profiles, IReadOnlyList<(string Display, long Tokens)> PartlyPriced, DateTime? LoadedAt);

/// <summary>Reads the price book with what was called and could not be priced.</summary>
public sealed class PriceBookReport(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, PriceFinder prices, LearntRateReport learnt, TimeProvider clock)
{
    private const int LatelyDays = 30;

    /// <summary>All rows, by model; unpriced models with most calls first, of all days that are kept.</summary>
    public async Task<PriceBookAnswer> ReadAsync(CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var lately = new Dictionary<string, long>(StringComparer.Ordinal);
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT s."ModelId", SUM(r."Calls") FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 2 AND r."SlotUnixSeconds" > {UtcTime.ToUnixSeconds(today.AddDays(-LatelyDays))} GROUP BY 1
            """), row => lately[dimensions.Name(row.GetInt32(0))] = row.GetInt64(1), cancel);
        var profiles = await db.InferenceProfiles.AsNoTracking().Where(p => p.ModelId == "").OrderBy(p => p.Arn).ToListAsync(cancel);
        var problems = profiles.ToDictionary(p => p.Arn, p => p.Problem, StringComparer.Ordinal);
        var rows = prices.All.Where(p => p.Source != PriceSource.Learnt).OrderBy(p => p.Model, StringComparer.Ordinal).ThenBy(p => p.Tier).ThenBy(p => p.Band).ThenBy(p => p.Scope).ThenBy(p => p.Region, StringComparer.Ordinal)
            .ThenByDescending(p => p.Source == PriceSource.Override).ThenBy(p => p.Source).ThenByDescending(p => p.EffectiveFrom).ThenByDescending(p => p.ReadOn).ThenByDescending(p => p.Id).ToArray();
        var newest = new HashSet<(string, ServiceTier, RoutingScope, string, ContextBand, bool)>();
        var (seen, alone) = await learnt.NewestAsync(db, cancel);
        // What only bills know stands behind what has a price, under numbers that no price has.
        var known = rows.Select(p => new PriceRow(p, Display(p.Model), p.Source == PriceSource.Override ? ListOf(p) : null, IsPast(p), lately.GetValueOrDefault(p.Model)) { Learnt = [.. seen[p.Id]] }).ToList();
        for (var i = 0; i < alone.Count; i++)
        {
            alone[i].Price.Id = -1 - i;
            known.Add(new PriceRow(alone[i].Price, Display(alone[i].Price.Model), null, false, lately.GetValueOrDefault(alone[i].Price.Model)) { Learnt = [alone[i].Seen] });
        }
        return new PriceBookAnswer(
            known,
            await UnpricedAsync(db, problems, cancel), [.. profiles.Select(p => new UnknownProfile(p.Arn, p.Name, p.Problem, p.ReadAt))], await PartlyPricedAsync(db, cancel), prices.LoadedAt);

        // Rows come as they are looked for, better sources and later days first; a price that is still to come does not end the one that holds.
        bool IsPast(Price p) => p.EffectiveFrom is null || p.EffectiveFrom <= today
            ? !newest.Add((p.Model, p.Tier, p.Scope, p.Region, p.Band, p.Source == PriceSource.Override)) : false;
    }

    private Price? ListOf(Price own) => prices.FindList(
        new ModelName(own.Model, own.Provider, own.Model, own.Scope, true), own.Tier, own.Band, own.Region.TrimEnd('*').TrimEnd('-'), UtcTime.Start(own.EffectiveFrom ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)));

    private async Task<IReadOnlyList<UnpricedModel>> UnpricedAsync(LedgerDb db, Dictionary<string, string> problems, CancellationToken cancel)
    {
        var unpriced = new List<UnpricedModel>();
        await StoredRows.ReadAsync(db, """
            SELECT s."ModelId", s."Tier", s."Scope", s."RegionId", SUM(r."Calls"), SUM(r."Input" + r."CacheRead" + r."CacheWrite5m" + r."CacheWrite30m" + r."CacheWrite1h" + r."Output"),
                MIN(r."SlotUnixSeconds"), MAX(r."SlotUnixSeconds")
            FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 2 AND s."IsBillable" AND s."PriceId" = 0 AND r."RepricedId" = 0 GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3, 4
            """, row =>
        {
            var model = dimensions.Name(row.GetInt32(0));
            unpriced.Add(new UnpricedModel(model, Display(model), (ServiceTier)row.GetByte(1), (RoutingScope)row.GetByte(2), dimensions.Name(row.GetInt32(3)), row.GetInt64(4), row.GetInt64(5),
                UtcTime.DayOfUnixMs(row.GetInt64(6) * 1000), UtcTime.DayOfUnixMs(row.GetInt64(7) * 1000), model.Length > 0 && ModelNameReader.Read(model).IsResolved, problems.GetValueOrDefault(model, "")));
        }, cancel);
        return unpriced;
    }

    private async Task<IReadOnlyList<(string, long)>> PartlyPricedAsync(LedgerDb db, CancellationToken cancel)
    {
        var partly = new List<(string, long)>();
        await StoredRows.ReadAsync(db, """
            SELECT s."ModelId", SUM(r."UnpricedTokens") FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 2 AND s."IsBillable" AND (s."PriceId" <> 0 OR r."RepricedId" <> 0) AND r."UnpricedTokens" > 0 GROUP BY 1 ORDER BY 2 DESC
            """, row => partly.Add((Display(dimensions.Name(row.GetInt32(0))), row.GetInt64(1))), cancel);
        return partly;
    }

    private string Display(string model)
    {
        if (model.Length == 0) return "no model named";
        return dimensions.Find(DimensionKind.Model, model) is var id and not 0 ? dimensions.Label(id) : ModelNameReader.Read(model).Display;
    }
}
