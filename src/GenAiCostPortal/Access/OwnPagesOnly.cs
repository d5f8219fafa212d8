using Microsoft.Net.Http.Headers;

namespace GenAiCostPortal.Access;

/// <summary>
/// What changes something is taken from the portal's own pages and from programs, never from a page of another site: a browser
/// sends such a page's forms here with the cookie of whoever is signed in, and in Open mode none is needed.
/// </summary>
internal static class OwnPagesOnly
{
    /// <summary>Refuses calls of other sites' pages. An API key is no cookie: no page has it unless somebody gave it one.</summary>
    public static RouteGroupBuilder FromOwnPagesOnly(this RouteGroupBuilder api)
    {
        api.AddEndpointFilter(static (call, next) => IsForeign(call.HttpContext.Request)
            ? ValueTask.FromResult<object?>(Results.Problem("A page of another site may not change anything here.", statusCode: StatusCodes.Status403Forbidden))
            : next(call));
        return api;
    }

    private static bool IsForeign(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || request.Headers.ContainsKey(HeaderNames.Authorization)) return false;
        // Browsers say where a call comes from, to secure addresses and to this machine; else its origin tells.
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site) return site is not ("same-origin" or "none");
        return request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var of) && HostString.FromUriComponent(of).Equals(Own(request)));
    }

    // Without the port that its scheme has anyway, as an origin is written.
    private static HostString Own(HttpRequest request) => HostString.FromUriComponent(new Uri($"{request.Scheme}://{request.Host}"));
}
