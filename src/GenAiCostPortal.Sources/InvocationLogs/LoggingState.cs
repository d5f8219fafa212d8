using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>How invocation logging is set up in a region.</summary>
/// <param name="Refusal">Why it could not be asked; null when it was.</param>
internal sealed record LoggingSetup(LoggingConfig? Config, AwsRefusedException? Refusal)
{
    public bool IsOff => Refusal is null && Config?.S3Config is null && Config?.CloudWatchConfig is null;
    public S3Config? Bucket => Config?.S3Config;
    public string? LogGroup => Config?.CloudWatchConfig?.LogGroupName;
}

/// <summary>Asks Bedrock how logging is set up (GetModelInvocationLoggingConfiguration), once an hour per region.</summary>
internal sealed class LoggingState(TimeProvider time)
{
    public const string Action = "bedrock:GetModelInvocationLoggingConfiguration";
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<(string Connection, string Region), (LoggingSetup Setup, DateTime At)> _asked = new();

    /// <summary>The setup of a region. A refusal is an answer: reading goes on without it.</summary>
    public async Task<LoggingSetup> OfAsync(AwsConnection connection, string region, AwsRequestTally tally, CancellationToken cancel)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (_asked.TryGetValue((connection.Name, region), out var known) && now - known.At < Fresh) return known.Setup;
        LoggingSetup setup;
        try
        {
            var answer = await connection.Api.CallAsync(AwsCall.Rest("bedrock", region, "GET", "/logging/modelinvocations", Action), cancel);
            tally.Add(0);
            setup = new LoggingSetup(AwsJson.Read<GetModelInvocationLoggingConfigurationResponse>(answer).LoggingConfig, null);
        }
        catch (AwsRefusedException refusal)
        {
            return new LoggingSetup(null, refusal);
        }
        _asked[(connection.Name, region)] = (setup, now);
        return setup;
    }
}

// Named and shaped like the official SDK's types (API model bedrock 2023-04-20).

internal sealed record GetModelInvocationLoggingConfigurationResponse([property: JsonPropertyName("loggingConfig")] LoggingConfig? LoggingConfig);

internal sealed record LoggingConfig(
    [property: JsonPropertyName("s3Config")] S3Config? S3Config, [property: JsonPropertyName("cloudWatchConfig")] CloudWatchConfig? CloudWatchConfig);

internal sealed record S3Config([property: JsonPropertyName("bucketName")] string BucketName, [property: JsonPropertyName("keyPrefix")] string? KeyPrefix);

internal sealed record CloudWatchConfig([property: JsonPropertyName("logGroupName")] string LogGroupName);
