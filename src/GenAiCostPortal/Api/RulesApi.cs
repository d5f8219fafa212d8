using System.Text;
using GenAiCostPortal.Access;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Owners;

namespace GenAiCostPortal.Api;

/// <summary>Owner rules, split rules, and both as one file.</summary>
internal static class RulesApi
{
    private const int LongestFile = 2_000_000;
    private const string Owners = "/owner-rules", Splits = "/split-rules", OwnerWords = "owner rule", SplitWords = "split rule";

    public sealed record OwnerRuleBody(
        string? Name, IReadOnlyList<ConditionSheet>? Conditions, string? Feature, string? Team, string? Application, string? Environment, string? EffectiveFrom, string? EffectiveTo,
        bool? IsEnabled, int? Position) : IRuleBody
    {
        RuleSheet IRuleBody.Sheet => new()
        {
            Name = Name, Conditions = Conditions, Feature = Feature, Team = Team, Application = Application, Environment = Environment,
            EffectiveFrom = EffectiveFrom, EffectiveTo = EffectiveTo, IsEnabled = IsEnabled,
        };
    }

    /// <summary>Shares of 1 by feature with the basis Fixed; features (none = all) with the others.</summary>
    public sealed record SplitRuleBody(
        string? Name, IReadOnlyList<ConditionSheet>? Conditions, string? Basis, Dictionary<string, decimal>? Shares, IReadOnlyList<string>? Features, string? EffectiveFrom, string? EffectiveTo,
        bool? IsEnabled, int? Position) : IRuleBody
    {
        RuleSheet IRuleBody.Sheet => new()
        {
            Name = Name, Conditions = Conditions, Basis = Basis, Shares = Shares, Features = Features, EffectiveFrom = EffectiveFrom, EffectiveTo = EffectiveTo, IsEnabled = IsEnabled,
        };
    }

    /// <summary>decidedUsd: billed dollars of the last 30 days that it decides as the ledger stands; effectiveTo exclusive.</summary>
    public sealed record OwnerRuleAnswer(
        int Id, int Position, string Name, IReadOnlyList<ConditionSheet> Conditions, string? Feature, string? Team, string? Application, string? Environment, string? EffectiveFrom,
        string? EffectiveTo, bool IsEnabled, decimal DecidedUsd, int DecidedDays)
    {
        public static OwnerRuleAnswer Of(PlacedRule rule, RuleUse? use)
        {
            var s = RuleSheet.Of(rule.Draft);
            return new(rule.Id, rule.Position, s.Name!, s.Conditions!, s.Feature, s.Team, s.Application, s.Environment, s.EffectiveFrom, s.EffectiveTo, rule.Draft.IsEnabled, use?.Usd ?? 0, use?.Days ?? 0);
        }
    }

    public sealed record SplitRuleAnswer(
        int Id, int Position, string Name, IReadOnlyList<ConditionSheet> Conditions, string Basis, IReadOnlyDictionary<string, decimal>? Shares, IReadOnlyList<string>? Features,
        string? EffectiveFrom, string? EffectiveTo, bool IsEnabled, decimal DecidedUsd, int DecidedDays)
    {
        public static SplitRuleAnswer Of(PlacedRule rule, RuleUse? use)
        {
            var s = RuleSheet.Of(rule.Draft);
            return new(rule.Id, rule.Position, s.Name!, s.Conditions!, s.Basis!, s.Shares, s.Features, s.EffectiveFrom, s.EffectiveTo, rule.Draft.IsEnabled, use?.Usd ?? 0, use?.Days ?? 0);
        }
    }

    public sealed record ImportStepAnswer(RuleKind Kind, RuleImportKind What, string Name, string Text);

    public sealed record ImportAnswer(bool Preview, IReadOnlyList<ImportStepAnswer> Steps);

