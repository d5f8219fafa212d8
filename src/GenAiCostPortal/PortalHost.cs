using GenAiCostPortal.Access;
using GenAiCostPortal.Api;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Frame;
using GenAiCostPortal.Ledger;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Settings;
using GenAiCostPortal.Sources;
using GenAiCostPortal.Sources.Otlp;
using GenAiCostPortal.Sources.Sample;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Diagnostics;
using Radzen;

namespace GenAiCostPortal;

/// <summary>The named steps of the host.</summary>
internal static class PortalHost
{
    public static void AddPortal(this WebApplicationBuilder builder, PortalSettings settings)
    {
        var services = builder.Services;
        builder.AddListeners(settings);
        // Also when run from the source tree in Production, as the read-me says.
        builder.WebHost.UseStaticWebAssets();
        // Defaults; Logging:LogLevel in the configuration goes before them.
        foreach (var noisy in new[] { "Microsoft", "Quartz", "System.Net.Http" }) builder.Logging.AddFilter(noisy, LogLevel.Warning);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        services.AddSingleton(settings);
        if (settings.Sample.Enabled) services.AddSample(settings.Sample, settings.Aws);
        services.AddSingleton(settings.Ledger);
        services.AddLedger(settings.Store, settings.Owners);
        services.AddSingleton(new RetentionOptions(settings.Retention.SpanDays, settings.Retention.CallDays, settings.Retention.HourDays));
        services.AddSingleton(StoreOpening.PromptKey);
        services.AddSingleton(settings.Alerts);
        services.AddSources(settings.Otlp, settings.Aws, new ScheduleOptions { Jobs = settings.Schedule });
        services.AddAccess(settings);
        services.AddPortalApi();
        services.AddDataProtection().SetApplicationName("GenAiCostPortal").PersistKeysToFileSystem(StoreOpening.KeyFolder(settings));
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        services.AddPages();
        services.AddProblemDetails();
    }

    public static void UsePortal(this WebApplication app, PortalSettings settings)
    {
        app.UseSecurityHeaders();
        app.UseOtlpListeners(settings);
        app.UseNotFoundPage();
        app.UseWhen(c => c.Request.Path.StartsWithSegments("/api"), api => api.UseExceptionHandler().UseStatusCodePages());
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapSignIn(settings);
        app.MapPortalApi();
        app.MapOtlp();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null);
        app.Lifetime.ApplicationStarted.Register(() => ListeningLine.Print(app));
    }

    /// <summary>People who asked for a page get one; programs keep the bare status.</summary>
    private static void UseNotFoundPage(this WebApplication app)
    {
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use((context, next) =>
        {
            if (!context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal) && context.Features.Get<IStatusCodePagesFeature>() is { } pages) pages.Enabled = false;
            return next();
        });
    }
}
