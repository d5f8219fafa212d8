using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Api;

/// <summary><c>GET /api/v1/spend</c>: the same report that the pages ask.</summary>
internal static class SpendApi
{
    public sealed record TokensAnswer(long Input, long CacheRead, long CacheWrite5m, long CacheWrite30m, long CacheWrite1h, long Output, long Reasoning)
    {
        public static TokensAnswer Of(TokenCounts t) => new(t.Input, t.CacheRead, t.CacheWrite5m, t.CacheWrite30m, t.CacheWrite1h, t.Output, t.Reasoning);
    }

    public sealed record RowAnswer(
        DateTime? Time, IReadOnlyDictionary<string, string> Keys, decimal CostUsd, decimal BilledUsd, decimal EstimatedUsd, decimal OffBillUsd, Basis Basis,
        IReadOnlyDictionary<string, decimal> Methods, IReadOnlyDictionary<string, decimal> Reasons, long Calls, long Requests, long CallsWithoutCost, TokensAnswer Tokens);

    public sealed record Answer(
        DateTime From, DateTime To, string View, string Currency, DateTime AsOf, DateOnly? BilledThrough, decimal TotalUsd, decimal BilledUsd, decimal EstimatedUsd,
        decimal UnattributedUsd, decimal? ExplainedShare, decimal? MeasuredShare, decimal? DeclaredShare, decimal OutsideScopeUsd, decimal OffBillUsd,
        decimal NotKnownUsd, string CostMetric, IReadOnlyList<RowAnswer> Rows);

    public static void MapSpend(this IEndpointRouteBuilder api)
    {
        api.MapGet("/spend", Spend).WithTags("Spend").Produces<Answer>();
        api.MapGet("/export/spend.csv", Export).WithTags("Spend");
    }

    /// <summary>Reads a spend question from an address; used by the API and the export alike.</summary>
    public static SpendQuery Read(ReportQuery query, Granularity fallback)
    {
        var (from, to) = query.Period();
        return new SpendQuery(from, to, query.GroupBy(), query.OneOf("granularity", fallback), query.OneOf("view", SpendView.Ledger), query.Filter());
    }

    private static async Task<IResult> Spend(HttpContext context, SpendReport report, AwsOptions aws, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var asked = Read(query, Granularity.None);
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        var answer = await report.ReadAsync(asked, context.RequestAborted);
        var words = asked.GroupBy.Select(ReportQuery.Word).ToArray();
        return Results.Ok(new Answer(
            asked.From, asked.To, asked.View.ToString().ToLowerInvariant(), "USD", answer.AsOf, answer.BilledThrough, answer.TotalUsd, answer.BilledUsd, answer.EstimatedUsd,
            answer.UnattributedUsd, answer.ExplainedShare, answer.MeasuredShare, answer.DeclaredShare, answer.OutsideScopeUsd, answer.OffBillUsd, answer.NotKnownUsd, aws.CostMetric,
            [.. answer.Rows.Select(r => Row(r, words))]));
    }

    private static RowAnswer Row(SpendRow row, string[] words)
    {
        var keys = new Dictionary<string, string>(words.Length);
        for (var i = 0; i < words.Length; i++) keys[words[i]] = row.Keys[i];
        return new RowAnswer(
            row.Time, keys, row.CostUsd, row.BilledUsd, row.EstimatedUsd, row.OffBillUsd, row.Basis,
            row.Methods.ToDictionary(m => m.Key.ToString(), m => m.Value), row.Reasons.ToDictionary(m => m.Key.ToString(), m => m.Value),
            row.Calls, row.Requests, row.CallsWithoutCost, TokensAnswer.Of(row.Tokens));
    }

    private static async Task<IResult> Export(HttpContext context, SpendReport report, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var asked = Read(query, Granularity.Day);
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        var answer = await report.ReadAsync(asked, context.RequestAborted);
        var name = string.Create(CultureInfo.InvariantCulture, $"spend-{asked.From:yyyy-MM-dd}-{asked.To:yyyy-MM-dd}.csv");
        return Results.Stream(body => SpendCsv.WriteAsync(answer, body, context.RequestAborted), "text/csv; charset=utf-8", name);
    }
}
