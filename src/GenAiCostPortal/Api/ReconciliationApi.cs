using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Api;

/// <summary><c>GET /api/v1/reconciliation</c>: the bill beside the ledger, day by day.</summary>
internal static class ReconciliationApi
{
    public sealed record DayAnswer(
        DateOnly Day, decimal BilledUsd, decimal LedgerUsd, decimal AttributedUsd, decimal UnattributedUsd, decimal? EstimatedUsd, decimal? ErrorShare,
        IReadOnlyDictionary<string, decimal> ByMethod, IReadOnlyDictionary<string, decimal> ByReason, bool Closed);

    public static void MapReconciliation(this IEndpointRouteBuilder api) =>
        api.MapGet("/reconciliation", async (HttpContext context, Reconciliation reconciliation, TimeProvider time) =>
        {
            var query = new ReportQuery(context.Request.Query, time);
            var (from, to) = query.Period();
            if (query.Mistakes.Any) return query.Mistakes.ToResult();
            // A period that ends inside a day still asks for that day.
            var lastDay = DateOnly.FromDateTime(to.AddTicks(-1));
            var days = await reconciliation.ReadAsync(DateOnly.FromDateTime(from), lastDay.AddDays(1), context.RequestAborted);
            return Results.Ok(days.Select(d => new DayAnswer(
                d.Day, d.BilledUsd, d.LedgerUsd, d.AttributedUsd, d.UnattributedUsd, d.EstimatedUsd, d.ErrorShare,
                d.ByMethod.ToDictionary(m => m.Key.ToString(), m => m.Value), d.ByReason.ToDictionary(m => m.Key.ToString(), m => m.Value), d.IsClosed)));
        }).WithTags("Spend").Produces<DayAnswer[]>();
}
