using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Api;

/// <summary><c>GET /api/v1/unit-costs</c>: cost per call, request, user, workflow and 1,000 tokens, with the distribution over requests. Unknown is null.</summary>
internal static class UnitCostsApi
{
    public sealed record CoverageAnswer(DateTime From, DateTime To, long Read, bool IsWhole)
    {
        public static CoverageAnswer Of(Coverage c) => new(c.From, c.To, c.Read, c.IsWhole);
    }

    public sealed record RowAnswer(
        DateTime? Time, IReadOnlyDictionary<string, string> Keys, decimal CostUsd, decimal CostInsideTracesUsd, long Calls, long? BillableCalls, long Requests,
        long CallsWithoutCost, SpendApi.TokensAnswer Tokens, decimal? CostPerRequestUsd, decimal? CostPerCallUsd, decimal? CostPer1kTokensUsd, bool IsLowerBound,
        decimal? P50Usd, decimal? P95Usd, decimal? MaxUsd, long? PromptFloorTokens,
        decimal? CostPerUserUsd, long? Users, long? RequestsWithUser, decimal? CostWithUserUsd, decimal CountedRequests, decimal UnrecordedCostUsd)
    {
        public static RowAnswer Of(DateTime? time, IReadOnlyDictionary<string, string> keys, UnitCost c, RequestCosts? spread, long? floor, UserCost? users) => new(
            time, keys, c.CostUsd, c.CostInsideTracesUsd, c.Calls, c.BillableCalls, c.Requests, c.CallsWithoutCost, SpendApi.TokensAnswer.Of(c.Tokens),
            Nano(c.PerRequestUsd), Nano(c.PerCallUsd), Nano(c.Per1kTokensUsd), c.IsLowerBound, spread?.P50Usd, spread?.P95Usd, spread?.MaxUsd, floor,
            Nano(users?.PerUserUsd), users?.Users, users?.Requests, users?.CostUsd, c.CountedRequests, c.UnrecordedCostUsd);

        private static decimal? Nano(decimal? usd) => usd is { } value ? decimal.Round(value, 9, MidpointRounding.ToEven) : null;
    }

    public sealed record Answer(
        DateTime From, DateTime To, string Basis, string Currency, DateTime AsOf, RowAnswer Total, IReadOnlyList<RowAnswer> Rows, IReadOnlyList<RowAnswer> Workflows,
        CoverageAnswer RequestCoverage, CoverageAnswer PromptCoverage);

    public static void MapUnitCosts(this IEndpointRouteBuilder api)
    {
        api.MapGet("/unit-costs", UnitCosts).WithTags("Usage").Produces<Answer>();
        api.MapGet("/export/unit-costs.csv", Export).WithTags("Usage");
    }

    private static async Task<IResult> UnitCosts(HttpContext context, UnitCostReport report, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var asked = UsageApi.Read(query, Granularity.None);
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        var answer = await report.ReadAsync(asked, cancel: context.RequestAborted);
        var workflows = await report.ReadAsync(asked with { GroupBy = [SpendDimension.Workflow], Granularity = Granularity.None }, withSamples: false, context.RequestAborted);
        return Results.Ok(new Answer(
            asked.From, asked.To, nameof(Basis.Estimated), "USD", answer.AsOf,
            RowAnswer.Of(null, new Dictionary<string, string>(), answer.Total, answer.RequestCosts, answer.PromptFloorTokens, answer.Users),
            Rows(answer), Rows(workflows), CoverageAnswer.Of(answer.RequestCoverage), CoverageAnswer.Of(answer.PromptCoverage)));
    }

    private static RowAnswer[] Rows(UnitCostAnswer answer) =>
        [.. answer.Rows.Select(r => RowAnswer.Of(r.Time, UsageApi.Keys(answer.Query, r.Keys), r.Cost, r.RequestCosts, r.PromptFloorTokens, r.Users))];

    private static async Task<IResult> Export(HttpContext context, UnitCostReport report, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var asked = UsageApi.Read(query, Granularity.None);
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        var answer = await report.ReadAsync(asked, cancel: context.RequestAborted);
        var hasTime = asked.Granularity != Granularity.None;
        string[] heads =
        [
            .. hasTime ? (string[])["time"] : [], .. asked.GroupBy.Select(ReportQuery.Word),
            "costUsd", "costInsideTracesUsd", "calls", "billableCalls", "requests", "callsWithoutCost", "tokens", "costPerRequestUsd", "costPerCallUsd", "costPer1kTokensUsd",
            "requestP50Usd", "requestP95Usd", "requestMaxUsd", "promptFloorTokens", "costPerUserUsd", "users", "requestsWithUser", "costWithUserUsd", "countedRequests", "unrecordedCostUsd", "basis", "asOf",
        ];
        var rows = Rows(answer).Select((r, i) => (IReadOnlyList<object?>)
        [
            .. hasTime ? (object?[])[r.Time] : [], .. answer.Rows[i].Keys, r.CostUsd, r.CostInsideTracesUsd, r.Calls, r.BillableCalls, r.Requests, r.CallsWithoutCost,
            answer.Rows[i].Cost.Tokens.Total, r.CostPerRequestUsd, r.CostPerCallUsd, r.CostPer1kTokensUsd, r.P50Usd, r.P95Usd, r.MaxUsd, r.PromptFloorTokens,
            r.CostPerUserUsd, r.Users, r.RequestsWithUser, r.CostWithUserUsd, r.CountedRequests, r.UnrecordedCostUsd, nameof(Basis.Estimated), answer.AsOf,
        ]);
        return CsvTable.Download("unit-costs", asked.From, asked.To, heads, rows, context.RequestAborted);
    }
}
