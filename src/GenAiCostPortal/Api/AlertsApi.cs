using GenAiCostPortal.Access;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Alerts;
using GenAiCostPortal.Sources.Notifications;

namespace GenAiCostPortal.Api;

/// <summary>Channels that spikes are told to, and what they were told. Addresses go in and never come out.</summary>
internal static class AlertsApi
{
    private const int NewestAtMost = 500;

    /// <summary>quietFrom and quietTo as HH:mm in quietZone; address may be left out when a channel is changed.</summary>
    public sealed record ChannelBody(
        string? Name, ChannelKind? Kind, string? Address, bool? IsOn, decimal? LeastImpactUsd, IReadOnlyList<string>? Features, TimeOnly? QuietFrom, TimeOnly? QuietTo,
        string? QuietZone, decimal? LoudFromUsd)
    {
        public ChannelDraft Draft => new(Name?.Trim() ?? "", Kind ?? ChannelKind.Webhook, IsOn ?? true, LeastImpactUsd ?? 0, Features ?? [], QuietFrom, QuietTo, QuietZone ?? "UTC", LoudFromUsd);
    }

    /// <summary>hint is what may be seen of the address; signingSecret is given once, when a webhook's address is set.</summary>
    public sealed record ChannelAnswer(
        int Id, string Name, ChannelKind Kind, string Hint, bool IsOn, decimal LeastImpactUsd, IReadOnlyList<string> Features, TimeOnly? QuietFrom, TimeOnly? QuietTo,
        string QuietZone, decimal? LoudFromUsd, DateTime CreatedAt, string? SigningSecret = null);

    public sealed record DeliveryAnswer(
        long Id, int ChannelId, string Channel, long? SpikeId, AlertEvent Event, DeliveryState State, int Attempts, DateTime CreatedAt, DateTime? SentAt, string Headline, string Problem);

    public sealed record TestAnswer(bool Arrived, string Problem);

    public static void MapAlerts(this IEndpointRouteBuilder api)
    {
        var channels = api.MapGroup("/alert-channels").RequireAuthorization(Policies.Administrator).WithTags("Alerts");
        channels.MapGet("", async (AlertChannels all, CancellationToken cancel) => (await all.ReadAsync(cancel)).Select(c => Of(c))).Produces<IReadOnlyList<ChannelAnswer>>();
        channels.MapPost("", (HttpContext context, AlertChannels all, ChannelSecrets secrets, ActionLog log, ChannelBody body, CancellationToken cancel) =>
            SaveAsync(context, all, secrets, log, body, null, cancel)).Produces<ChannelAnswer>(StatusCodes.Status201Created).ProducesValidationProblem();
        channels.MapPut("{id:int}", (HttpContext context, AlertChannels all, ChannelSecrets secrets, ActionLog log, int id, ChannelBody body, CancellationToken cancel) =>
            SaveAsync(context, all, secrets, log, body, id, cancel)).Produces<ChannelAnswer>().ProducesValidationProblem();
        channels.MapDelete("{id:int}", RemoveAsync).Produces(StatusCodes.Status204NoContent);
        channels.MapPost("{id:int}/test", TestAsync).Produces<TestAnswer>();
        api.MapGet("/alerts", Deliveries).WithTags("Alerts").Produces<IReadOnlyList<DeliveryAnswer>>();
    }

    private static async Task<IResult> SaveAsync(
        HttpContext context, AlertChannels all, ChannelSecrets secrets, ActionLog log, ChannelBody body, int? id, CancellationToken cancel)
    {
        var known = id is { } wanted ? (await all.ReadAsync(cancel)).FirstOrDefault(c => c.Id == wanted) : null;
        if (id is not null && known is null) return Results.NotFound();
        if (id is null && body.Kind is null) return Problem("kind", "Say what kind of channel it is: Slack, Teams, Email or Webhook.");
        // The address was checked for its kind.
        var draft = body.Draft with { Kind = known?.Kind ?? body.Kind!.Value };
        if (AlertChannels.Mistake(draft) is { Length: > 0 } mistake) return Problem("channel", mistake);
        if (id is null && string.IsNullOrWhiteSpace(body.Address)) return Problem("address", "A channel needs an address.");
        var signing = "";
        (string, string)? secret = null;
        if (!string.IsNullOrWhiteSpace(body.Address))
        {
            if (ChannelSecrets.Mistake(draft.Kind, body.Address) is { Length: > 0 } wrong) return Problem("address", wrong);
            var (closed, hint, made) = secrets.Close(draft.Kind, body.Address);
            (secret, signing) = ((closed, hint), made);
        }
        if (await all.SaveAsync(draft, id, secret, cancel) is not { } saved) return Results.NotFound();
        await log.WriteAsync(Who(context), id is null ? "Add an alert channel" : "Change an alert channel", draft.Name, "done");
        var answer = Of((await all.ReadAsync(cancel)).First(c => c.Id == saved), signing);
        return id is null ? Results.Created($"/api/v1/alert-channels/{saved}", answer) : Results.Ok(answer);
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, AlertChannels all, ActionLog log, int id, CancellationToken cancel)
    {
        if (!await all.RemoveAsync(id, cancel)) return Results.NotFound();
        await log.WriteAsync(Who(context), "Remove an alert channel", FormattableString.Invariant($"{id}"), "done");
        return Results.NoContent();
    }

    private static async Task<IResult> TestAsync(AlertSender sender, int id, CancellationToken cancel) =>
        await sender.TestAsync(id, cancel) is { } problem ? Results.Ok(new TestAnswer(problem.Length == 0, problem)) : Results.NotFound();

    private static async Task<IResult> Deliveries(AlertOutbox outbox, int? limit, CancellationToken cancel) => Results.Ok(
        (await outbox.NewestAsync(Math.Clamp(limit ?? 100, 1, NewestAtMost), cancel)).Select(d => new DeliveryAnswer(
            d.Delivery.Id, d.Delivery.ChannelId, d.Channel, d.Delivery.SpikeId == 0 ? null : d.Delivery.SpikeId, d.Delivery.Event, d.Delivery.State, d.Delivery.Attempts,
            d.Delivery.CreatedAt, d.Delivery.SentAt, d.Delivery.Headline, d.Delivery.Problem)));

    private static ChannelAnswer Of(AlertChannel channel, string signing = "")
    {
        var d = AlertChannels.DraftOf(channel);
        return new ChannelAnswer(channel.Id, d.Name, d.Kind, channel.Hint, d.IsOn, d.LeastImpactUsd, d.Features, d.QuietFrom, d.QuietTo, d.QuietZone, d.LoudFromUsd, channel.CreatedAt,
            signing.Length > 0 ? signing : null);
    }

    private static IResult Problem(string key, string text) => Results.ValidationProblem(new Dictionary<string, string[]> { [key] = [text] });

    private static string Who(HttpContext context) => context.User.Identity?.Name ?? "unknown";
}
