using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// Figures that only single traces and calls can tell. The period is cut into equal parts and at most a fixed number of rows is
/// read of each, by the index on the start, so that a month of millions costs no more than a day of thousands.
/// </summary>
internal sealed class CallSamples(LedgerDb db, Dimensions dimensions, UsageQuery query, DateTime keptFrom)
{
    private const int Parts = 48, TracesPerPart = 2_000, CallsPerPart = 500, FewestCalls = 10;
    private const double FloorShare = 0.10;

    /// <summary>A row of an answer: step and up to two keys.</summary>
    public readonly record struct At(long Time, int First, int Second);

    private sealed record Booked(
        long NanoUsd, CostState State, long RequestUnixMs, int Team, int Application, int Feature, int Environment, int Account, int Region, int Release, int Workflow);

    private sealed class Costs
    {
        public readonly List<long> NanoUsd = [];
        public long WithoutCost, PartlyPriced;
        public RequestCosts? Spread => RequestCosts.Of(NanoUsd, WithoutCost, PartlyPriced);
    }

    private static readonly HashSet<SpendDimension> OfTraces =
    [
        SpendDimension.Team, SpendDimension.Application, SpendDimension.Feature, SpendDimension.Environment, SpendDimension.Account, SpendDimension.Region,
        SpendDimension.Release, SpendDimension.Workflow,
    ];

    private DateTime From => query.From > keptFrom ? query.From : keptFrom;

    /// <summary>What requests cost, per row and over all; rows only where a trace as a whole has every key that is grouped by.</summary>
    public async Task<(RequestCosts? Total, Dictionary<At, RequestCosts> Rows, Coverage Coverage)> RequestsAsync(CancellationToken cancel)
    {
        var total = new Costs();
        var rows = new Dictionary<At, Costs>();
        var isGrouped = query.GroupBy.All(OfTraces.Contains);
        // A filter that traces cannot answer would show the cost of other requests as theirs.
        if (query.Filter.Values.Any(v => v.Value.Count > 0 && TraceFilter.NotOfTraces.Contains(v.Key))) return (null, [], new Coverage(From, query.To, 0, true));
        var filter = new TraceFilter(db, dimensions);
        var (read, isWhole) = (0L, true);
        foreach (var (from, to) in TimeParts())
        {
            var part = await filter.Apply(new TraceQuery(from, to, query.Filter)).Where(t => t.IsRequest && t.Source != nameof(Doors.InvocationLog))
                .OrderBy(t => t.StartUnixMs).Take(TracesPerPart)
                .Select(t => new Booked(t.EstimatedCostNanoUsd, t.CostState, t.RequestUnixMs, t.TeamId, t.ApplicationId, t.FeatureId, t.EnvironmentId, t.AccountId, t.RegionId, t.ReleaseId, t.WorkflowId))
                .ToListAsync(cancel);
            (read, isWhole) = (read + part.Count, isWhole && part.Count < TracesPerPart);
            foreach (var trace in part)
            {
                Add(total, trace);
                if (!isGrouped) continue;
                var at = new At(Step(trace.RequestUnixMs), Key(trace, 0), Key(trace, 1));
                if (!rows.TryGetValue(at, out var costs)) rows[at] = costs = new Costs();
                Add(costs, trace);
            }
        }
        return (total.Spread, rows.Where(r => r.Value.NanoUsd.Count > 0).ToDictionary(r => r.Key, r => r.Value.Spread!), new Coverage(From, query.To, read, isWhole));
    }

