using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Api;

/// <summary>
/// <c>GET /api/v1/export/pivot.csv</c>: one grouping by another, as the Spend page shows it, with every row and column. Cells are
/// billed, or estimated where nothing is billed: the column <c>basis</c> says which. Empty: the two never met, or no price is known.
/// </summary>
internal static class PivotApi
{
    public static void MapPivot(this IEndpointRouteBuilder api) => api.MapGet("/export/pivot.csv", Export).WithTags("Spend").Produces<string>(contentType: "text/csv");

    private static async Task<IResult> Export(HttpContext context, SpendReport report, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var asked = SpendApi.Read(query, Granularity.None) with { Granularity = Granularity.None, View = SpendView.Ledger };
        if (asked.GroupBy.Count == 0 && !query.Mistakes.Any) query.Mistakes.Add("groupBy", "One or two groupings: the rows, then the columns.");
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        var answer = await report.ReadAsync(asked, context.RequestAborted);
        var pivot = SpendPivot.Of(answer);
        return CsvTable.Download("pivot", asked.From, asked.To, Heads(answer, pivot), Rows(answer, pivot), context.RequestAborted);
    }

    public static IReadOnlyList<string> Heads(SpendAnswer answer, SpendPivot pivot) =>
        [ReportQuery.Word(answer.Query.GroupBy[0]), .. pivot.Columns, "cellsUsd", "notYetBilledUsd", "totalUsd", "basis", "asOf"];

    public static IEnumerable<IReadOnlyList<object?>> Rows(SpendAnswer answer, SpendPivot pivot)
    {
        var basis = pivot.IsEstimated ? nameof(Basis.Estimated) : nameof(Basis.Billed);
        foreach (var row in pivot.Rows)
            yield return [row.Key, .. row.Cells.Select(Usd), Usd(row.Sum), row.NotYetBilledUsd, row.NotYetBilledUsd == 0 && row.Sum.IsUnknown ? null : (object?)row.TotalUsd, basis, answer.AsOf];
        yield return ["Total", .. pivot.ColumnSums.Select(Usd), pivot.Usd, pivot.NotYetBilledUsd, pivot.TotalUsd, basis, answer.AsOf];
    }

    private static object? Usd(SpendPivotCell? cell) => cell is null or { IsUnknown: true } ? null : cell.Usd;
}
