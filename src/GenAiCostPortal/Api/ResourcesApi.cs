using GenAiCostPortal.Access;
using GenAiCostPortal.Actions;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Api;

/// <summary>How full provisioned throughput was, and what a model unit of it can carry, which people enter.</summary>
internal static class ResourcesApi
{
    private const string Path = "/resources/throughput";

    /// <summary>target is the ARN of one provisioned throughput, or a model; tokens are per minute and model unit; modelUnits only where AWS's list does not tell them.</summary>
    public sealed record CapacityBody(string? Target, long? InputTokensPerMinute, long? OutputTokensPerMinute, int? ModelUnits)
    {
        internal ThroughputCapacity ToEntry() => new(Target ?? "", InputTokensPerMinute, OutputTokensPerMinute, ModelUnits);
    }

    /// <summary>utilisation: mean over whole hours of how full each was, 0 to 1; null unless state is Known. busiestHour is above 1 where more went through than was entered.</summary>
    public sealed record ThroughputAnswer(
        string Arn, string Name, string Account, string Region, string Model, int? ModelUnits, ThroughputState State, int Hours, long InputTokens, long OutputTokens, decimal? Utilisation,
        decimal? BusiestHour, DateTime? BusiestAt, CapacityBody? Capacity);

    public sealed record Answer(DateTime From, DateTime To, IReadOnlyList<ThroughputAnswer> Rows, IReadOnlyList<CapacityBody> Capacities);

    public static void MapResources(this IEndpointRouteBuilder api)
    {
        api.MapGet(Path, ReadAsync).WithTags("Resources").Produces<Answer>().ProducesValidationProblem();
        api.MapPut(Path + "/capacity", SaveAsync).RequireAuthorization(Policies.Administrator).WithTags("Resources").Produces<CapacityBody>().ProducesValidationProblem();
        api.MapDelete(Path + "/capacity", RemoveAsync).RequireAuthorization(Policies.Administrator).WithTags("Resources").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> ReadAsync(HttpContext context, ThroughputReport report, CapacityDesk desk, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var (from, to) = query.Period();
        var filter = query.Filter();
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        var read = await report.ReadAsync(from, to, filter, context.RequestAborted);
        foreach (var dimension in read.NotApplied) query.Mistakes.Add(ReportQuery.Word(dimension), "Provisioned throughput can be told by account, region and model only.");
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        return Results.Ok(new Answer(from, to, [.. read.Rows.Select(Of)], [.. (await desk.ReadAsync(context.RequestAborted)).All.Select(Of)]));
    }

    private static async Task<IResult> SaveAsync(HttpContext context, CapacityDesk desk, ActionLog log, CapacityBody body)
    {
        if (CapacityDesk.Mistakes(body.ToEntry()) is { Count: > 0 } mistakes) return Results.ValidationProblem(mistakes.ToDictionary(m => m.Key, m => (string[])[m.Value]));
        if ((await desk.ReadAsync(context.RequestAborted)) is var book && book.All.Count >= CapacityDesk.Most && book.Find(CapacityDesk.Named(body.ToEntry()).Target) is null)
            return Results.ValidationProblem(new Dictionary<string, string[]> { ["target"] = [$"No more than {CapacityDesk.Most} capacities are kept."] });
        var saved = await desk.SaveAsync(body.ToEntry(), context.RequestAborted);
        await log.WriteAsync(RuleRoutes.Who(context), CapacityActions.Change, saved.Target, "done", context.RequestAborted);
        return Results.Ok(Of(saved));
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, CapacityDesk desk, ActionLog log, string? target)
    {
        if (string.IsNullOrWhiteSpace(target) || !await desk.RemoveAsync(target, context.RequestAborted)) return Results.NotFound();
        await log.WriteAsync(RuleRoutes.Who(context), CapacityActions.Remove, target.Trim(), "done", context.RequestAborted);
        return Results.NoContent();
    }

    private static CapacityBody Of(ThroughputCapacity c) => new(c.Target, c.InputTokensPerMinute, c.OutputTokensPerMinute, c.ModelUnits);

    private static ThroughputAnswer Of(ThroughputRow r) => new(r.Arn, r.Name, r.AccountId, r.Region, r.Model, r.ModelUnits, r.State, r.Hours, r.InputTokens, r.OutputTokens,
        Rounded(r.Utilisation), Rounded(r.BusiestHour), r.BusiestAt, r.Capacity is { } c ? Of(c) : null);

    private static decimal? Rounded(decimal? share) => share is { } s ? Math.Round(s, 6) : null;
}
