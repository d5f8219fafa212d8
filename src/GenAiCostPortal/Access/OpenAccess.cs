using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace GenAiCostPortal.Access;

/// <summary>
/// Mode Open: whoever sits at this machine is the administrator. Only loopback connections count, and only under a loopback
/// host name: a web page elsewhere could otherwise reach the portal through a DNS name that points to 127.0.0.1.
/// </summary>
internal sealed class OpenAccess(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string Scheme_ = "Open";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var remote = Context.Connection.RemoteIpAddress;
        var isLocal = remote is null || IPAddress.IsLoopback(remote);
        if (!isLocal || Request.Host.Host is not ("localhost" or "127.0.0.1" or "[::1]" or "::1"))
            return Task.FromResult(AuthenticateResult.Fail("Open mode answers this machine only."));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(
            PortalPrincipal.Of("You (this machine)", Ledger.Access.PortalRole.Administrator, Scheme_), Scheme_)));
    }
}
