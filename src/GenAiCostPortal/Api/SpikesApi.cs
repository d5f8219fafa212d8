using System.Text.Json;
using GenAiCostPortal.Access;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Api;

/// <summary>Spikes, their explanations and what people make of them; <c>/explain</c> is the same explanation for any two windows.</summary>
internal static class SpikesApi
{
    /// <summary>Kind Total has an empty name.</summary>
    public sealed record ScopeAnswer(SpikeScope Kind, string Name);

    public sealed record ConfirmationAnswer(SpikeConfirmation State, decimal? BilledUsd, decimal? EstimatedUsd, DateTime? At);

    public sealed record ExemplarAnswer(string TraceId, string Role, decimal? CostUsd, DateTime Start, int Calls, double DurationMs, int Loops);

    public sealed record CommentAnswer(DateTime At, string Who, string Text);

    public record ItemAnswer(
        long Id, ScopeAnswer Scope, SpikeKind Kind, SpikeMeasure Measure, SpikeGrain Grain, DateTime Start, DateTime End, bool IsRunning, decimal ImpactUsd, decimal BaselineUsd, decimal ActualUsd,
        SpikeStatus Status, string Owner, string Sentence, string FirstSeenRelease, ConfirmationAnswer Confirmation, DateTime DetectedAt, DateTime UpdatedAt, int Version)
    {
        /// <summary>Late data took it back; lists leave it out.</summary>
        public bool IsWithdrawn { get; init; }

        public static ItemAnswer Of(SpikeItem s) => new(
            s.Id, new ScopeAnswer(s.Scope, s.Scope == SpikeScope.Total ? "" : s.ScopeName), s.Kind, s.Measure, s.Grain, s.Start, s.End, s.IsRunning, s.ImpactUsd, s.BaselineUsd, s.ActualUsd,
            s.Status, s.Owner, s.Sentence, s.FirstSeenRelease, new ConfirmationAnswer(s.Confirmation, s.BilledUsd, s.EstimatedUsd, s.ConfirmedAt), s.DetectedAt, s.UpdatedAt, s.Version) { IsWithdrawn = s.IsWithdrawn };
    }

    public sealed record DetailAnswer(
        long Id, ScopeAnswer Scope, SpikeKind Kind, SpikeMeasure Measure, SpikeGrain Grain, DateTime Start, DateTime End, bool IsRunning, decimal ImpactUsd, decimal BaselineUsd, decimal ActualUsd,
        SpikeStatus Status, string Owner, string Sentence, string FirstSeenRelease, ConfirmationAnswer Confirmation, DateTime DetectedAt, DateTime UpdatedAt, int Version,
        long? PartOf, IReadOnlyList<EffectLine> Effects, IReadOnlyList<CellLine> Cells, WasteLine? Waste, IReadOnlyList<string> Unknown, IReadOnlyList<ExemplarAnswer> Exemplars,
        IReadOnlyList<CommentAnswer> Comments)
        : ItemAnswer(Id, Scope, Kind, Measure, Grain, Start, End, IsRunning, ImpactUsd, BaselineUsd, ActualUsd, Status, Owner, Sentence, FirstSeenRelease, Confirmation, DetectedAt, UpdatedAt, Version);

    public sealed record StatusRequest(string? Status, string? Owner);
    public sealed record CommentRequest(string? Text);

    /// <summary>Name empty = the whole scope. USD; null keeps the built-in value.</summary>
    public sealed record ThresholdBody(string? Scope, string? Name, bool? IsOff, decimal? FloorUsdPerHour, decimal? FloorUsdPerDay, long? FloorTokensPerHour, double? Spreads);

    public static void MapSpikes(this IEndpointRouteBuilder api)
    {
        api.MapGet("/spikes", List).WithTags("Spikes").Produces<ItemAnswer[]>();
        api.MapGet("/spikes/{id:long}", Open).WithTags("Spikes").Produces<DetailAnswer>();
        api.MapPost("/spikes/{id:long}/status", SetStatus).RequireAuthorization(Policies.Analyst).WithTags("Spikes");
        api.MapPost("/spikes/{id:long}/comments", Comment).RequireAuthorization(Policies.Analyst).WithTags("Spikes").Produces<CommentAnswer>(StatusCodes.Status201Created);
        api.MapGet("/spikes/thresholds", Thresholds).WithTags("Spikes").Produces<ThresholdBody[]>();
        api.MapPut("/spikes/thresholds", SetThreshold).RequireAuthorization(Policies.Analyst).WithTags("Spikes");
        api.MapPost("/spikes/replay", Replay).WithTags("Spikes").Produces<ReplayedSpike[]>();
        api.MapGet("/explain", Explain).WithTags("Spikes").Produces<ChangeAnswer>();
    }

