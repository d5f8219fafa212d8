using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Otlp;

namespace GenAiCostPortal;

/// <summary>Everything that can be configured (contract), read and checked once at start.</summary>
public sealed class PortalSettings
{
    public StoreOptions Store { get; } = new();
    public OwnerKeys Owners { get; } = new();
    public AwsOptions Aws { get; } = new();
    public OtlpOptions Otlp { get; } = new();
    public bool SampleEnabled { get; private set; }

    public static PortalSettings Read(IConfiguration configuration)
    {
        var settings = new PortalSettings { SampleEnabled = configuration.GetValue("Sample:Enabled", false) };
        configuration.GetSection("Store").Bind(settings.Store);
        if (settings.SampleEnabled && configuration["Store:ConnectionString"] is null) settings.Store.ConnectionString = "Data Source=data/sample.db";
        configuration.GetSection("Aws").Bind(settings.Aws);
        configuration.GetSection("Otlp").Bind(settings.Otlp);
        return settings;
    }
}
