using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>A configured connection with its way to AWS.</summary>
public sealed record AwsConnection(AwsConnectionOptions Options, IAwsApi Api)
{
    public string Name => Options.Name;
    /// <summary>Region for calls that have one endpoint per partition.</summary>
    internal string HomeRegion => Options.Regions.Count > 0 ? Options.Regions[0] : "us-east-1";
}

/// <summary>The connections of the configuration, each with its way to AWS, made at first use.</summary>
public sealed class AwsConnections(AwsOptions options, TimeProvider time, ILoggerFactory logs) : IDisposable
{
    private readonly Lock _making = new();
    private readonly Dictionary<AwsConnectionOptions, SignedAwsApi> _signed = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromSeconds(100), MaxResponseContentBufferSize = 64 * 1024 * 1024,
    };

    /// <summary>Every connection, as configured.</summary>
    public IReadOnlyList<AwsConnection> All => [.. options.Connections.Select(Connect)];

    /// <summary>A connection by its name.</summary>
    /// <exception cref="KeyNotFoundException">No connection has that name.</exception>
    public AwsConnection Get(string name) =>
        Connect(options.Connections.FirstOrDefault(c => c.Name == name) ?? throw new KeyNotFoundException($"No AWS connection is named {name}."));

    public void Dispose() => _http.Dispose();

    private AwsConnection Connect(AwsConnectionOptions connection)
    {
        if (connection.MadeApi is { } made) return new AwsConnection(connection, made);
        lock (_making)
        {
            if (!_signed.TryGetValue(connection, out var api))
                _signed[connection] = api = new SignedAwsApi(connection, _http, time, logs.CreateLogger<SignedAwsApi>());
            return new AwsConnection(connection, api);
        }
    }
}
