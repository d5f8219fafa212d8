using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Sources.CostExplorer;

namespace GenAiCostPortal.Api;

/// <summary><c>GET /api/v1/reconciliation</c>: the bill beside the ledger, day by day; a day's lines and parts; what would explain more.</summary>
internal static class ReconciliationApi
{
    public sealed record DayAnswer(
        DateOnly Day, decimal BilledUsd, decimal LedgerUsd, decimal AttributedUsd, decimal UnattributedUsd, decimal? EstimatedUsd, decimal? ErrorShare,
        IReadOnlyDictionary<string, decimal> ByMethod, IReadOnlyDictionary<string, decimal> ByReason, bool Closed, decimal DifferenceUsd, decimal MeasuredUsd,
        decimal DeclaredUsd, decimal OutsideScopeUsd, decimal OffBillUsd, Basis Basis, DateTime? ReadAt, int Restatements, int Accounts, int OpenAccounts, int Adjustments, string? ClosedSentence)
    {
        public static DayAnswer Of(ReconciliationDay d) => new(
            d.Day, d.BilledUsd, d.LedgerUsd, d.AttributedUsd, d.UnattributedUsd, d.EstimatedUsd, d.ErrorShare,
            d.ByMethod.ToDictionary(m => m.Key.ToString(), m => m.Value), d.ByReason.ToDictionary(m => m.Key.ToString(), m => m.Value), d.IsClosed,
            d.DifferenceUsd, d.MeasuredUsd, d.DeclaredUsd, d.OutsideScopeUsd, d.OffBillUsd, d.Basis, d.ReadAt, d.Restatements, d.Accounts, d.OpenAccounts, d.Adjustments, d.ClosedSentence.Length == 0 ? null : d.ClosedSentence);
    }

    public sealed record CellAnswer(TrailCell Cell, CostExplorerQuestion CostExplorer, IReadOnlyList<PoolCalls> Calls);

    public sealed record TrailAnswer(DateOnly Day, decimal BilledUsd, decimal LedgerUsd, CostExplorerQuestion CostExplorer, IReadOnlyList<CellAnswer> Cells,
        IReadOnlyList<TrailAdjustment> Adjustments, IReadOnlyList<TrailFeed> Feeds);

    public sealed record SliceAnswer(UnexplainedSlice Slice, string What, string Cure);

    /// <param name="Setting">The switch, which is off.</param>
    public sealed record SampledAnswer(string Setting, int Days, decimal UnattributedUsd, decimal ExplainedUsd, decimal MovedUsd, string What);

    /// <param name="SampledTraces">What extrapolating sampled traces would explain, by a trial build; null where it is on, or where none are sampled.</param>
    public sealed record UnexplainedAnswer(DateTime From, DateTime To, decimal UnattributedUsd, FeatureTagState FeatureTag, IReadOnlyList<SliceAnswer> Slices, SampledAnswer? SampledTraces);

    public sealed record QuestionAnswer(DateTime From, DateTime To, decimal BilledUsd, CostExplorerQuestion CostExplorer);

    public static void MapReconciliation(this IEndpointRouteBuilder api)
    {
        api.MapGet("/reconciliation", Days).WithTags("Reconciliation").Produces<DayAnswer[]>();
        api.MapGet("/reconciliation/{day}", Trail).WithTags("Reconciliation").Produces<TrailAnswer>();
        api.MapGet("/reconciliation/unexplained", Unexplained).WithTags("Reconciliation").Produces<UnexplainedAnswer>();
        api.MapGet("/reconciliation/cost-explorer", Question).WithTags("Reconciliation").Produces<QuestionAnswer>();
        api.MapGet("/export/reconciliation.csv", Export).WithTags("Reconciliation");
    }

    private static async Task<IResult> Days(HttpContext context, Reconciliation reconciliation, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var (from, to, _, _) = Period(query);
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        return Results.Ok((await reconciliation.ReadAsync(from, to, context.RequestAborted)).Select(DayAnswer.Of));
    }

