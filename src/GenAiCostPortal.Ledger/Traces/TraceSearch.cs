using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>Reads traces for lists and for the waterfall.</summary>
public sealed class TraceSearch(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, OwnerKeys keys, PriceFinder prices)
{
    /// <summary>How far a list can be scrolled; the total counts beyond it.</summary>
    public const int Window = 50_000;

    private const int UsualAtMost = 1_000, UsualAtLeast = 20, StepUsualAtMost = 40, StepUsualAtLeast = 5;
    private static readonly TimeSpan UsualSpan = TimeSpan.FromDays(28);

    /// <summary>A page of traces. Rows beyond <see cref="Window"/> are counted but not given.</summary>
    public async Task<TracePage> FindAsync(TraceQuery query, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var rows = new TraceFilter(db, dimensions).Apply(query);
        var totals = await rows.GroupBy(_ => 1).Select(g => new
        {
            Count = g.LongCount(),
            Cost = g.Sum(t => t.EstimatedCostNanoUsd),
            RetryCost = g.Sum(t => t.RetryCostNanoUsd),
            WithoutFullCost = g.LongCount(t => t.CostState == CostState.PartiallyPriced || t.CostState == CostState.Unpriced || t.CostState == CostState.NoTokens),
            WithRetries = g.LongCount(t => t.Retries > 0),
            WithLoops = g.LongCount(t => t.Loops > 0),
        }).SingleOrDefaultAsync(cancel);
        return new TracePage(totals?.Count ?? 0, await RowsAsync(rows, query, cancel))
        {
            WithRetries = totals?.WithRetries ?? 0,
            WithLoops = totals?.WithLoops ?? 0,
            RetryCostUsd = Money.ToUsd(totals?.RetryCost ?? 0),
            EstimatedCostUsd = Money.ToUsd(totals?.Cost ?? 0),
            WithoutFullCost = totals?.WithoutFullCost ?? 0,
            NotApplied = [.. query.Filter.Values.Where(f => f.Value.Count > 0 && TraceFilter.NotOfTraces.Contains(f.Key)).Select(f => f.Key)],
        };
    }

    /// <summary>The rows alone, for scrolling on: the totals are known by then.</summary>
    public async Task<IReadOnlyList<TraceItem>> ItemsAsync(TraceQuery query, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await RowsAsync(new TraceFilter(db, dimensions).Apply(query), query, cancel);
    }

    /// <summary>Traces by the keys of their rows; what is not stored any more is left out.</summary>
    internal async Task<IReadOnlyList<(long Key, TraceItem Item)>> ByKeysAsync(IReadOnlyList<long> keysOfTraces, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        return [.. (await db.Traces.AsNoTracking().Where(t => keysOfTraces.Contains(t.Key)).ToListAsync(cancel)).Select(t => (t.Key, Item(t)))];
    }

    /// <summary>One trace as listed, without its spans; null when there is none (or its retention has passed).</summary>
    public async Task<TraceItem?> ItemAsync(TraceId id, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var bytes = id.ToBytes();
        return await db.Traces.AsNoTracking().FirstOrDefaultAsync(t => t.TraceId == bytes, cancel) is { } row ? Item(row) : null;
    }

    /// <summary>One trace, or null when there is none (or its retention has passed).</summary>
    public async Task<TraceDetail?> OpenAsync(TraceId id, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var bytes = id.ToBytes();
        var trace = await db.Traces.AsNoTracking().FirstOrDefaultAsync(t => t.TraceId == bytes, cancel);
        if (trace is null) return null;
        var spans = await db.Spans.AsNoTracking().Where(s => s.TraceKey == trace.Key).ToListAsync(cancel);
        if (spans.Count == 0) return null;
        var origins = await OriginsAsync(db, spans, cancel);
        var calls = await db.Calls.AsNoTracking().Where(c => c.TraceKey == trace.Key)
            .Join(db.UsageSeries, c => c.UsageSeriesId, u => u.Id, (Call, Usage) => new { Call, Usage })
            .Join(db.CostSeries, c => c.Call.CostSeriesId, s => s.Id, (c, s) => new StoredCall(c.Call, c.Usage, s.PriceId))
            .ToListAsync(cancel);

        var sheet = new SpanSheet(dimensions, prices, id, spans, origins, calls, keys, await BilledRates.ReadAsync(db, calls, cancel));
        var usualSteps = await StepUsualsAsync(db, trace, sheet.LoopSteps, cancel);
        return sheet.Detail(Item(trace), usualSteps, await UsualAsync(db, trace, cancel));
    }

    private async Task<IReadOnlyList<TraceItem>> RowsAsync(IQueryable<TraceRow> rows, TraceQuery query, CancellationToken cancel)
    {
        var limit = Math.Clamp(Math.Min(query.Limit, Window - query.Offset), 0, Window);
        return limit == 0 ? [] : [.. (await Sort(rows, query).Skip(Math.Max(0, query.Offset)).Take(limit).ToListAsync(cancel)).Select(Item)];
    }

