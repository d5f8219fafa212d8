using System.Globalization;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Pages.SignIn;
using GenAiCostPortal.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace GenAiCostPortal.Access;

/// <summary>Sign-in, sign-out and the first set-up, as plain forms.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder routes, PortalSettings settings)
    {
        if (settings.Access.Mode == AccessMode.Open)
        {
            routes.MapGet("/sign-in", () => Results.LocalRedirect("/")).AllowAnonymous().ExcludeFromDescription();
            return;
        }
        routes.MapGet("/sign-in", ShowSignIn).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/sign-in", SignIn).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/set-up", ShowSetUp).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/set-up", SetUp).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/sign-out", SignOut).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> ShowSignIn(LocalAccounts accounts, string? to) =>
        await accounts.AnyAsync() ? Page(isSetUp: false, "", "", to) : Results.LocalRedirect("/set-up");

    private static async Task<IResult> SignIn(
        HttpContext context, LocalAccounts accounts, ActionLog log, [FromForm] string name, [FromForm] string password, [FromForm] string? to)
    {
        var outcome = await accounts.SignInAsync(name, password, context.RequestAborted);
        await log.WriteAsync(name, "Sign in", "", outcome.User is not null ? "done" : outcome.LockedUntil is null ? "refused" : "locked");
        if (outcome.User is not { } user)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Page(isSetUp: false, outcome.LockedUntil is { } until
                ? $"Too many wrong passwords. Try again after {until.ToString("HH:mm", CultureInfo.InvariantCulture)} UTC."
                : "Name or password is wrong.", name, to);
        }
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme,
            PortalPrincipal.Of(user.Name, user.Role, CookieAuthenticationDefaults.AuthenticationScheme, user));
        return Results.LocalRedirect(Local(to));
    }

    private static async Task<IResult> ShowSetUp(LocalAccounts accounts) =>
        await accounts.AnyAsync() ? Results.LocalRedirect("/sign-in") : Page(isSetUp: true, "", "", null);

    private static async Task<IResult> SetUp(
        HttpContext context, LocalAccounts accounts, ActionLog log, [FromForm] string token, [FromForm] string name, [FromForm] string password)
    {
        var problem = await accounts.SetUpAsync(token, name, password, context.RequestAborted);
        await log.WriteAsync(name, "Create the administrator", "", problem is null ? "done" : "refused");
        if (problem is null) return Results.LocalRedirect("/sign-in");
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page(isSetUp: true, problem, name, null);
    }

    private static async Task<IResult> SignOut(HttpContext context, [FromForm] string? to)
    {
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.LocalRedirect(Local(to) is "/" ? "/sign-in" : Local(to));
    }

    private static RazorComponentResult<SignInDocument> Page(bool isSetUp, string problem, string name, string? to) =>
        new(new { IsSetUp = isSetUp, Problem = problem, Name = name, To = Local(to) }) { PreventStreamingRendering = true };

    // Only paths of this portal: "//other.example" would leave it.
    private static string Local(string? to) =>
        to is { Length: > 0 } && to[0] == '/' && (to.Length == 1 || (to[1] != '/' && to[1] != '\\')) ? to : "/";
}
