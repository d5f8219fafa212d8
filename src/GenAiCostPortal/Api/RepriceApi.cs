using GenAiCostPortal.Access;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Api;

/// <summary>Re-pricing of past usage: preview, run, history, undo.</summary>
internal static class RepriceApi
{
    private const string Job = "Repricing";

    /// <summary><c>operation</c> FillGaps or Correct; <c>from</c> and <c>to</c> (exclusive) YYYY-MM-DD; <c>priceId</c> the right price, <c>fromPriceId</c> only what carried that one.</summary>
    public sealed record RepriceRequest(string? Operation, string? From, string? To, int? PriceId, int? FromPriceId);

    public sealed record PartAnswer(string? Model, string? Name, DateOnly? Day, long Calls, long Tokens, decimal BeforeUsd, decimal AfterUsd)
    {
        public static PartAnswer Of(RepricedPart p) => new(p.Day is null ? p.Model : null, p.Day is null ? p.Display : null, p.Day, p.Calls, p.Tokens, p.BeforeUsd, p.AfterUsd);
    }

    public sealed record PreviewAnswer(
        RepricingOperation Operation, DateOnly From, DateOnly To, int? PriceId, int? FromPriceId, int Days, long Calls, long Tokens, decimal BeforeUsd, decimal AfterUsd,
        IReadOnlyList<PartAnswer> Models, IReadOnlyList<PartAnswer> ByDay, int DaysWithoutHours);

    public sealed record RepricingAnswer(
        int Id, RepricingOperation Operation, DateOnly From, DateOnly To, int? PriceId, int? FromPriceId, RepricingState State, decimal Progress, DateTime AskedAt, string Who, DateTime? EndedAt,
        DateTime? UndoneAt, string UndoneBy, int Days, long Calls, long Tokens, decimal BeforeUsd, decimal AfterUsd, IReadOnlyList<PartAnswer> Models, string WhyNoUndo);

    public sealed record OrderedAnswer(int Id, long? RunId, string Message);

    public static void MapReprice(this IEndpointRouteBuilder api)
    {
        api.MapPost("/prices/reprice", Reprice).RequireAuthorization(Policies.Administrator).WithTags("Prices").Produces<PreviewAnswer>().Produces<OrderedAnswer>(StatusCodes.Status202Accepted);
        api.MapGet("/prices/repricings", History).WithTags("Prices").Produces<RepricingAnswer[]>();
        api.MapPost("/prices/repricings/{id:int}/undo", Undo).RequireAuthorization(Policies.Administrator).WithTags("Prices").Produces<OrderedAnswer>(StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> Reprice(HttpContext context, Repricings repricings, IJobSchedule schedule, ActionLog log, RepriceRequest request, bool preview = false)
    {
        var mistakes = new QueryMistakes();
        var operation = RepricingOperation.FillGaps;
        if (request.Operation is null || char.IsAsciiDigit(request.Operation[0]) || !Enum.TryParse(request.Operation, ignoreCase: true, out operation) || !Enum.IsDefined(operation))
            mistakes.Add("operation", "Say FillGaps (what has no price gets that of then) or Correct (usage that carried a wrong price gets the right one).");
        var (from, to) = (DayOf("from", request.From, mistakes), DayOf("to", request.To, mistakes));
        if (mistakes.Any) return mistakes.ToResult();
        var ask = new RepricingAsk(operation, from, to, request.PriceId ?? 0, request.FromPriceId ?? 0);
        foreach (var (field, wrong) in await repricings.MistakesAsync(ask, context.RequestAborted)) mistakes.Add(field, wrong);
        if (mistakes.Any) return mistakes.ToResult();
        if (preview) return Results.Ok(Of(await repricings.PreviewAsync(ask, context.RequestAborted)));
        return await OrderAsync(context, schedule, log, "Re-price the past", operation.ToString(), () => repricings.AskAsync(ask, Who(context), context.RequestAborted));
    }

    private static async Task<IResult> History(Repricings repricings, CancellationToken cancel) => Results.Ok((await repricings.HistoryAsync(cancel)).Select(Of));

    private static Task<IResult> Undo(int id, HttpContext context, Repricings repricings, IJobSchedule schedule, ActionLog log) =>
        OrderAsync(context, schedule, log, "Undo a re-pricing", $"{id}", async () =>
        {
            await repricings.UndoAsync(id, Who(context), context.RequestAborted);
            return id;
        });

    private static async Task<IResult> OrderAsync(HttpContext context, IJobSchedule schedule, ActionLog log, string action, string target, Func<Task<int>> order)
    {
        int id;
        try
        {
            id = await order();
        }
        catch (RepricingRefusedException refused)
        {
            await log.WriteAsync(Who(context), action, target, refused.Message, context.RequestAborted);
            return Results.Problem(refused.Message, statusCode: StatusCodes.Status409Conflict);
        }
        await log.WriteAsync(Who(context), action, target, "done", context.RequestAborted);
        var run = await schedule.RunNowAsync(Job, Who(context), context.RequestAborted);
        return Results.Json(new OrderedAnswer(id, run.RunId, run.Message), statusCode: StatusCodes.Status202Accepted);
    }

    private static PreviewAnswer Of(RepricingPreview p) => new(
        p.Ask.Operation, p.Ask.From, p.Ask.To, Id(p.Ask.PriceId), Id(p.Ask.FromPriceId), p.Days, p.Calls, p.Tokens, p.BeforeUsd, p.AfterUsd,
        [.. p.Models.Select(PartAnswer.Of)], [.. p.ByDay.Select(PartAnswer.Of)], p.DaysWithoutHours);

    private static RepricingAnswer Of(RepricingRow row)
    {
        var r = row.Repricing;
        var days = r.LastDay.DayNumber - r.FirstDay.DayNumber + 1;
        var progress = r.State is RepricingState.Done or RepricingState.Undone ? 1 : Math.Clamp((decimal)(r.NextDay.DayNumber - r.FirstDay.DayNumber) / days, 0, 1);
        return new RepricingAnswer(
            r.Id, r.Operation, r.FirstDay, r.LastDay.AddDays(1), Id(r.PriceId), Id(r.FromPriceId), r.State, Math.Round(progress, 3), r.AskedAt, r.Who, r.EndedAt, r.UndoneAt, r.UndoneBy,
            r.Days, r.Calls, r.Tokens, Money.ToUsd(r.BeforeNanoUsd), Money.ToUsd(r.AfterNanoUsd), [.. row.Models.Select(PartAnswer.Of)], row.WhyNoUndo);
    }

    private static int? Id(int id) => id == 0 ? null : id;

    private static string Who(HttpContext context) => context.User.Identity?.Name ?? "";

    private static DateOnly DayOf(string field, string? text, QueryMistakes mistakes)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", out var day)) return day;
        mistakes.Add(field, "Give a day as YYYY-MM-DD.");
        return default;
    }
}
