using GenAiCostPortal.Frame;
using GenAiCostPortal.Ledger;
using GenAiCostPortal.Sources;
using Radzen;

namespace GenAiCostPortal;

/// <summary>The named steps of the host.</summary>
internal static class PortalHost
{
    public static void AddPortal(this WebApplicationBuilder builder, PortalSettings settings)
    {
        builder.Services.AddSingleton(settings);
        builder.Services.AddLedger(settings.Store, settings.Owners);
        builder.Services.AddSources(settings.Otlp, settings.Aws);
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddRadzenComponents();
    }

    public static void UsePortal(this WebApplication app)
    {
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
