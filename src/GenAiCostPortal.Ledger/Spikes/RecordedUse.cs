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

    /// <summary>Reads calls alone; nothing of their money.</summary>
    public Task ReadAsync(LedgerDb db, CancellationToken cancel) => ReadAsync(db, null, (_, _, _, _) => { }, false, cancel);

    /// <summary>Reads calls; money of days without any bill goes to <paramref name="plain"/>, because the rollups are all there is of it.</summary>
    /// <param name="states">Which days of which accounts the rollups alone tell of; null = none.</param>
    /// <param name="wantsDays">Fills <see cref="RecordedDays"/>.</param>
    public async Task ReadAsync(LedgerDb db, DayStates? states, Action<SpendKey, TokenKind, double, double> plain, bool wantsDays, CancellationToken cancel)
    {
        foreach (var run in window.Runs((day, next) => states is null || states.AreAlike(day, next)))
        {
            // Slots of one weight are added up by the store, and the first stands for all of them.
            var slot = run.Weight is null ? "r.\"SlotUnixSeconds\"" : string.Create(CultureInfo.InvariantCulture, $"CAST({run.From} AS BIGINT)");
            await StoredRows.ReadAsync(db, $"""
                SELECT {slot}, s."AccountId", s."FeatureId", s."ModelId", s."ProviderId", s."Tier", s."Scope", s."ReleaseId",
                    CASE WHEN r."RepricedId" = 0 THEN s."PriceId" ELSE r."RepricedId" END, s."IsOffBill",
                    s."IsBillable", SUM(r."Calls"), SUM(r."CallsWithoutTokens"), SUM(r."RetriedCalls"), SUM(r."EstimatedCostNanoUsd"), {Tokens}
                FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
                WHERE {run.Sql}{filter.OfCalls} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
                """, row => Add(row, states, plain), cancel);
            if (wantsDays) await ReadDaysAsync(db, run, cancel);
            if (!filter.KnowsRequests) continue;
            await StoredRows.ReadAsync(db, $"""
                SELECT {slot}, s."FeatureId", s."ReleaseId", SUM(r."Requests") FROM usage_rollup r JOIN usage_series s ON s."Id" = r."SeriesId"
                WHERE {run.Sql} AND r."Requests" > 0{filter.OfOwners} GROUP BY 1, 2, 3
                """, row => Sum(Requests, (row.GetInt32(1), row.GetInt32(2)), row.GetInt64(3) * window.WeightOf(row.GetInt64(0))), cancel);
        }
    }

    private Task ReadDaysAsync(LedgerDb db, SlotRun run, CancellationToken cancel) => StoredRows.ReadAsync(db, $"""
        SELECT DISTINCT r."SlotUnixSeconds", s."FeatureId", s."ModelId", s."ProviderId", s."Tier" FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
        WHERE {run.Sql}{filter.OfCalls} AND s."IsBillable" AND NOT s."IsOffBill"
            AND r."Input" + r."CacheRead" + r."CacheWrite5m" + r."CacheWrite30m" + r."CacheWrite1h" + r."Output" > 0
        """, row =>
        {
            if (filter.HoldsModel(row.GetInt32(2), row.GetInt32(3), row.GetByte(4))) RecordedDays.Add((row.GetInt32(1), UtcTime.DayOfUnixMs(row.GetInt64(0) * 1000)));
        }, cancel);

    private void Add(DbDataReader row, DayStates? states, Action<SpendKey, TokenKind, double, double> plain)
    {
        var slot = row.GetInt64(0);
        var weight = window.WeightOf(slot);
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

        var costs = reader.KindCosts(tokens, row.GetInt32(8), row.GetInt64(14));
        var use = UseOf(new ChangeCellKey(feature, model, tier, scope), release);
        use.FirstCalls += first * weight;
        use.Calls += withTokens * weight;
        var isAlone = states?.IsPlainlyEstimated(UtcTime.DayOfUnixMs(slot * 1000), account) ?? false;
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
