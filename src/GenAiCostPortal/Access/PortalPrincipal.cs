using System.Globalization;
using System.Security.Claims;
using GenAiCostPortal.Ledger.Access;

namespace GenAiCostPortal.Access;

/// <summary>Who is asking, as claims: a name and every role up to the highest.</summary>
internal static class PortalPrincipal
{
    public const string UserId = "portal:user", Stamp = "portal:stamp";

    public static ClaimsPrincipal Of(string name, PortalRole role, string scheme, PortalUser? user = null)
    {
        var claims = new List<Claim> { new(ClaimTypes.Name, name) };
        for (var r = PortalRole.Viewer; r <= role; r++) claims.Add(new(ClaimTypes.Role, r.ToString()));
        if (user is not null)
        {
            claims.Add(new(UserId, user.Id.ToString(CultureInfo.InvariantCulture)));
            claims.Add(new(Stamp, user.SecurityStamp));
        }
        return new(new ClaimsIdentity(claims, scheme));
    }
}
