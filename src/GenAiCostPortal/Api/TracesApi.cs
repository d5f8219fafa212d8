using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Api;

/// <summary><c>GET /api/v1/traces</c> and one trace.</summary>
internal static class TracesApi
{
    public sealed record ItemAnswer(
        string TraceId, DateTime Start, double DurationMs, string Workflow, string Feature, string Release, string Environment, IReadOnlyList<string> Models,
        int Calls, int Spans, long Tokens, decimal? CostUsd, CostState CostState, SpanStatus Status, int Errors, int Retries, decimal RetryCostUsd, int Loops, string Source)
    {
        public static ItemAnswer Of(TraceItem t) => new(
            t.TraceId, t.Start, t.DurationMs, t.Workflow, t.Feature, t.Release, t.Environment, t.Models, t.Calls, t.Spans, t.Tokens, t.EstimatedCostUsd, t.CostState,
            t.Status, t.Errors, t.Retries, t.RetryCostUsd, t.Loops, t.Source);
    }

    public sealed record PageAnswer(long TotalCount, IReadOnlyList<ItemAnswer> Items);

    public sealed record SpanAnswer(
        string SpanId, string? ParentSpanId, string Name, SpanKind Kind, DateTime Start, double DurationMs, SpanStatus Status, string Service, string? Model,
        SpendApi.TokensAnswer? Tokens, TokenState? TokenState, decimal? CostUsd, string? CostBasis, CostState? CostState, bool IsCall, bool IsRollUp, bool IsRetry, bool IsLoop,
        IReadOnlyDictionary<string, string> Attributes, decimal? BilledRateCostUsd, decimal? RepricedCostUsd);

    public sealed record TraceAnswer(ItemAnswer Trace, IReadOnlyList<SpanAnswer> Spans);

    public static void MapTraces(this IEndpointRouteBuilder api)
    {
        api.MapGet("/traces", List).WithTags("Traces").Produces<PageAnswer>();
        api.MapGet("/traces/{traceId}", Open).WithTags("Traces").Produces<TraceAnswer>();
    }

    private static async Task<IResult> List(HttpContext context, TraceSearch search, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var (from, to) = query.Period();
        var sort = query.Text("sort");
        var descending = sort.Length == 0 || sort[0] == '-';
        var by = sort.TrimStart('-') switch
        {
            "" or "start" => TraceSort.Start,
            "costUsd" => TraceSort.CostUsd,
            "tokens" => TraceSort.Tokens,
            "durationMs" => TraceSort.DurationMs,
            _ => (TraceSort?)null,
        };
        if (by is null) query.Mistakes.Add("sort", "Sort by start, costUsd, tokens or durationMs, with a leading - for descending.");
        var asked = new TraceQuery(from, to, query.Filter())
        {
            Sort = by ?? TraceSort.Start,
            Descending = descending,
            Limit = query.Whole("limit", 100, 1, 1000),
            Offset = query.Whole("offset", 0, 0, 50_000),
            MinCostUsd = query.Amount("minCostUsd"),
            MinTokens = (long?)query.Amount("minTokens"),
            MinDurationMs = (double?)query.Amount("minDurationMs"),
            HasErrors = query.Flag("hasErrors"),
            HasRetries = query.Flag("hasRetries"),
            HasLoop = query.Flag("hasLoop"),
        };
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        var page = await search.FindAsync(asked, context.RequestAborted);
        return Results.Ok(new PageAnswer(page.TotalCount, [.. page.Items.Select(ItemAnswer.Of)]));
    }

    private static async Task<IResult> Open(string traceId, TraceSearch search, CancellationToken cancel)
    {
        if (!TraceId.TryParse(traceId, out var id)) return Results.Problem("A trace id is 32 hex digits.", statusCode: StatusCodes.Status400BadRequest);
        var detail = await search.OpenAsync(id, cancel);
        return detail is null
            ? Results.Problem("No trace with this id is stored; it may never have arrived, or its retention has passed.", statusCode: StatusCodes.Status404NotFound)
            : Results.Ok(new TraceAnswer(ItemAnswer.Of(detail.Trace), [.. detail.Spans.Select(Span)]));
    }

    private static SpanAnswer Span(TraceSpan s)
    {
        var attributes = new Dictionary<string, string>();
        foreach (var (key, value) in s.StoredAttributes) attributes.TryAdd(key, value);
        return new SpanAnswer(
            s.SpanId.ToString(), s.ParentSpanId.IsNone ? null : s.ParentSpanId.ToString(), s.Name, s.Kind, s.Start, s.DurationMs, s.Status, s.Service,
            s.Model.Length == 0 ? null : s.Model, s.Tokens is { } t ? SpendApi.TokensAnswer.Of(t) : null, s.IsCall ? s.TokenState : null, s.EstimatedCostUsd,
            s.EstimatedCostUsd is null ? null : "Estimated", s.IsCall ? s.CostState : null, s.IsCall, s.IsRollUp, s.IsRetry, s.IsLoop, attributes, s.BilledCostUsd, s.RepricedCostUsd);
    }
}