    private static async Task<IResult> List(HttpContext context, SpikeList list, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var now = time.GetUtcNow().UtcDateTime;
        var (from, to) = context.Request.Query.ContainsKey("from") || context.Request.Query.ContainsKey("to") ? query.Period() : (now.AddDays(-400), now.AddDays(1));
        var status = query.Text("status").Length > 0 ? query.OneOf("status", SpikeStatus.Open) : (SpikeStatus?)null;
        var feature = query.Filter()[SpendDimension.Feature];
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        var items = await list.ReadAsync(from, to, cancel: context.RequestAborted);
        return Results.Ok(items.Where(s => status is null || s.Status == status).Where(s => feature.Count == 0 || s.Filter[SpendDimension.Feature].Intersect(feature).Any()).Select(ItemAnswer.Of));
    }

    private static async Task<IResult> Open(long id, SpikeList list, CancellationToken cancel)
    {
        if (await list.OpenAsync(id, cancel) is not { } detail) return NoSpike();
        var s = ItemAnswer.Of(detail.Spike);
        return Results.Ok(new DetailAnswer(
            s.Id, s.Scope, s.Kind, s.Measure, s.Grain, s.Start, s.End, s.IsRunning, s.ImpactUsd, s.BaselineUsd, s.ActualUsd, s.Status, s.Owner, s.Sentence, s.FirstSeenRelease, s.Confirmation,
            s.DetectedAt, s.UpdatedAt, s.Version, detail.Spike.PartOfId, detail.Change?.Effects ?? [], detail.Change?.Cells ?? [], detail.Change?.Waste, detail.Change?.Unknown ?? [],
            [.. detail.Exemplars.Select(e => new ExemplarAnswer(e.Trace.TraceId, JsonNamingPolicy.CamelCase.ConvertName(e.Role.ToString()), e.Trace.EstimatedCostUsd, e.Trace.Start, e.Trace.Calls, e.Trace.DurationMs, e.Trace.Loops))],
            [.. detail.Comments.Select(c => new CommentAnswer(c.At, c.Who, c.Text))]) { IsWithdrawn = s.IsWithdrawn });
    }

    private static async Task<IResult> SetStatus(long id, HttpContext context, SpikeDesk desk, ActionLog log, StatusRequest request)
    {
        var mistakes = new QueryMistakes();
        var status = default(SpikeStatus);
        if (request.Status is { } word && (!Enum.TryParse(word, ignoreCase: true, out status) || char.IsAsciiDigit(word[0])))
            mistakes.Add("status", $"'{word}' is not one of {string.Join(", ", Enum.GetNames<SpikeStatus>())}.");
        if (request is { Status: null, Owner: null }) mistakes.Add("status", "Say a status, an owner or both.");
        if (mistakes.Any) return mistakes.ToResult();
        var who = context.User.Identity?.Name ?? "";
        if (request.Owner is { } owner && !await desk.AssignAsync(id, owner, context.RequestAborted)) return NoSpike();
        if (request.Status is not null && !await desk.SetStatusAsync(id, status, who, context.RequestAborted)) return NoSpike();
        await log.WriteAsync(who, request.Status is null ? "Assign a spike" : $"Mark a spike {status}", $"S-{id}", "done", context.RequestAborted);
        return Results.NoContent();
    }

