using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What is known beside the day itself when it is built.</summary>
/// <param name="LoggedRegions">Account and region pairs with a recorded call in the last 14 days.</param>
/// <param name="Owners">Who mostly uses a feature.</param>
/// <param name="MonthFeatures">Features with spend in the month of the day.</param>
internal sealed record DaySurroundings(
    IReadOnlySet<(int Account, int Region)> LoggedRegions, IReadOnlyDictionary<int, FeatureOwners> Owners, IReadOnlyCollection<int> MonthFeatures,
    RuleBook Rules, RuleNames Names)
{
    /// <summary>What is known of resources.</summary>
    public ResourceBook Resources { get; init; } = ResourceBook.Empty;
}

/// <summary>Reads what decides the ledger of a day from the store.</summary>
public sealed class LedgerDayReader(Dimensions dimensions, PriceFinder prices, OwnerKeys keys, LedgerOptions? options = null)
{
    private static readonly Dictionary<int, long> NoRequests = [];
    private static readonly long[] NoCost = new long[TokenCounts.Kinds.Length];
    private readonly ConcurrentDictionary<(int Service, int UsageType), UsageTypeMeaning> _meanings = new();
    private readonly ConcurrentDictionary<int, ModelName> _models = new();

    /// <param name="extrapolates">Other than it is set, for a trial.</param>
    internal async Task<LedgerDayInputs> ReadAsync(LedgerDb db, DateOnly day, DaySurroundings around, CancellationToken cancel, bool? extrapolates = null)
    {
        var states = await db.BilledDays.AsNoTracking().Where(b => b.Day == day).ToListAsync(cancel);
        var lines = await db.BilledLines.AsNoTracking().Where(l => l.Day == day).ToListAsync(cancel);
        var splits = SplitRules.For(day, around.Rules.Splits, around.Names);
        var meanings = new DayMeanings(this, dimensions, prices, day);
        var tags = new TagOwners(around.Names);
        List<BillCell> cells = [.. lines.Select(l => Cell(l, meanings, tags))];
        var claims = await ClaimsAsync(db, day, extrapolates ?? Extrapolates, cancel);
        var resources = cells.Count == 0 ? new DayResources()
            : await DayResources.ReadAsync(db, day, around, cells, [.. claims.Select(c => (c.ModelId, c.ProviderId)).Distinct()], dimensions, cancel);
        return new LedgerDayInputs(day, cells, claims, await MeteredAsync(db, day, cancel), around.LoggedRegions, around.Owners,
            states.Where(s => s.ClosedAt is not null).Select(s => s.AccountId).ToHashSet(),
            states.Where(s => s.ClosedAt is null).Select(s => s.AccountId).ToHashSet())
        {
            ModelName = dimensions.Name, Rules = OwnerRules.For(day, around.Rules.Owners, around.Names), Splits = splits,
            Requests = splits.IsEmpty ? NoRequests : await RequestsAsync(db, day, cancel), MonthFeatures = around.MonthFeatures,
            Resources = resources.Uses, ResourceById = resources.ById, OwnMetrics = resources.OwnMetrics, Guarded = resources.Guarded,
        };
    }

    /// <summary>Names of the rules in force, as numbers; resources by the names they were given.</summary>
    internal RuleNames NamesWith(IReadOnlyList<ResourceSeen> inventory) =>
        new(dimensions.Name, dimensions.Label, dimensions.Find, keys) { ResourceNames = inventory.Where(r => r.Name.Length > 0).DistinctBy(r => r.Arn).ToDictionary(r => r.Arn, r => r.Name) };

    /// <summary>Names of the rules in force, as numbers.</summary>
    internal RuleNames Names => RuleNames.Of(dimensions, keys);

    internal OwnerTagKeys TagKeys => keys.TagKeys;

    /// <summary>Sampled calls claim what they stand for.</summary>
    internal bool Extrapolates => options is { ExtrapolateSampledTraces: true };

    internal UsageTypeMeaning Meaning(int service, int usageType) => _meanings.GetOrAdd((service, usageType),
        key => UsageTypeClassifier.Read(dimensions.Name(key.Service), dimensions.Name(key.UsageType)));

    private static BillCell Cell(BilledLine line, DayMeanings meanings, TagOwners tags)
    {
        var (meaning, region, provider, model, nano) = meanings.Of(line);
        var tokens = meaning is { Kind: not null, Model: not null } && line.Quantity is { } quantity
            ? UsageTypeClassifier.Tokens(quantity, line.Unit, Money.ToUsd(line.AmountNanoUsd), nano) : null;
        var cell = new BillCell(line.AccountId, region, line.BilledServiceId, line.UsageTypeId, line.Category, line.TagFeatureId, line.AmountNanoUsd,
            line.IsPreliminary, meaning.Component, provider, model, meaning.Kind, meaning.Tier,
            meaning.Scope, meaning.Band, tokens, meaning.IsUnderstood) { TagSetId = line.TagSetId, ResourceId = line.ResourceId, PrincipalId = line.PrincipalId };
        return line.TagSetId == 0 ? cell : tags.Add(cell);
    }

