using GenAiCostPortal.Access;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Api;

/// <summary>The feeds, their runs, run now and backfill.</summary>
internal static class FeedsApi
{
    public sealed record FeedAnswer(
        string Feed, string Connection, string State, string Words, DateTime? CoveredFrom, DateTime? CoveredTo, string When, DateTime? NextRun, double? LagSeconds,
        long RowsThisMonth, long RequestsThisMonth, decimal SpentThisMonthUsd, double? Progress, string Error, string Cure, IReadOnlyList<string> Needs, RunAnswer? LastRun);

    public sealed record RunAnswer(
        long Id, string Feed, string Connection, DateTime Start, DateTime? End, FeedOutcome Outcome, long Rows, DateTime? CoveredFrom, DateTime? CoveredTo, string Message,
        string Cure, string Trigger, long Requests, decimal CostUsd)
    {
        public static RunAnswer Of(FeedRun r) => new(
            r.Id, r.Feed, r.Connection, r.Start, r.End, r.Outcome, r.Rows, r.CoveredFrom, r.CoveredTo, r.Message, r.Cure, r.Trigger, r.Requests, Money.ToUsd(r.RequestCostNanoUsd));
    }

    public sealed record AskedAnswer(long RunId, string Message);

    public static void MapFeeds(this IEndpointRouteBuilder api)
    {
        api.MapGet("/feeds", List).WithTags("Feeds").Produces<FeedAnswer[]>();
        api.MapGet("/feeds/{name}/runs", Runs).WithTags("Feeds").Produces<RunAnswer[]>();
        api.MapPost("/feeds/{name}/run", RunNow).RequireAuthorization(Policies.Operator).WithTags("Feeds").Produces<AskedAnswer>(StatusCodes.Status202Accepted);
        api.MapPost("/feeds/{name}/backfill", Backfill).RequireAuthorization(Policies.Operator).WithTags("Feeds").Produces<AskedAnswer>(StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> List(FeedReport feeds, CancellationToken cancel) =>
        Results.Ok((await feeds.ReadAsync(cancel)).Select(f => new FeedAnswer(
            f.Feed, f.Connection, f.Health.ToString(), f.Words, f.CoveredFrom, f.CoveredTo, f.When, f.NextRun, f.Lag?.TotalSeconds, f.RowsThisMonth, f.RequestsThisMonth,
            f.SpentThisMonthUsd, f.Progress, f.Error, f.Cure, f.Needs, f.LastRun is { } run ? RunAnswer.Of(run) : null)));

    private static async Task<IResult> Runs(string name, HttpContext context, FeedReport feeds, IJobSchedule schedule, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var limit = query.Whole("limit", 50, 1, 1000);
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        var job = await JobAsync(schedule, name);
        var runs = await feeds.RunsAsync(job ?? name, limit, context.RequestAborted);
        // A feed that is off or only receives has no run and no job either way.
        if (runs.Count == 0 && job is null && !(await feeds.ReadAsync(context.RequestAborted)).Any(f => f.Feed.Equals(name, StringComparison.OrdinalIgnoreCase)))
            return Results.Problem($"There is no feed or job '{name}'.", statusCode: StatusCodes.Status404NotFound);
        return Results.Ok(runs.Select(RunAnswer.Of));
    }

    private static async Task<IResult> RunNow(string name, HttpContext context, IJobSchedule schedule, ActionLog log)
    {
        if (await JobAsync(schedule, name) is not { } job) return Unknown(name);
        return await AnswerAsync(context, log, "Run now", job, await schedule.RunNowAsync(job, Who(context), context.RequestAborted));
    }

    private static async Task<IResult> Backfill(string name, HttpContext context, IJobSchedule schedule, ActionLog log, TimeProvider time)
    {
        if (await JobAsync(schedule, name) is not { } job) return Unknown(name);
        var query = new ReportQuery(context.Request.Query, time);
        var (from, to) = (query.Day("from"), query.Day("to"));
        if (from is null) query.Mistakes.Add("from", "Give the first day to read, YYYY-MM-DD.");
        if (to is null) query.Mistakes.Add("to", "Give the day after the last one to read, YYYY-MM-DD.");
        if (from >= to) query.Mistakes.Add("to", "The range ends before it starts; 'to' is exclusive.");
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        return await AnswerAsync(context, log, "Backfill", job, await schedule.BackfillAsync(job, from!.Value, to!.Value, Who(context), context.RequestAborted));
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, ActionLog log, string action, string job, RunAsked asked)
    {
        await log.WriteAsync(Who(context), action, job, asked.RunId is null ? asked.Message : "done", context.RequestAborted);
        return asked.RunId is { } id
            ? Results.Json(new AskedAnswer(id, asked.Message), statusCode: StatusCodes.Status202Accepted)
            : Results.Problem(asked.Message, statusCode: StatusCodes.Status409Conflict);
    }

    private static async Task<string?> JobAsync(IJobSchedule schedule, string name) =>
        (await schedule.JobsAsync()).FirstOrDefault(j => j.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Name;

    private static IResult Unknown(string name) => Results.Problem($"There is no feed or job '{name}' to run.", statusCode: StatusCodes.Status404NotFound);

    private static string Who(HttpContext context) => context.User.Identity?.Name ?? "";
}