    private static async Task<IResult> Comment(long id, HttpContext context, SpikeDesk desk, ActionLog log, CommentRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Text)) return Results.ValidationProblem(new Dictionary<string, string[]> { ["text"] = ["A comment says something."] });
        var who = context.User.Identity?.Name ?? "";
        if (await desk.CommentAsync(id, request.Text, who, context.RequestAborted) is not { } comment) return NoSpike();
        await log.WriteAsync(who, "Comment on a spike", $"S-{id}", "done", context.RequestAborted);
        return Results.Created($"/api/v1/spikes/{id}", new CommentAnswer(comment.At, comment.Who, comment.Text));
    }

    private static async Task<IResult> Thresholds(SpikeDesk desk, Dimensions dimensions, CancellationToken cancel)
    {
        var set = await desk.ThresholdsAsync(cancel);
        var defaults = Enum.GetValues<SpikeScope>().Where(s => !set.Any(t => t.Scope == s && t.ScopeId == 0)).Select(s => SpikeThresholds.Default(s));
        return Results.Ok(defaults.Concat(set).OrderBy(t => t.Scope).ThenBy(t => t.ScopeId).Select(t => Of(t, dimensions)));
    }

    private static async Task<IResult> SetThreshold(HttpContext context, SpikeDesk desk, Dimensions dimensions, ActionLog log, ThresholdBody body)
    {
        var mistakes = new QueryMistakes();
        if (await ReadAsync(body, dimensions, mistakes, context.RequestAborted) is not { } threshold) return mistakes.ToResult();
        var who = context.User.Identity?.Name ?? "";
        await desk.SetThresholdAsync(threshold, who, context.RequestAborted);
        await log.WriteAsync(who, "Set spike thresholds", $"{threshold.Scope} {body.Name}".Trim(), "done", context.RequestAborted);
        return Results.Ok(Of(threshold, dimensions));
    }

    private static async Task<IResult> Replay(HttpContext context, SpikeDesk desk, Dimensions dimensions, ThresholdBody? body)
    {
        var mistakes = new QueryMistakes();
        if (body?.Scope is null) return Results.Ok(await desk.ReplayAsync(null, cancel: context.RequestAborted));
        return await ReadAsync(body, dimensions, mistakes, context.RequestAborted) is { } threshold
            ? Results.Ok(await desk.ReplayAsync(threshold, cancel: context.RequestAborted)) : mistakes.ToResult();
    }

    private static async Task<IResult> Explain(HttpContext context, ChangeReport report, TimeProvider time)
    {
        var query = new ReportQuery(context.Request.Query, time);
        var (from, to) = query.Period();
        var (first, last) = (query.Moment("baselineFrom"), query.Moment("baselineTo"));
        if (first is null != last is null) query.Mistakes.Add("baselineTo", "Give both baselineFrom and baselineTo, or neither.");
        else if (last <= first) query.Mistakes.Add("baselineTo", "The baseline ends before it starts; 'baselineTo' is exclusive.");
        var filter = query.Filter();
        if (query.Mistakes.Any) return query.Mistakes.ToResult();
        return Results.Ok(await report.ReadAsync(new ChangeQuery(from, to, first, last, filter), context.RequestAborted));
    }

    private static async Task<SpikeThreshold?> ReadAsync(ThresholdBody body, Dimensions dimensions, QueryMistakes mistakes, CancellationToken cancel)
    {
        await dimensions.LoadAsync(cancel);
        if (!Enum.TryParse<SpikeScope>(body.Scope, ignoreCase: true, out var scope) || char.IsAsciiDigit(body.Scope![0])) mistakes.Add("scope", $"'{body.Scope}' is not one of {string.Join(", ", Enum.GetNames<SpikeScope>())}.");
        var kind = scope switch { SpikeScope.Feature => DimensionKind.Feature, SpikeScope.Account => DimensionKind.Account, _ => DimensionKind.Model };
        var id = string.IsNullOrEmpty(body.Name) || scope == SpikeScope.Total ? 0 : dimensions.Find(kind, body.Name);
        if (!string.IsNullOrEmpty(body.Name) && scope != SpikeScope.Total && id == 0) mistakes.Add("name", $"There is no {scope.ToString().ToLowerInvariant()} '{body.Name}'.");
        if (body.FloorUsdPerHour is < 0 or > 1_000_000) mistakes.Add("floorUsdPerHour", "From 0 to 1,000,000.");
        if (body.FloorUsdPerDay is < 0 or > 1_000_000) mistakes.Add("floorUsdPerDay", "From 0 to 1,000,000.");
        if (body.FloorTokensPerHour is < 0) mistakes.Add("floorTokensPerHour", "Not below 0.");
        if (body.Spreads is { } spreads && spreads is not (>= 1 and <= 20)) mistakes.Add("spreads", "From 1 to 20.");
        if (mistakes.Any) return null;
        var row = SpikeThresholds.Default(scope, id);
        (row.IsOff, row.Spreads) = (body.IsOff ?? false, body.Spreads ?? row.Spreads);
        if (body.FloorUsdPerHour is { } hour) row.FloorNanoUsdPerHour = Money.ToNanoUsd(hour);
        if (body.FloorUsdPerDay is { } day) row.FloorNanoUsdPerDay = Money.ToNanoUsd(day);
        if (body.FloorTokensPerHour is { } tokens) row.FloorTokensPerHour = tokens;
        return row;
    }

    private static ThresholdBody Of(SpikeThreshold t, Dimensions dimensions) => new(
        t.Scope.ToString(), dimensions.Name(t.ScopeId), t.IsOff, Money.ToUsd(t.FloorNanoUsdPerHour), Money.ToUsd(t.FloorNanoUsdPerDay), t.FloorTokensPerHour, t.Spreads);

    private static IResult NoSpike() => Results.Problem("There is no spike with this number.", statusCode: StatusCodes.Status404NotFound);
}