    private static async Task<Dictionary<int, long>> RequestsAsync(LedgerDb db, DateOnly day, CancellationToken cancel)
    {
        var requests = new Dictionary<int, long>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT s."FeatureId", SUM(r."Requests") FROM usage_rollup r JOIN usage_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 2 AND r."SlotUnixSeconds" = {UtcTime.ToUnixSeconds(day)} AND NOT s."IsOffBill" AND s."FeatureId" <> 0 GROUP BY 1
            """), row => requests[row.GetInt32(0)] = row.GetInt64(1), cancel);
        return requests;
    }

    private async Task<List<CallClaim>> ClaimsAsync(LedgerDb db, DateOnly day, bool extrapolates, CancellationToken cancel)
    {
        var claims = new List<CallClaim>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT s."AccountId", s."RegionId", s."ProviderId", s."ModelId", s."Tier", s."Scope", s."Band", s."FeatureId", s."TeamId", s."ApplicationId",
                s."EnvironmentId", s."ReleaseId", CASE WHEN r."RepricedId" = 0 THEN s."PriceId" ELSE r."RepricedId" END, r."Input", r."CacheRead", r."CacheWrite5m", r."CacheWrite30m", r."CacheWrite1h", r."Output",
                r."EstimatedCostNanoUsd", s."Doors", r."Calls"{(extrapolates ? SampledClaims.Columns : "")}
            FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"{(extrapolates ? SampledClaims.Join : "")}
            WHERE r."Span" = 2 AND r."SlotUnixSeconds" = {UtcTime.ToUnixSeconds(day)} AND NOT s."IsOffBill" AND s."IsBillable"
            """), row => claims.Add(Claim(row, extrapolates)), cancel);
        return claims;
    }

    private CallClaim Claim(DbDataReader row, bool extrapolates)
    {
        var tokens = new TokenCounts(row.GetInt64(13), row.GetInt64(14), row.GetInt64(15), row.GetInt64(16), row.GetInt64(17), row.GetInt64(18));
        return new CallClaim(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), (ServiceTier)row.GetByte(4), (RoutingScope)row.GetByte(5),
            (ContextBand)row.GetByte(6), row.GetInt32(7), row.GetInt32(8), row.GetInt32(9), row.GetInt32(10), row.GetInt32(11), tokens,
            KindCosts(tokens, row.GetInt32(12), row.GetInt64(19))) { Doors = (Doors)row.GetByte(20), Calls = row.GetInt64(21), Sampled = extrapolates ? SampledClaims.Read(row, 22) : null };
    }

    internal CostComponent ComponentOf(int model, TokenKind kind, ServiceTier tier) => CostComponents.Of(dimensions.Name(model), kind, tier);

    /// <summary>A rollup's cost by token kind; the parts add up to it.</summary>
    internal IReadOnlyList<long> KindCosts(TokenCounts tokens, int priceId, long costNanoUsd)
    {
        var price = priceId == 0 ? null : prices.ById(priceId);
        if (costNanoUsd == 0) return NoCost;
        var weights = TokenCounts.Kinds.Select(k => (decimal)tokens[k] * (price?[k] ?? 0)).ToArray();
        // A cost whose price is gone from the book is still a cost: by tokens then.
        if (weights.Sum() <= 0) weights = [.. TokenCounts.Kinds.Select(k => (decimal)tokens[k])];
        if (weights.Sum() <= 0) weights[0] = 1;
        return Money.Split(costNanoUsd, weights);
    }

    private async Task<List<MeteredPool>> MeteredAsync(LedgerDb db, DateOnly day, CancellationToken cancel)
    {
        var pools = new List<MeteredPool>();
        var start = UtcTime.ToUnixSeconds(day);
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT "AccountId", "RegionId", "ModelId", "Scope", "Metric", SUM("Value") FROM metered_usage
            WHERE "HourUnixSeconds" >= {start} AND "HourUnixSeconds" < {start + 86_400} AND "Metric" <= 3
            GROUP BY 1, 2, 3, 4, 5
            """), row =>
        {
            var model = Model(row.GetInt32(2)) with { Scope = (RoutingScope)row.GetByte(3) };
            var kind = KindOf((MeteredMetric)row.GetByte(4));
            var price = prices.Find(model, ServiceTier.Standard, ContextBand.Normal, dimensions.Name(row.GetInt32(1)), UtcTime.Start(day), dimensions.Name(row.GetInt32(0)));
            pools.Add(new MeteredPool(row.GetInt32(0), row.GetInt32(1), dimensions.Find(DimensionKind.Provider, model.Provider), row.GetInt32(2),
                model.Scope, kind, (long)Math.Round(row.GetDouble(5)), price?[kind]));
        }, cancel);
        return pools;
    }

    private ModelName Model(int id) => _models.GetOrAdd(id, i => ModelNameReader.Read(dimensions.Name(i), "aws.bedrock"));

    private static TokenKind KindOf(MeteredMetric metric) => metric switch
    {
        MeteredMetric.InputTokens => TokenKind.Input,
        MeteredMetric.OutputTokens => TokenKind.Output,
        MeteredMetric.CacheReadTokens => TokenKind.CacheRead,
        _ => TokenKind.CacheWrite5m,
    };
}
