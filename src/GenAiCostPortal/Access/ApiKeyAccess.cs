using System.Text.Encodings.Web;
using GenAiCostPortal.Ledger.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace GenAiCostPortal.Access;

/// <summary><c>Authorization: Bearer KEY</c> on the API. Ingest keys open nothing here.</summary>
internal sealed class ApiKeyAccess(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, ApiKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string Scheme_ = "ApiKey";

    /// <summary>The key text of a request, or null.</summary>
    public static string? TextOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (TextOf(Request) is not { } text) return AuthenticateResult.NoResult();
        var key = await keys.FindAsync(text, Context.RequestAborted);
        return key is { Kind: ApiKeyKind.Api }
            ? AuthenticateResult.Success(new AuthenticationTicket(PortalPrincipal.Of($"key {key.Name}", key.Role, Scheme_), Scheme_))
            : AuthenticateResult.Fail("The key is not known, revoked, or an ingest key.");
    }
}
