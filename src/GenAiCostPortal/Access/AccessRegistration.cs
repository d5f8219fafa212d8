using System.Globalization;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Settings;
using GenAiCostPortal.Sources.Otlp;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;

namespace GenAiCostPortal.Access;

/// <summary>Sign-in, keys and policies. Everything asks for a signed-in viewer unless it says otherwise.</summary>
internal static class AccessRegistration
{
    private const string Chosen = "Chosen";

    public static void AddAccess(this IServiceCollection services, PortalSettings settings)
    {
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<LocalAccounts>();
        services.AddSingleton<IngestAccess>();
        services.AddSingleton<IngestCheck>(s => s.GetRequiredService<IngestAccess>().CheckAsync);
        var open = settings.Access.Mode == AccessMode.Open;
        services.AddAuthentication(Chosen)
            .AddPolicyScheme(Chosen, null, o => o.ForwardDefaultSelector = c =>
                ApiKeyAccess.TextOf(c.Request) is not null ? ApiKeyAccess.Scheme_
                : open ? OpenAccess.Scheme_ : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, OpenAccess>(OpenAccess.Scheme_, null)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAccess>(ApiKeyAccess.Scheme_, null)
            .AddCookie(Configure);
        services.AddAuthorization(o =>
        {
            foreach (var role in Enum.GetNames<PortalRole>()) o.AddPolicy(role, p => p.RequireRole(role));
            o.FallbackPolicy = new AuthorizationPolicyBuilder().RequireRole(nameof(PortalRole.Viewer)).Build();
            o.DefaultPolicy = o.FallbackPolicy;
        });
        services.AddCascadingAuthenticationState();
    }

    private static void Configure(CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "portal";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = TimeSpan.FromHours(12);
        cookie.SlidingExpiration = true;
        cookie.LoginPath = "/sign-in";
        cookie.LogoutPath = "/sign-out";
        cookie.AccessDeniedPath = "/sign-in";
        cookie.ReturnUrlParameter = "to";
        // A program gets a status, a person the form.
        cookie.Events.OnRedirectToLogin = c => Answer(c, StatusCodes.Status401Unauthorized);
        cookie.Events.OnRedirectToAccessDenied = c => Answer(c, StatusCodes.Status403Forbidden);
        cookie.Events.OnValidatePrincipal = async c =>
        {
            var accounts = c.HttpContext.RequestServices.GetRequiredService<LocalAccounts>();
            if (int.TryParse(c.Principal?.FindFirst(PortalPrincipal.UserId)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && await accounts.StillHoldsAsync(id, c.Principal?.FindFirst(PortalPrincipal.Stamp)?.Value ?? "")) return;
            c.RejectPrincipal();
            await c.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        };
    }

    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        var path = context.Request.Path;
        if (path.StartsWithSegments("/api") || path.StartsWithSegments("/metrics") || path.StartsWithSegments("/openapi")) context.Response.StatusCode = status;
        else context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
