using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Notifications;
using GenAiCostPortal.Sources.Otlp;
using GenAiCostPortal.Sources.Sample;

namespace GenAiCostPortal.Settings;

/// <summary>Everything that can be configured (contract), read and checked once at start.</summary>
public sealed class PortalSettings
{
    public const string DefaultUrl = "http://localhost:5080";

    public IReadOnlyList<string> Urls { get; internal set; } = [DefaultUrl];
    public StoreOptions Store { get; } = new();
    public OwnerKeys Owners { get; } = new();
    public AwsOptions Aws { get; } = new();
    public OtlpOptions Otlp { get; } = new();
    public AccessOptions Access { get; } = new();
    public RetentionDays Retention { get; } = new();
    public SampleOptions Sample { get; } = new();
    public AlertOptions Alerts { get; } = new();
    public LedgerOptions Ledger { get; internal set; } = new();
    /// <summary>Cron in UTC or <c>Off</c> per job name; jobs not named keep their default.</summary>
    public Dictionary<string, string> Schedule { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every address to listen on, with the key that names it.</summary>
    internal IEnumerable<(string Key, string Url)> Listeners =>
        Urls.Select(u => ("Urls", u)).Append(("Otlp:HttpUrl", Otlp.HttpUrl)).Append(("Otlp:GrpcUrl", Otlp.GrpcUrl)).Where(l => l.Item2.Length > 0);

    /// <summary>All listeners, the extra OTLP ones included, are reachable from this machine only.</summary>
    public bool IsLoopbackOnly => Listeners.All(l => Listener.IsLoopback(l.Url));
}

/// <summary>How people sign in (contract: <c>Access:Mode</c>).</summary>
public enum AccessMode { Local, Open }

/// <summary>Contract: <c>Access:*</c>.</summary>
public sealed class AccessOptions
{
    public AccessMode Mode { get; set; } = AccessMode.Local;
    public string? BootstrapApiKey { get; set; }
}

/// <summary>Contract: <c>Retention:*</c>, in days.</summary>
public sealed class RetentionDays
{
    public int SpanDays { get; set; } = 30;
    public int CallDays { get; set; } = 90;
    public int HourDays { get; set; } = 400;
}
