using System.Globalization;
using System.Net.Sockets;
using GenAiCostPortal.Settings;
using GenAiCostPortal.Sources.Otlp;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GenAiCostPortal;

/// <summary>The addresses of the portal: pages, API and OTLP on <c>Urls</c>, and the two extra OTLP listeners.</summary>
internal static class Listening
{
    public static void AddListeners(this WebApplicationBuilder builder, PortalSettings settings)
    {
        var ports = settings.Urls.Select(Listener.Port).ToHashSet();
        // The same port twice would fail at the start; /v1/* is answered there anyway.
        builder.WebHost.UseUrls([.. settings.Listeners.Where(l => l.Key == "Urls" || Listener.Port(l.Url) is 0 || !ports.Contains(Listener.Port(l.Url))).Select(l => l.Url)]);
        // What fails while the listeners open is thrown to the caller, who says it in words; the framework need not print its stack first.
        var opening = new Opening();
        builder.Services.AddSingleton(opening);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Warning && !opening.IsNow);
        var grpcPort = Listener.Port(settings.Otlp.GrpcUrl);
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Limits.MaxRequestBodySize = settings.Otlp.MaxBodyBytes;
            // Without TLS nothing is negotiated: the gRPC port speaks HTTP/2 alone, the others HTTP/1.1.
            var others = settings.Listeners.Any(l => l.Url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)) ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
            if (grpcPort > 0) k.ConfigureEndpointDefaults(e => e.Protocols = e.IPEndPoint?.Port == grpcPort ? HttpProtocols.Http2 : others);
        });
    }

    /// <summary>The extra OTLP listeners answer their own paths and nothing else: pages and API stay on <c>Urls</c>.</summary>
    public static void UseOtlpListeners(this WebApplication app, PortalSettings settings)
    {
        app.AnswerOnly(Extra(settings, settings.Otlp.HttpUrl), static path => path.StartsWithSegments("/v1"));
        app.AnswerOnly(Extra(settings, settings.Otlp.GrpcUrl), static path => path.Value?.StartsWith(OtlpHttpReceiver.GrpcPaths, StringComparison.Ordinal) == true);
    }

    /// <summary>Starts the host.</summary>
    /// <exception cref="ConfigurationException">A listener could not be opened; names its key.</exception>
    public static async Task ListenAsync(this WebApplication app, PortalSettings settings)
    {
        var opening = app.Services.GetRequiredService<Opening>();
        try
        {
            opening.IsNow = true;
            await app.StartAsync();
            opening.IsNow = false;
        }
        catch (Exception e) when (Faults(e).Any(f => f is SocketException or AddressInUseException))
        {
            await app.DisposeAsync();
            throw new ConfigurationException([Explain(settings, e)]);
        }
    }

    private static string Explain(PortalSettings settings, Exception failure)
    {
        var said = string.Concat(Faults(failure).Select(f => f.Message + "\n"));
        var inUse = Faults(failure).Any(f => f is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse });
        var what = inUse ? "is already in use; stop the program that has it, or name another address" : "cannot be opened on this machine; name another address";
        foreach (var (key, url) in settings.Listeners)
        {
            var port = Listener.Port(url).ToString(CultureInfo.InvariantCulture);
            if (!said.Contains($":{port}:", StringComparison.Ordinal) && !said.Contains($":{port}.", StringComparison.Ordinal)) continue;
            return $"{key}: port {port} {what}{(key == "Urls" ? "" : ", or leave the key empty for no such listener")} ({url})";
        }
        return $"Urls, Otlp:HttpUrl, Otlp:GrpcUrl: one of {string.Join(", ", settings.Listeners.Select(l => l.Url))} {what}";
    }

    private static IEnumerable<Exception> Faults(Exception failure)
    {
        yield return failure;
        var inner = failure is AggregateException many ? many.InnerExceptions : failure.InnerException is { } one ? [one] : Enumerable.Empty<Exception>();
        foreach (var fault in inner.SelectMany(Faults)) yield return fault;
    }

    private static int Extra(PortalSettings settings, string url)
    {
        var port = Listener.Port(url);
        return settings.Urls.Any(u => Listener.Port(u) == port) ? 0 : port;
    }

    private static void AnswerOnly(this WebApplication app, int port, Func<PathString, bool> isOurs)
    {
        if (port == 0) return;
        app.Use((context, next) =>
        {
            if (context.Connection.LocalPort != port || isOurs(context.Request.Path)) return next();
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    private sealed class Opening
    {
        public volatile bool IsNow;
    }
}
