using System.Net.Http.Headers;
using GenAiCostPortal.Ledger.Store;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.App;

/// <summary>The real portal over a SQLite file of its own, in a folder that goes when it does.</summary>
public sealed class PortalApp : WebApplicationFactory<Program>
{
    public const string AdminKey = "an-admin-key-for-tests-only";
    private readonly StoreFolder _folder = new("portal-test-");
    private readonly Dictionary<string, string?> _settings;
    private readonly Action<IServiceCollection>? _services;

    public PortalApp(Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    {
        _services = services;
        _settings = new()
        {
            ["Store:ConnectionString"] = $"Data Source={_folder.Migrate("portal.db")}",
            ["Access:BootstrapApiKey"] = AdminKey,
            ["Otlp:HttpUrl"] = "",
            ["Otlp:GrpcUrl"] = "",
            ["Schedule:CostExplorer"] = "Off",
            ["Schedule:CloudWatch"] = "Off",
            ["Schedule:Retention"] = "Off",
        };
        foreach (var (key, value) in settings ?? []) _settings[key] = value;
    }

    public string Folder => _folder.Path;

    /// <summary>A client that speaks as the administrator's key.</summary>
    public HttpClient Admin() => As(AdminKey);

    public HttpClient As(string key)
    {
        var client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>A client with no key and its own cookies; redirects are seen, not followed.</summary>
    public HttpClient Anonymous() => CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, BaseAddress = ClientOptions.BaseAddress });

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        foreach (var (key, value) in _settings) builder.UseSetting(key, value);
        builder.ConfigureLogging(l => l.SetMinimumLevel(LogLevel.Warning));
        if (_services is not null) builder.ConfigureTestServices(_services);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) _folder.Dispose();
    }
}
