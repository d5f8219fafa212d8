using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Api;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: the store answers too, with the state of each feed.</summary>
internal static class HealthApi
{
    public sealed record FeedReady(string Feed, string State, string Words);
    public sealed record Ready(string Store, IReadOnlyList<FeedReady> Feeds);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Text("ok")).AllowAnonymous().WithTags("Health");
        routes.MapGet("/readyz", ReadAsync).AllowAnonymous().WithTags("Health").Produces<Ready>().Produces<Ready>(StatusCodes.Status503ServiceUnavailable);
    }

    // A late feed is said, but does not take the portal out of a load balancer: the last good figures can still be read.
    private static async Task<IResult> ReadAsync(IDbContextFactory<LedgerDb> stores, FeedReport feeds, ILogger<Ready> log, CancellationToken cancel)
    {
        try
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            await db.Facts.AnyAsync(cancel);
            var states = await feeds.ReadAsync(cancel);
            return Results.Ok(new Ready("ok", [.. states.Select(s => new FeedReady(s.Feed, s.Health.ToString(), s.Words))]));
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            log.LogError(fault, "The store does not answer");
            return Results.Json(new Ready("not answering", []), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
