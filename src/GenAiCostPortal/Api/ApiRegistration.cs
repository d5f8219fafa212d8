using System.Text.Json.Serialization;
using GenAiCostPortal.Access;

namespace GenAiCostPortal.Api;

/// <summary>The HTTP API of the contract: one file per noun.</summary>
internal static class ApiRegistration
{
    public static void AddPortalApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(o => o.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        services.AddOpenApi(o => o.AddDocumentTransformer((document, _, _) =>
        {
            OtlpDescription.AddTo(document);
            return Task.CompletedTask;
        }));
    }

    public static void MapPortalApi(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi().RequireAuthorization();
        routes.MapHealth();
        routes.MapPortalMetrics();
        var api = routes.MapGroup("/api/v1").DisableAntiforgery().FromOwnPagesOnly();
        api.MapSpend();
        api.MapPivot();
        api.MapReconciliation();
        api.MapFocus();
        api.MapUsage();
        api.MapUnitCosts();
        api.MapPrices();
        api.MapReprice();
        api.MapTraces();
        api.MapSpikes();
        api.MapFeeds();
        api.MapAssessment();
        api.MapRules();
        api.MapAlerts();
        api.MapResources();
    }
}
