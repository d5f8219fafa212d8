using GenAiCostPortal.Access;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Owners;

namespace GenAiCostPortal.Api;

/// <summary>A rule as it is sent; turned into the sheet that files and the history use too.</summary>
internal interface IRuleBody
{
    RuleSheet Sheet { get; }
    /// <summary>1 is asked first; null = last. Only when it is added.</summary>
    int? Position { get; }
}

/// <summary>The calls that both kinds of rules have.</summary>
internal static class RuleRoutes
{
    private const int MostDays = 100;

    public sealed record OrderBody(IReadOnlyList<int>? Ids);
    public sealed record ChangeAnswer(int Id, DateTime At, string Who, int RuleId, string Name, string Text, RuleSheet? Before, RuleSheet? After, DateTime? UndoneAt);
    public sealed record MoveAnswer(string From, string To, decimal Usd);
    public sealed record ShareAnswer(string Name, decimal StoredUsd, decimal ProposedUsd, decimal MovedUsd);

    /// <summary>The key Unattributed stands for no owner.</summary>
    public sealed record EffectAnswer(
        DateOnly From, DateOnly To, int Days, int DaysTouched, decimal BilledUsd, decimal DecidedUsd, decimal MovedUsd, IReadOnlyList<MoveAnswer> Moves,
        IReadOnlyList<ShareAnswer> Features, IReadOnlyList<ShareAnswer> Teams, IReadOnlyList<ShareAnswer> Applications, IReadOnlyList<ShareAnswer> Environments,
        IReadOnlyList<ShareAnswer> Methods, BorderEffect Border);

    /// <param name="words">How the action log calls a rule of this kind.</param>
    public static RouteGroupBuilder Map<TAnswer>(IEndpointRouteBuilder api, RuleKind kind, string path, string tag, string words, Func<PlacedRule, RuleUse?, TAnswer> answer)
    {
        var routes = api.MapGroup(path).WithTags(tag);
        routes.MapGet("", async (RuleReport report, CancellationToken cancel) =>
        {
            var read = await report.ReadAsync(cancel);
            return Results.Ok(read.Rules.Of(kind).Select(r => answer(r, read.Use(r))));
        }).Produces<TAnswer[]>();
        routes.MapGet("{id:int}", async (int id, RuleReport report, CancellationToken cancel) =>
        {
            var read = await report.ReadAsync(cancel);
            return read.Rules.Of(kind).FirstOrDefault(r => r.Id == id) is { } rule ? Results.Ok(answer(rule, read.Use(rule))) : Missing($"There is no {words} {id}.");
        }).Produces<TAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet("history", async (HttpContext context, RuleDesk desk, TimeProvider time) =>
        {
            var query = new ReportQuery(context.Request.Query, time);
            var limit = query.Whole("limit", 100, 1, 1000);
            if (query.Mistakes.Any) return query.Mistakes.ToResult();
            return Results.Ok((await desk.HistoryAsync(kind, limit, context.RequestAborted)).Select(c => new ChangeAnswer(c.Id, c.At, c.Who, c.RuleId, c.Name, c.Text, c.Before, c.After, c.UndoneAt)));
        }).Produces<ChangeAnswer[]>().ProducesValidationProblem();

        routes.MapDelete("{id:int}", async (int id, HttpContext context, RuleDesk desk, ActionLog log) =>
        {
            var name = (await desk.ReadAsync(context.RequestAborted)).Of(kind).FirstOrDefault(r => r.Id == id)?.Draft.Name ?? "";
            return await EndAsync(context, log, $"Remove the {words}", name, await desk.RemoveAsync(kind, id, Who(context), context.RequestAborted), _ => Results.NoContent());
        }).Writes().Produces(StatusCodes.Status204NoContent);
        routes.MapPut("order", async (HttpContext context, RuleDesk desk, ActionLog log, OrderBody body) =>
            await EndAsync(context, log, $"Order the {words}s", "", await desk.OrderAsync(kind, body.Ids ?? [], Who(context), context.RequestAborted), _ => Results.NoContent()))
            .Writes().Produces(StatusCodes.Status204NoContent);
        routes.MapPost("{change:int}/undo", async (int change, HttpContext context, RuleDesk desk, ActionLog log) =>
            await EndAsync(context, log, $"Undo a change of the {words}s", $"{change}", await desk.UndoAsync(change, Who(context), context.RequestAborted), _ => Results.NoContent()))
            .Writes().Produces(StatusCodes.Status204NoContent);
        return routes;
    }

    public static Task<IResult> AddAsync<TAnswer>(HttpContext context, RuleDesk desk, ActionLog log, RuleKind kind, string path, string words, IRuleBody body, Func<PlacedRule, RuleUse?, TAnswer> answer) =>
        ActAsync(context, log, $"Add the {words}", body, kind, (draft, who) => desk.AddAsync(draft, who, body.Position, context.RequestAborted),
            rule => Results.Created($"/api/v1{path}/{rule!.Id}", answer(rule, null)));

