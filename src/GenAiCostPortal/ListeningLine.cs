using GenAiCostPortal.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace GenAiCostPortal;

/// <summary>Says where the portal answers, on the console (contract, Commands).</summary>
internal static class ListeningLine
{
    public static void Print(WebApplication app)
    {
        var settings = app.Services.GetRequiredService<PortalSettings>();
        var (httpPort, grpcPort) = (Listener.Port(settings.Otlp.HttpUrl), Listener.Port(settings.Otlp.GrpcUrl));
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        foreach (var address in addresses)
        {
            var port = Listener.Port(address);
            if (settings.Urls.Contains(address.TrimEnd('/'))) Console.WriteLine($"GenAiCostPortal listening on {address}");
            else if (port == httpPort) Console.WriteLine($"OTLP/HTTP on {address}/v1/traces");
            else if (port == grpcPort) Console.WriteLine($"OTLP/gRPC on {address}");
            else Console.WriteLine($"GenAiCostPortal listening on {address}");
        }
    }
}
