using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace GenAiCostPortal;

/// <summary>Says where the portal answers, on the console (contract, Commands).</summary>
internal static class ListeningLine
{
    public static void Print(WebApplication app)
    {
        var settings = app.Services.GetRequiredService<Settings.PortalSettings>();
        var otlpPort = Settings.Listener.Port(settings.Otlp.HttpUrl);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        foreach (var address in addresses)
        {
            if (Settings.Listener.Port(address) == otlpPort && !settings.Urls.Contains(address.TrimEnd('/'))) Console.WriteLine($"OTLP/HTTP on {address}/v1/traces");
            else Console.WriteLine($"GenAiCostPortal listening on {address}");
        }
    }
}