    private static async Task<IResult> Trail(DateOnly day, HttpContext context, BillTrailReport report, CostExplorerQuestions questions, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var trail = await report.ReadAsync(day, query.Filter(), context.RequestAborted);
        if (trail.Cells.Count == 0 && trail.Feeds.Count == 0) return Results.Problem("Nothing is billed on this day.", statusCode: StatusCodes.Status404NotFound);
        var scopes = await report.ScopesAsync(day, day.AddDays(1), context.RequestAborted);
        var cells = new List<CellAnswer>();
        foreach (var cell in trail.Cells)
            cells.Add(new(cell, questions.OfCell(day, cell, scopes), cell.Kind is null ? [] : await report.CallsAsync(day, cell, context.RequestAborted)));
        return Results.Ok(new TrailAnswer(day, trail.BilledUsd, trail.LedgerUsd, questions.OfPeriod(day, day.AddDays(1), scopes), cells, trail.Adjustments, trail.Feeds));
    }

    private static async Task<IResult> Unexplained(HttpContext context, UnexplainedReport report, SampledTrial sampled, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var (from, to, fromTime, toTime) = Period(query);
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        var answer = await report.ReadAsync(from, to, context.RequestAborted);
        return Results.Ok(new UnexplainedAnswer(fromTime, toTime, answer.UnattributedUsd, answer.FeatureTag,
            [.. answer.Slices.Select(s => new SliceAnswer(s, CureText.What(s), CureText.Cure(s, answer.FeatureTag)))],
            await sampled.ReadAsync(from, to, context.RequestAborted) is { } effect
                ? new SampledAnswer(SampledText.Key, effect.Days, effect.UnattributedUsd, effect.ExplainedUsd, effect.MovedUsd, SampledText.Trial(effect)) : null));
    }

    private static async Task<IResult> Question(HttpContext context, BillTrailReport report, Reconciliation reconciliation, CostExplorerQuestions questions, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var (from, to, fromTime, toTime) = Period(query);
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        var billed = (await reconciliation.ReadAsync(from, to, context.RequestAborted)).Sum(d => d.BilledUsd);
        return Results.Ok(new QuestionAnswer(fromTime, toTime, billed, questions.OfPeriod(from, to, await report.ScopesAsync(from, to, context.RequestAborted))));
    }

    private static async Task<IResult> Export(HttpContext context, Reconciliation reconciliation, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var (from, to, fromTime, toTime) = Period(query);
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        var days = await reconciliation.ReadAsync(from, to, context.RequestAborted);
        var (methods, reasons) = (Enum.GetValues<AllocationMethod>(), Enum.GetValues<UnattributedReason>().Where(r => r != UnattributedReason.None).ToArray());
        return CsvTable.Download("reconciliation", fromTime, toTime,
            ["day", "state", "basis", "billedUsd", "ledgerUsd", "differenceUsd", .. methods.Select(m => $"by{m}Usd"), .. reasons.Select(r => $"unattributed{r}Usd"),
                "estimatedUsd", "errorShare", "outsideScopeUsd", "offBillUsd", "restatements", "readAt"],
            days.Select(d => (IReadOnlyList<object?>)[d.Day, ReconciliationText.State(d), d.Basis.ToString(), d.BilledUsd, d.LedgerUsd, d.DifferenceUsd,
                .. methods.Select(m => (object?)d.ByMethod.GetValueOrDefault(m)), .. reasons.Select(r => (object?)d.ByReason.GetValueOrDefault(r)),
                d.EstimatedUsd, d.ErrorShare, d.OutsideScopeUsd, d.OffBillUsd, (long)d.Restatements, d.ReadAt]), context.RequestAborted);
    }

    /// <summary>A period that ends inside a day still asks for that day.</summary>
    private static (DateOnly From, DateOnly To, DateTime FromTime, DateTime ToTime) Period(ReportQuery query)
    {
        var (from, to) = query.Period();
        return (DateOnly.FromDateTime(from), query.Mistakes.Any ? default : DateOnly.FromDateTime(to.AddTicks(-1)).AddDays(1), from, to);
    }
}