    public static Task<IResult> ChangeAsync<TAnswer>(HttpContext context, RuleDesk desk, ActionLog log, RuleKind kind, int id, string words, IRuleBody body, Func<PlacedRule, RuleUse?, TAnswer> answer) =>
        ActAsync(context, log, $"Change the {words}", body, kind, (draft, who) => desk.ChangeAsync(id, draft, who, context.RequestAborted), rule => Results.Ok(answer(rule!, null)));

    /// <param name="id">The rule that would change or go; null = it would be added.</param>
    public static async Task<IResult> PreviewAsync(HttpContext context, RulePreview preview, TimeProvider time, RuleKind kind, IRuleBody? body, int? id, bool isRemoved)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var (since, until) = RuleReport.LastDays(time);
        (since, until) = (query.Day("from") ?? since, query.Day("to") ?? until);
        var mistakes = query.Mistakes.ByParameter.ToDictionary(m => m.Key, m => m.Value[0]);
        var draft = isRemoved ? null : body?.Sheet.Read(kind, mistakes);
        if (isRemoved && id is null) mistakes["id"] = "Say which rule would be removed.";
        if (!isRemoved && body is null) mistakes["body"] = "Send the rule that would be.";
        if (since >= until) mistakes["to"] = "The period ends before it starts; 'to' is exclusive.";
        else if (until.DayNumber - since.DayNumber > MostDays) mistakes["to"] = $"A trial takes at most {MostDays} days.";
        if (mistakes.Count > 0) return Wrong(mistakes);
        var (answer, effect) = await preview.TryAsync(new RuleProposal(kind, id ?? 0, draft, body?.Position), since, until, context.RequestAborted);
        return effect is null ? Refusal(answer) : Results.Ok(Of(effect));
    }

    /// <summary>Acts with a body that can be read; else says what is wrong with it.</summary>
    private static async Task<IResult> ActAsync(
        HttpContext context, ActionLog log, string action, IRuleBody body, RuleKind kind, Func<RuleDraft, string, Task<RuleAnswer>> act, Func<PlacedRule?, IResult> done)
    {
        var mistakes = new Dictionary<string, string>();
        var draft = body.Sheet.Read(kind, mistakes);
        return mistakes.Count > 0 ? Wrong(mistakes) : await EndAsync(context, log, action, draft.Name, await act(draft, Who(context)), done);
    }

    private static async Task<IResult> EndAsync(HttpContext context, ActionLog log, string action, string target, RuleAnswer answer, Func<PlacedRule?, IResult> done)
    {
        if (!answer.IsDone) return Refusal(answer);
        await log.WriteAsync(Who(context), action, target, "done", context.RequestAborted);
        return done(answer.Rule);
    }

    private static IResult Refusal(RuleAnswer answer) =>
        answer.Mistakes.Count > 0 ? Wrong(answer.Mistakes) : answer.IsMissing ? Missing(answer.Refusal) : Results.Problem(answer.Refusal, statusCode: StatusCodes.Status409Conflict);

    internal static IResult Wrong(IReadOnlyDictionary<string, string> mistakes) => Results.ValidationProblem(mistakes.Select(m => KeyValuePair.Create(m.Key, new[] { m.Value })));

    private static IResult Missing(string words) => Results.Problem(words, statusCode: StatusCodes.Status404NotFound);

    internal static string Who(HttpContext context) => context.User.Identity?.Name ?? "";

    public static RouteHandlerBuilder Previews(this RouteHandlerBuilder route) => route
        .WithSummary("What a rule would move; nothing is stored. id = the rule that would change, remove=true = it would go; from and to (exclusive) are the last 30 days when left out.")
        .Produces<EffectAnswer>().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    public static RouteHandlerBuilder Writes(this RouteHandlerBuilder route) =>
        route.RequireAuthorization(Policies.Administrator).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static EffectAnswer Of(RuleEffect e) => new(e.From, e.To, e.Days, e.DaysTouched, e.BilledUsd, e.DecidedUsd, e.MovedUsd,
        [.. e.Moves.Select(m => new MoveAnswer(Owner(m.From), Owner(m.To), m.Usd))], Of(e.Features), Of(e.Teams), Of(e.Applications), Of(e.Environments), Of(e.Methods), e.Border);

    private static IReadOnlyList<ShareAnswer> Of(IEnumerable<ShareMoved> shares) => [.. shares.Select(s => new ShareAnswer(Owner(s.Name), s.StoredUsd, s.ProposedUsd, s.Usd))];

    private static string Owner(string name) => name.Length == 0 ? Ledger.Costs.SpendQuery.Unattributed : name;
}