    private static IOrderedQueryable<TraceRow> Sort(IQueryable<TraceRow> rows, TraceQuery query) => (query.Sort, query.Descending) switch
    {
        // An unknown cost is neither small nor large: it comes last either way.
        (TraceSort.CostUsd, true) => rows.OrderByDescending(t => t.EstimatedCostNanoUsd).ThenBy(t => t.CostState).ThenByDescending(t => t.Key),
        (TraceSort.CostUsd, false) => rows
            .OrderBy(t => t.EstimatedCostNanoUsd == 0 && (t.CostState == CostState.Unpriced || t.CostState == CostState.NoTokens))
            .ThenBy(t => t.EstimatedCostNanoUsd).ThenBy(t => t.Key),
        (TraceSort.Tokens, true) => rows.OrderByDescending(t => t.Tokens).ThenByDescending(t => t.Key),
        (TraceSort.Tokens, false) => rows.OrderBy(t => t.Tokens).ThenBy(t => t.Key),
        (TraceSort.DurationMs, true) => rows.OrderByDescending(t => t.DurationMs).ThenByDescending(t => t.Key),
        (TraceSort.DurationMs, false) => rows.OrderBy(t => t.DurationMs).ThenBy(t => t.Key),
        (_, true) => rows.OrderByDescending(t => t.StartUnixMs).ThenByDescending(t => t.Key),
        _ => rows.OrderBy(t => t.StartUnixMs).ThenBy(t => t.Key),
    };

    private TraceItem Item(TraceRow row) => new(
        Convert.ToHexStringLower(row.TraceId), UtcTime.FromUnixMs(row.StartUnixMs), row.DurationMs, dimensions.Label(row.WorkflowId),
        dimensions.Label(row.FeatureId), dimensions.Label(row.ReleaseId), dimensions.Label(row.EnvironmentId),
        [.. row.ModelIds.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => dimensions.Label(int.Parse(id, CultureInfo.InvariantCulture)))],
        row.Calls, row.Spans, row.Tokens,
        row.EstimatedCostNanoUsd == 0 && row.CostState is CostState.Unpriced or CostState.NoTokens ? null : Money.ToUsd(row.EstimatedCostNanoUsd),
        row.CostState, row.Status, row.Errors, row.Retries, Money.ToUsd(row.RetryCostNanoUsd), row.Loops, row.Source);

    private static async Task<WorkflowUsual?> UsualAsync(LedgerDb db, TraceRow trace, CancellationToken cancel)
    {
        var rows = await Earlier(db, trace).OrderByDescending(t => t.StartUnixMs).ThenByDescending(t => t.Key).Take(UsualAtMost)
            .Select(t => new { t.EstimatedCostNanoUsd, t.Calls, t.Tokens, t.DurationMs }).ToListAsync(cancel);
        if (rows.Count < UsualAtLeast) return null;
        return new WorkflowUsual(rows.Count,
            Money.ToUsd(Median(rows.Select(r => r.EstimatedCostNanoUsd))), Median(rows.Select(r => r.Calls)),
            Median(rows.Select(r => r.Tokens)), Median(rows.Select(r => r.DurationMs)));
    }

    /// <summary>How often each looping step runs in the workflow's latest traces without a loop (median), read from their spans.</summary>
    private async Task<IReadOnlyDictionary<ToolStep, int>> StepUsualsAsync(LedgerDb db, TraceRow trace, IReadOnlyList<ToolStep> steps, CancellationToken cancel)
    {
        if (steps.Count == 0) return new Dictionary<ToolStep, int>();
        var keysOfTraces = await Earlier(db, trace).Where(t => t.Loops == 0).OrderByDescending(t => t.StartUnixMs).ThenByDescending(t => t.Key)
            .Take(StepUsualAtMost).Select(t => t.Key).ToListAsync(cancel);
        var spans = await db.Spans.AsNoTracking().Where(s => keysOfTraces.Contains(s.TraceKey)).ToListAsync(cancel);
        var origins = await OriginsAsync(db, spans, cancel);
        var times = spans.GroupBy(s => s.TraceKey).Select(rows => SpanSheet.StepTimes(rows, origins, keys)).ToList();
        var usuals = new Dictionary<ToolStep, int>();
        foreach (var step in steps)
        {
            var counts = times.Where(t => t.ContainsKey(step)).Select(t => t[step]).ToList();
            if (counts.Count >= StepUsualAtLeast) usuals[step] = Median(counts);
        }
        return usuals;
    }

    private static async Task<Dictionary<int, SpanOrigin>> OriginsAsync(LedgerDb db, List<SpanRow> spans, CancellationToken cancel)
    {
        var ids = spans.Select(s => s.OriginId).Distinct().ToList();
        return await db.SpanOrigins.AsNoTracking().Where(o => ids.Contains(o.Id)).ToDictionaryAsync(o => o.Id, cancel);
    }

    private static IQueryable<TraceRow> Earlier(LedgerDb db, TraceRow trace)
    {
        var from = trace.StartUnixMs - (long)UsualSpan.TotalMilliseconds;
        return db.Traces.AsNoTracking().Where(t => t.StartUnixMs >= from && t.StartUnixMs < trace.StartUnixMs
            && t.WorkflowId == trace.WorkflowId && t.FeatureId == trace.FeatureId && t.IsRequest);
    }

    /// <summary>The lower median: a value that occurred.</summary>
    private static T Median<T>(IEnumerable<T> values)
    {
        var sorted = values.Order().ToList();
        return sorted[(sorted.Count - 1) / 2];
    }
}

/// <summary>A stored call with its series and price.</summary>
internal sealed record StoredCall(CallRow Row, UsageSeries Usage, int PriceId)
{
    /// <summary>The series as prices are looked up by it.</summary>
    public CostKey PriceKey => new(Usage.AccountId, Usage.RegionId, Usage.ProviderId, Usage.ModelId, Usage.Tier, Usage.Scope, Usage.Band, 0, 0, 0, 0, 0, Usage.IsOffBill, true, PriceId);

    /// <summary>Day of the call, UTC.</summary>
    public int DayNumber => UtcTime.DayOfUnixMs(Row.StartUnixMs).DayNumber;
}
