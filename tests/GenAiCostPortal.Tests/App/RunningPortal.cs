using System.Net;
using System.Net.Sockets;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.App;

/// <summary>The portal started as Program starts it, on the listeners of its configuration.</summary>
internal sealed class RunningPortal : IAsyncDisposable
{
    private readonly StoreFolder _folder;
    private readonly WebApplication _app;

    private RunningPortal(StoreFolder folder, WebApplication app) => (_folder, _app) = (folder, app);

    public IServiceProvider Services => _app.Services;

    public static async Task<RunningPortal> StartAsync(Dictionary<string, string> keys)
    {
        var folder = new StoreFolder("portal-run-");
        var arguments = new Dictionary<string, string>(keys)
        {
            ["Store:ConnectionString"] = $"Data Source={folder.FileOf("portal.db")};Pooling=False",
            ["Access:BootstrapApiKey"] = PortalApp.AdminKey,
        };
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = "GenAiCostPortal", ContentRootPath = AppContext.BaseDirectory, EnvironmentName = "Production",
            Args = [.. arguments.Select(a => $"--{a.Key}={a.Value}")],
        });
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        var settings = SettingsReader.Read(builder.Configuration);
        builder.AddPortal(settings);
        var app = builder.Build();
        await app.OpenStoreAsync(settings);
        app.UsePortal(settings);
        await app.ListenAsync(settings);
        return new RunningPortal(folder, app);
    }

    /// <summary>A port that nobody has at this moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
