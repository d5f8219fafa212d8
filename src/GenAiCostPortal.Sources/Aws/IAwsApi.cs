namespace GenAiCostPortal.Sources.Aws;

/// <summary>One call of an AWS JSON API.</summary>
/// <param name="Service">Signing name: <c>ce</c>, <c>monitoring</c> …</param>
/// <param name="Target">X-Amz-Target: <c>AWSInsightsIndexService.GetCostAndUsage</c>.</param>
/// <param name="ContentType"><c>application/x-amz-json-1.1</c> or <c>-1.0</c>.</param>
/// <param name="Body">UTF-8 JSON.</param>
public sealed record AwsCall(string Service, string Region, string Target, string ContentType, ReadOnlyMemory<byte> Body);

/// <summary>AWS said no. <see cref="Code"/> is AWS's own; <see cref="MissingAction"/> the IAM action where access was denied.</summary>
public sealed class AwsRefusedException(string code, string message, int status, string? missingAction = null, Exception? inner = null)
    : Exception(message, inner)
{
    public string Code { get; } = code;
    public int Status { get; } = status;
    public string? MissingAction { get; } = missingAction;
    public bool IsAccessDenied => MissingAction is not null;
}

/// <summary>
/// The way to AWS for one connection: signed HTTP (AWSSDK.Core), or the sample organisation's made answers. The one seam where
/// AWSSDK.CostExplorer and friends could be swapped in.
/// </summary>
public interface IAwsApi
{
    /// <summary>Sends a call and gives the answer's JSON. Retries throttling and connection faults with backoff by itself.</summary>
    /// <exception cref="AwsRefusedException">AWS refused, or throttling went on for too long.</exception>
    Task<byte[]> CallAsync(AwsCall call, CancellationToken cancel = default);
}
