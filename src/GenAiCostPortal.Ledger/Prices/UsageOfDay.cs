using System.Data.Common;
using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>A slot of the cost rollup while it is priced anew.</summary>
internal sealed record PricedSlot(RollupSpan Span, long SlotUnixSeconds, long Calls, TokenCounts Tokens, long CostNanoUsd, long UnpricedTokens, long CallsWithoutCost, long CallsWithoutTokens, int RepricedId);

/// <summary>What one cost series recorded on one day: its hours and the day itself.</summary>
internal sealed class SeriesDay(int seriesId, CostKey key)
{
    public int SeriesId => seriesId;
    public CostKey Key => key;
    public List<PricedSlot> Hours { get; } = [];
    public PricedSlot? Day { get; set; }

    /// <summary>The slots at another price: hours from their own tokens, the day as their sum. Without hours (older than they are kept) nothing may move.</summary>
    /// <param name="priceId">0 = no price.</param>
    public IEnumerable<PricedSlot> At(Price? price, int priceId)
    {
        if (Day is null || Hours.Count == 0) yield break;
        var repriced = priceId == key.Price ? 0 : priceId;
        var (sum, without) = (0L, 0L);
        foreach (var hour in Hours)
        {
            var cost = TokenCost.Of(hour.Tokens, price);
            var priced = hour with { CostNanoUsd = cost.NanoUsd, UnpricedTokens = cost.UnpricedTokens, RepricedId = repriced, CallsWithoutCost = Without(hour, priceId) };
            (sum, without) = (sum + priced.CostNanoUsd, without + priced.CallsWithoutCost);
            yield return priced;
        }
        var unpriced = TokenCost.Of(Day.Tokens, price).UnpricedTokens;
        yield return Day with { CostNanoUsd = sum, UnpricedTokens = unpriced, RepricedId = repriced, CallsWithoutCost = key.Price == 0 ? without : Day.CallsWithoutCost };
    }

    // Under a series without a price every call is one without cost; once it has one, those of unknown tokens are left.
    private long Without(PricedSlot slot, int priceId) => key.Price != 0 ? slot.CallsWithoutCost : priceId == 0 ? slot.Calls : slot.CallsWithoutTokens;
}

/// <summary>Reads the priced usage of days from the cost rollup.</summary>
internal static class UsageOfDay
{
    private const string Columns = """
        r."Span", r."SlotUnixSeconds", r."SeriesId", r."Calls", r."Input", r."CacheRead", r."CacheWrite5m", r."CacheWrite30m", r."CacheWrite1h", r."Output",
        r."EstimatedCostNanoUsd", r."UnpricedTokens", r."CallsWithoutCost", r."CallsWithoutTokens", r."RepricedId"
        """;

    /// <summary>Every billable cost series by number.</summary>
    public static async Task<Dictionary<int, CostKey>> SeriesAsync(LedgerDb db, CancellationToken cancel)
    {
        var series = new Dictionary<int, CostKey>();
        await StoredRows.ReadAsync(db, """
            SELECT "Id", "AccountId", "RegionId", "ProviderId", "ModelId", "Tier", "Scope", "Band", "FeatureId", "TeamId", "ApplicationId", "EnvironmentId", "ReleaseId",
                "IsOffBill", "PriceId" FROM cost_series WHERE "IsBillable"
            """, row => series[row.GetInt32(0)] = new CostKey(
                row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), (ServiceTier)row.GetByte(5), (RoutingScope)row.GetByte(6), (ContextBand)row.GetByte(7),
                row.GetInt32(8), row.GetInt32(9), row.GetInt32(10), row.GetInt32(11), row.GetInt32(12), row.GetBoolean(13), true, row.GetInt32(14)), cancel);
        return series;
    }

    /// <summary>Usage of a day by series, in the order of their numbers.</summary>
    /// <param name="only">Numbers of series; null = all billable ones.</param>
    public static async Task<IReadOnlyList<SeriesDay>> ReadAsync(LedgerDb db, DateOnly day, IReadOnlyDictionary<int, CostKey> series, IReadOnlyCollection<int>? only, CancellationToken cancel)
    {
        var start = UtcTime.ToUnixSeconds(day);
        var read = new SortedDictionary<int, SeriesDay>();
        foreach (var where in only is null ? Whole(start) : Some(start, only))
            await StoredRows.ReadAsync(db, $"SELECT {Columns} FROM cost_rollup r WHERE {where}", row => Add(row, series, read), cancel);
        return [.. read.Values.Where(s => s.Day is not null)];
    }

    // Either way the table's key is walked: a range of it, or one step for each slot and series.
    private static string[] Whole(long start) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"r.\"Span\" = 1 AND r.\"SlotUnixSeconds\" >= {start} AND r.\"SlotUnixSeconds\" < {start + 86_400}"),
        string.Create(CultureInfo.InvariantCulture, $"r.\"Span\" = 2 AND r.\"SlotUnixSeconds\" = {start}"),
    ];

    private static string[] Some(long start, IEnumerable<int> series)
    {
        var numbers = string.Join(", ", series.Select(i => i.ToString(CultureInfo.InvariantCulture)));
        var hours = string.Join(", ", Enumerable.Range(0, 24).Select(h => (start + (h * 3600)).ToString(CultureInfo.InvariantCulture)));
        return
        [
            $"r.\"Span\" = 1 AND r.\"SlotUnixSeconds\" IN ({hours}) AND r.\"SeriesId\" IN ({numbers})",
            string.Create(CultureInfo.InvariantCulture, $"r.\"Span\" = 2 AND r.\"SlotUnixSeconds\" = {start} AND r.\"SeriesId\" IN ({numbers})"),
        ];
    }

    private static void Add(DbDataReader row, IReadOnlyDictionary<int, CostKey> series, SortedDictionary<int, SeriesDay> read)
    {
        var id = row.GetInt32(2);
        if (!series.TryGetValue(id, out var key)) return;
        if (!read.TryGetValue(id, out var of)) read[id] = of = new SeriesDay(id, key);
        var slot = new PricedSlot((RollupSpan)row.GetByte(0), row.GetInt64(1), row.GetInt64(3),
            new TokenCounts(row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetInt64(9)),
            row.GetInt64(10), row.GetInt64(11), row.GetInt64(12), row.GetInt64(13), row.GetInt32(14));
        if (slot.Span == RollupSpan.Day) of.Day = slot;
        else of.Hours.Add(slot);
    }
}