    /// <summary>10th percentile of prompt tokens, per row and over all.</summary>
    public async Task<(long? Total, Dictionary<At, long> Rows, Coverage Coverage)> PromptsAsync(CancellationToken cancel)
    {
        var all = new List<long>();
        var rows = new Dictionary<At, List<long>>();
        if (query.IsByKind || query.Asked.Any(d => d is SpendDimension.Service or SpendDimension.Method)) return (null, [], new Coverage(From, query.To, 0, true));
        var words = new SpendWords(dimensions);
        var filters = query.Filter.Values.Where(v => v.Value.Count > 0).Select(v => (Dimension: v.Key, Keys: v.Value.Select(w => words.Key(v.Key, w)).ToHashSet())).ToArray();
        var columns = SpendColumns.OfSeries(query.Asked.Order(), hasWorkflow: true);
        var (read, isWhole) = (0L, true);
        foreach (var (from, to) in TimeParts())
        {
            var taken = 0;
            await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
                SELECT {columns.Sql}c."StartUnixMs", c."Prompt", c."TokenState"
                FROM (SELECT "StartUnixMs", "TokenState", "UsageSeriesId", "Input" + "CacheRead" + "CacheWrite5m" + "CacheWrite30m" + "CacheWrite1h" AS "Prompt"
                    FROM call WHERE "StartUnixMs" >= {UtcTime.ToUnixMs(from)} AND "StartUnixMs" < {UtcTime.ToUnixMs(to)} ORDER BY "StartUnixMs" LIMIT {CallsPerPart}) c
                JOIN usage_series s ON s."Id" = c."UsageSeriesId"
                """), row =>
            {
                taken++;
                var key = default(SpendKey);
                columns.Read(row, 0, ref key);
                if (row.GetByte(columns.Count + 2) == (byte)TokenState.Unknown || filters.Any(f => !f.Keys.Contains(key[(int)f.Dimension]))) return;
                var prompt = row.GetInt64(columns.Count + 1);
                all.Add(prompt);
                var at = new At(Step(row.GetInt64(columns.Count)), query.GroupBy.Count > 0 ? key[(int)query.GroupBy[0]] : 0, query.GroupBy.Count > 1 ? key[(int)query.GroupBy[1]] : 0);
                if (!rows.TryGetValue(at, out var list)) rows[at] = list = [];
                list.Add(prompt);
            }, cancel);
            (read, isWhole) = (read + taken, isWhole && taken < CallsPerPart);
        }
        return (Floor(all), rows.Where(r => r.Value.Count >= FewestCalls).ToDictionary(r => r.Key, r => Floor(r.Value)!.Value), new Coverage(From, query.To, read, isWhole));
    }

    internal static long? Floor(List<long> prompts)
    {
        if (prompts.Count < FewestCalls) return null;
        prompts.Sort();
        return prompts[RequestCosts.Rank(prompts.Count, FloorShare)];
    }

    private IEnumerable<(DateTime From, DateTime To)> TimeParts()
    {
        var length = (query.To - From) / Parts;
        if (length <= TimeSpan.Zero) yield break;
        for (var i = 0; i < Parts; i++) yield return (From + length * i, i == Parts - 1 ? query.To : From + length * (i + 1));
    }

    private static void Add(Costs costs, Booked trace)
    {
        var isUnpriced = trace.State is CostState.Unpriced or CostState.NoTokens;
        if (isUnpriced && trace.NanoUsd == 0)
        {
            costs.WithoutCost++;
            return;
        }
        if (isUnpriced || trace.State == CostState.PartiallyPriced) costs.PartlyPriced++;
        costs.NanoUsd.Add(trace.NanoUsd);
    }

    private long Step(long unixMs) => query.Granularity == Granularity.None ? 0 : SpendSums.StepOf(query.Granularity, UtcTime.FromUnixMs(unixMs));

    private int Key(Booked trace, int grouping) => query.GroupBy.Count <= grouping ? 0 : query.GroupBy[grouping] switch
    {
        SpendDimension.Team => trace.Team,
        SpendDimension.Application => trace.Application,
        SpendDimension.Feature => trace.Feature,
        SpendDimension.Environment => trace.Environment,
        SpendDimension.Account => trace.Account,
        SpendDimension.Region => trace.Region,
        SpendDimension.Release => trace.Release,
        _ => trace.Workflow,
    };
}
