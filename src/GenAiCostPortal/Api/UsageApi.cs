using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Api;

/// <summary><c>GET /api/v1/usage</c>: tokens, calls, requests, errors and times; the same report that the Usage page asks. Unknown is null.</summary>
internal static class UsageApi
{
    public sealed record PercentilesAnswer(double P50, double P95, double P99)
    {
        public static PercentilesAnswer? Of(Percentiles? p) => p is null ? null : new(Math.Round(p.P50, 2), Math.Round(p.P95, 2), Math.Round(p.P99, 2));
    }

    /// <summary>By token kind or component there are tokens only: calls, requests and times belong to no kind and are null.</summary>
    public sealed record MeasuresAnswer(
        SpendApi.TokensAnswer Tokens, long? Calls, long? Requests, long? Errors, long? Throttles, long? Retries, long? CallsWithoutTokens, PercentilesAnswer? Latency,
        double? TimeToFirstTokenMs, PercentilesAnswer? TimeToFirstToken, decimal? CacheHitRatio, double? OutputTokensPerSecond, decimal? CallsPerRequest, long TokensByMetrics, long? CallsByMetrics)
    {
        public static MeasuresAnswer Of(UsageMeasures m, bool isByKind)
        {
            long? Known(long count) => isByKind ? null : count;
            return new(
                SpendApi.TokensAnswer.Of(m.Tokens), Known(m.Calls), Known(m.Requests), Known(m.Errors), Known(m.Throttles), Known(m.Retries), Known(m.CallsWithoutTokens),
                PercentilesAnswer.Of(m.Latency), PercentilesAnswer.Of(m.TimeToFirstToken)?.P50, PercentilesAnswer.Of(m.TimeToFirstToken),
                m.CacheHitRatio, m.OutputTokensPerSecond is { } speed ? Math.Round(speed, 3) : null, m.CallsPerRequest, m.TokensByMetrics, Known(m.CallsByMetrics));
        }
    }

    public sealed record RowAnswer(
        DateTime? Time, IReadOnlyDictionary<string, string> Keys, SpendApi.TokensAnswer Tokens, long? Calls, long? Requests, long? Errors, long? Throttles, long? Retries,
        long? CallsWithoutTokens, PercentilesAnswer? Latency, double? TimeToFirstTokenMs, PercentilesAnswer? TimeToFirstToken, decimal? CacheHitRatio,
        double? OutputTokensPerSecond, decimal? CallsPerRequest, long TokensByMetrics, long? CallsByMetrics);

    /// <summary>Granularity is the one answered with: wider than asked for where finer slots are no longer kept.</summary>
    public sealed record Answer(DateTime From, DateTime To, string Granularity, DateTime AsOf, MeasuresAnswer Total, IReadOnlyList<RowAnswer> Rows);

    public static void MapUsage(this IEndpointRouteBuilder api)
    {
        api.MapGet("/usage", Usage).WithTags("Usage").Produces<Answer>();
        api.MapGet("/export/usage.csv", Export).WithTags("Usage");
    }

    /// <summary>Reads a usage question from an address.</summary>
    public static UsageQuery Read(ReportQuery query, Granularity fallback)
    {
        var (from, to) = query.Period();
        return new UsageQuery(from, to, query.GroupBy(), query.OneOf("granularity", fallback), query.Filter());
    }

    public static Dictionary<string, string> Keys(UsageQuery query, IReadOnlyList<string> keys)
    {
        var named = new Dictionary<string, string>(keys.Count);
        for (var i = 0; i < keys.Count; i++) named[ReportQuery.Word(query.GroupBy[i])] = keys[i];
        return named;
    }

    public static string Word(Granularity granularity) => char.ToLowerInvariant(granularity.ToString()[0]) + granularity.ToString()[1..];

    private static async Task<IResult> Usage(HttpContext context, UsageReport report, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var asked = Read(query, Granularity.None);
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        var answer = await report.ReadAsync(asked, context.RequestAborted);
        return Results.Ok(new Answer(answer.CoveredFrom, answer.CoveredTo, Word(answer.Step), answer.AsOf, MeasuresAnswer.Of(answer.Total, asked.IsByKind), [.. answer.Rows.Select(r =>
        {
            var m = MeasuresAnswer.Of(r.Measures, asked.IsByKind);
            return new RowAnswer(r.Time, Keys(asked, r.Keys), m.Tokens, m.Calls, m.Requests, m.Errors, m.Throttles, m.Retries, m.CallsWithoutTokens, m.Latency,
                m.TimeToFirstTokenMs, m.TimeToFirstToken, m.CacheHitRatio, m.OutputTokensPerSecond, m.CallsPerRequest, m.TokensByMetrics, m.CallsByMetrics);
        })]));
    }

    private static async Task<IResult> Export(HttpContext context, UsageReport report, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var asked = Read(query, Granularity.Day);
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        var answer = await report.ReadAsync(asked, context.RequestAborted);
        var hasTime = asked.Granularity != Granularity.None;
        string[] heads =
        [
            .. hasTime ? (string[])["time"] : [], .. asked.GroupBy.Select(ReportQuery.Word),
            .. TokenCounts.Kinds.Select(k => char.ToLowerInvariant(k.ToString()[0]) + k.ToString()[1..] + "Tokens"),
            "calls", "requests", "errors", "throttles", "retries", "callsWithoutTokens", "latencyP50Ms", "latencyP95Ms", "latencyP99Ms", "timeToFirstTokenP50Ms",
            "cacheHitRatio", "outputTokensPerSecond", "callsPerRequest", "tokensByMetrics", "callsByMetrics", "asOf",
        ];
        var rows = answer.Rows.Select(r =>
        {
            var m = MeasuresAnswer.Of(r.Measures, asked.IsByKind);
            return (IReadOnlyList<object?>)
            [
                .. hasTime ? (object?[])[r.Time] : [], .. r.Keys, .. TokenCounts.Kinds.Select(k => (object?)r.Measures.Tokens[k]),
                m.Calls, m.Requests, m.Errors, m.Throttles, m.Retries, m.CallsWithoutTokens, m.Latency?.P50, m.Latency?.P95, m.Latency?.P99, m.TimeToFirstTokenMs,
                m.CacheHitRatio, m.OutputTokensPerSecond, m.CallsPerRequest, m.TokensByMetrics, m.CallsByMetrics, answer.AsOf,
            ];
        });
        return CsvTable.Download("usage", asked.From, asked.To, heads, rows, context.RequestAborted);
    }
}
