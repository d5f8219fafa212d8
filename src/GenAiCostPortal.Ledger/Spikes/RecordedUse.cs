using System.Data.Common;
using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>Calls of a cell under one release in one window, weighted. <see cref="EstimatedNanoUsd"/> by token kind.</summary>
internal sealed class ReleaseUse
{
    public double FirstCalls, Calls;
    public readonly double[] Tokens = new double[TokenCounts.Kinds.Length];
    public readonly double[] EstimatedNanoUsd = new double[TokenCounts.Kinds.Length];

    public void Add(ReleaseUse other)
    {
        FirstCalls += other.FirstCalls;
        Calls += other.Calls;
        for (var k = 0; k < Tokens.Length; k++) (Tokens[k], EstimatedNanoUsd[k]) = (Tokens[k] + other.Tokens[k], EstimatedNanoUsd[k] + other.EstimatedNanoUsd[k]);
    }
}

/// <summary>What the rollups recorded in one window.</summary>
internal sealed class RecordedUse(LedgerDayReader reader, ChangeFilter filter, ChangeWindow window)
{
    private const string Tokens = """SUM(r."Input"), SUM(r."CacheRead"), SUM(r."CacheWrite5m"), SUM(r."CacheWrite30m"), SUM(r."CacheWrite1h"), SUM(r."Output")""";
    private static readonly TokenKind[] Kinds = TokenCounts.Kinds;

    /// <summary>By cell and release.</summary>
    public Dictionary<(ChangeCellKey Cell, int Release), ReleaseUse> Cells { get; } = [];
    /// <summary>First attempts of a feature on all models, also those that a filter leaves out.</summary>
    public Dictionary<int, double> FirstCalls { get; } = [];
    /// <summary>By feature and release.</summary>
    public Dictionary<(int Feature, int Release), double> Requests { get; } = [];
    /// <summary>Days on which a feature has recorded tokens.</summary>
    public HashSet<(int Feature, DateOnly Day)> RecordedDays { get; } = [];
    public double OffBillNanoUsd { get; private set; }
    /// <summary>Failed attempts that cost nothing: throttled, denied, invalid. By feature.</summary>
    public Dictionary<int, double> FreeErrors { get; } = [];

    /// <summary>Reads calls; money of days without any bill goes to <paramref name="plain"/>, because the rollups are all there is of it.</summary>
    public async Task ReadAsync(LedgerDb db, Func<DateOnly, int, bool> isPlain, Action<SpendKey, TokenKind, double, double> plain, CancellationToken cancel)
    {
        foreach (var (isDay, slots) in window.Slots())
        {
            await StoredRows.ReadAsync(db, $"""
                SELECT r."SlotUnixSeconds", s."AccountId", s."FeatureId", s."ModelId", s."ProviderId", s."Tier", s."Scope", s."ReleaseId", s."PriceId", s."IsOffBill",
                    s."IsBillable", SUM(r."Calls"), SUM(r."CallsWithoutTokens"), SUM(r."RetriedCalls"), SUM(r."EstimatedCostNanoUsd"), {Tokens}
                FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
                WHERE {slots}{filter.OfCalls} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
                """, row => Add(row, isDay, isPlain, plain), cancel);
            if (!filter.KnowsRequests) continue;
            await StoredRows.ReadAsync(db, $"""
                SELECT r."SlotUnixSeconds", s."FeatureId", s."ReleaseId", SUM(r."Requests") FROM usage_rollup r JOIN usage_series s ON s."Id" = r."SeriesId"
                WHERE {slots} AND r."Requests" > 0{filter.OfOwners} GROUP BY 1, 2, 3
                """, row => Sum(Requests, (row.GetInt32(1), row.GetInt32(2)), row.GetInt64(3) * window.WeightOf(new(isDay, row.GetInt64(0)))), cancel);
        }
    }

    private void Add(DbDataReader row, bool isDay, Func<DateOnly, int, bool> isPlain, Action<SpendKey, TokenKind, double, double> plain)
    {
        var slot = row.GetInt64(0);
        var weight = window.WeightOf(new(isDay, slot));
        var (account, feature, model, provider) = (row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4));
        var (tier, scope, release) = ((ServiceTier)row.GetByte(5), (RoutingScope)row.GetByte(6), row.GetInt32(7));
        var calls = row.GetInt64(11);
        var tokens = new TokenCounts(row.GetInt64(15), row.GetInt64(16), row.GetInt64(17), row.GetInt64(18), row.GetInt64(19), row.GetInt64(20));
        if (!row.GetBoolean(10))
        {
            Sum(FreeErrors, feature, calls * weight);
            return;
        }
        if (row.GetBoolean(9))
        {
            if (filter.HoldsModel(model, provider, (int)tier)) OffBillNanoUsd += row.GetInt64(14) * weight;
            return;
        }
        var withTokens = Math.Max(0, calls - row.GetInt64(12));
        // Every attempt of a call may have been sent again by another span; a cell without any first attempt has no such factor.
        var first = withTokens - row.GetInt64(13) is var left and > 0 ? left : withTokens;
        Sum(FirstCalls, feature, first * weight);
        if (!filter.HoldsModel(model, provider, (int)tier)) return;
        var day = UtcTime.DayOfUnixMs(slot * 1000);
        if (tokens.Total > 0) RecordedDays.Add((feature, day));

        var costs = reader.KindCosts(tokens, row.GetInt32(8), row.GetInt64(14));
        var use = UseOf(new ChangeCellKey(feature, model, tier, scope), release);
        use.FirstCalls += first * weight;
        use.Calls += withTokens * weight;
        var isAlone = isPlain(day, account);
        foreach (var kind in Kinds)
        {
            use.Tokens[(int)kind] += tokens[kind] * weight;
            use.EstimatedNanoUsd[(int)kind] += costs[(int)kind] * weight;
            if (!isAlone || costs[(int)kind] == 0 && tokens[kind] == 0) continue;
            var key = default(SpendKey);
            (key[SpendDimension.Feature], key[SpendDimension.Model], key[SpendDimension.TokenKind]) = (feature, model, (int)kind + 1);
            plain(key, kind, costs[(int)kind] * weight, tokens[kind] * weight);
        }
    }

    private ReleaseUse UseOf(ChangeCellKey cell, int release)
    {
        if (!Cells.TryGetValue((cell, release), out var use)) Cells[(cell, release)] = use = new ReleaseUse();
        return use;
    }

    private static void Sum<TKey>(Dictionary<TKey, double> sums, TKey key, double value) where TKey : notnull => sums[key] = sums.GetValueOrDefault(key) + value;
}