    public static void MapRules(this IEndpointRouteBuilder api)
    {
        MapOwnerRules(RuleRoutes.Map(api, RuleKind.Owner, Owners, "Owner rules", OwnerWords, OwnerRuleAnswer.Of));
        MapSplitRules(RuleRoutes.Map(api, RuleKind.Split, Splits, "Split rules", SplitWords, SplitRuleAnswer.Of));
        api.MapGet("/rules/export", Export).WithTags("Rules").Produces(StatusCodes.Status200OK, contentType: "application/json");
        api.MapPost("/rules/import", Import).RequireAuthorization(Policies.Administrator).WithTags("Rules").Accepts<object>("application/json")
            .WithSummary("Makes the rules those of the file, told apart by name; preview=true only says what it would do.").Produces<ImportAnswer>().ProducesValidationProblem();
    }

    private static void MapOwnerRules(RouteGroupBuilder routes)
    {
        routes.MapPost("", (HttpContext context, RuleDesk desk, ActionLog log, OwnerRuleBody body) =>
            RuleRoutes.AddAsync(context, desk, log, RuleKind.Owner, Owners, OwnerWords, body, OwnerRuleAnswer.Of)).Writes().Produces<OwnerRuleAnswer>(StatusCodes.Status201Created);
        routes.MapPut("{id:int}", (HttpContext context, RuleDesk desk, ActionLog log, int id, OwnerRuleBody body) =>
            RuleRoutes.ChangeAsync(context, desk, log, RuleKind.Owner, id, OwnerWords, body, OwnerRuleAnswer.Of)).Writes().Produces<OwnerRuleAnswer>();
        routes.MapPost("preview", (HttpContext context, RulePreview preview, TimeProvider time, OwnerRuleBody? body, int? id, bool? remove) =>
            RuleRoutes.PreviewAsync(context, preview, time, RuleKind.Owner, body, id, remove == true)).Previews();
    }

    private static void MapSplitRules(RouteGroupBuilder routes)
    {
        routes.MapPost("", (HttpContext context, RuleDesk desk, ActionLog log, SplitRuleBody body) =>
            RuleRoutes.AddAsync(context, desk, log, RuleKind.Split, Splits, SplitWords, body, SplitRuleAnswer.Of)).Writes().Produces<SplitRuleAnswer>(StatusCodes.Status201Created);
        routes.MapPut("{id:int}", (HttpContext context, RuleDesk desk, ActionLog log, int id, SplitRuleBody body) =>
            RuleRoutes.ChangeAsync(context, desk, log, RuleKind.Split, id, SplitWords, body, SplitRuleAnswer.Of)).Writes().Produces<SplitRuleAnswer>();
        routes.MapPost("preview", (HttpContext context, RulePreview preview, TimeProvider time, SplitRuleBody? body, int? id, bool? remove) =>
            RuleRoutes.PreviewAsync(context, preview, time, RuleKind.Split, body, id, remove == true)).Previews();
    }

    private static async Task<IResult> Export(RuleDesk desk, TimeProvider time, CancellationToken cancel) =>
        Results.File(Encoding.UTF8.GetBytes(RuleFile.Write(await desk.ReadAsync(cancel))), "application/json", FormattableString.Invariant($"genai-cost-rules-{time.GetUtcNow().UtcDateTime:yyyy-MM-dd}.json"));

    private static async Task<IResult> Import(HttpContext context, RuleDesk desk, ActionLog log, bool preview = false)
    {
        if (context.Request.ContentLength > LongestFile) return Results.Problem("A file of rules has at most 2 MB.", statusCode: StatusCodes.Status413PayloadTooLarge);
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var mistakes = new Dictionary<string, string>();
        if (RuleFile.Read(await reader.ReadToEndAsync(context.RequestAborted), mistakes) is not { } file) return RuleRoutes.Wrong(mistakes);
        if (preview) return Results.Ok(Of(true, await desk.PreviewImportAsync(file, context.RequestAborted)));
        var who = RuleRoutes.Who(context);
        var steps = await desk.ImportAsync(file, who, context.RequestAborted);
        await log.WriteAsync(who, "Import the rules", $"{steps.Count} changes", "done", context.RequestAborted);
        return Results.Ok(Of(false, steps));
    }

    private static ImportAnswer Of(bool preview, IReadOnlyList<RuleImportStep> steps) => new(preview, [.. steps.Select(s => new ImportStepAnswer(s.Kind, s.What, s.Name, s.Text))]);
}
