using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Focus;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.CostExplorer;

namespace GenAiCostPortal.Api;

/// <summary><c>GET /api/v1/export/focus.csv</c>: the billed ledger in the FinOps specification's columns.</summary>
internal static class FocusApi
{
    public static void MapFocus(this IEndpointRouteBuilder api) =>
        api.MapGet("/export/focus.csv", Export).WithTags("Spend").Produces<string>(contentType: "text/csv");

    private static IResult Export(HttpContext context, FocusExport export, CostExplorerQuestions questions, AwsOptions aws, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var (from, to) = query.Period();
        if (from.TimeOfDay != TimeSpan.Zero) query.Mistakes.Add("from", "Bills are by the day: give a day (YYYY-MM-DD).");
        if (to.TimeOfDay != TimeSpan.Zero) query.Mistakes.Add("to", "Bills are by the day: give a day (YYYY-MM-DD).");
        var filter = query.Filter();
        if (filter.Values.ContainsKey(SpendDimension.Workflow)) query.Mistakes.Add("workflow", "Billed money has no workflow; filter by feature.");
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        // BilledCost is what an invoice says; an amortised bill is another sum.
        if (questions.Metric.Contains("Amortized", StringComparison.OrdinalIgnoreCase))
            return Results.Problem($"The bill is read as {questions.Metric}, and FOCUS's BilledCost must hold what was invoiced. Read it as UnblendedCost or NetUnblendedCost (Aws:Connections:N:CostExplorer:Metric).", statusCode: StatusCodes.Status409Conflict);
        var rows = export.ReadAsync(DateOnly.FromDateTime(from), DateOnly.FromDateTime(to), filter, new FocusBilling(PayerOf(aws), questions.Metric), context.RequestAborted);
        return Results.Stream(body => FocusCsv.WriteAsync(rows, body, context.RequestAborted), "text/csv; charset=utf-8",
            string.Create(CultureInfo.InvariantCulture, $"focus-{from:yyyy-MM-dd}-{to:yyyy-MM-dd}.csv"));
    }

    // One bill, one payer. With several bills only an account that is itself connected is known to pay for itself.
    private static Func<string, string> PayerOf(AwsOptions aws)
    {
        var payers = aws.Connections.Where(c => (c.CostExplorer.Enabled || c.DataExports.Enabled) && c.AccountId.Length > 0).Select(c => c.AccountId).Distinct().ToList();
        return payers.Count == 1 ? _ => payers[0] : account => account;
    }
}
