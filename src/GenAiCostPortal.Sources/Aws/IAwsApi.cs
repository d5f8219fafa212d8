namespace GenAiCostPortal.Sources.Aws;

/// <summary>One call of an AWS API: JSON by <see cref="Target"/>, or REST by <see cref="Method"/> and <see cref="Path"/>.</summary>
/// <param name="Service">Signing name: <c>ce</c>, <c>monitoring</c>, <c>logs</c>, <c>bedrock</c>, <c>s3</c> …</param>
/// <param name="Target">X-Amz-Target: <c>AWSInsightsIndexService.GetCostAndUsage</c>; empty for REST.</param>
/// <param name="ContentType"><c>application/x-amz-json-1.1</c> or <c>-1.0</c>; empty without a body.</param>
/// <param name="Body">UTF-8 JSON; empty when there is none.</param>
public sealed record AwsCall(string Service, string Region, string Target, string ContentType, ReadOnlyMemory<byte> Body)
{
    public string Method { get; init; } = "POST";
    /// <summary>As it goes over the wire: percent-encoded once (<see cref="Segment"/>, <see cref="Key"/>).</summary>
    public string Path { get; init; } = "/";
    /// <summary>Not encoded, in any order.</summary>
    public IReadOnlyList<(string Name, string Value)> Query { get; init; } = [];
    /// <summary>Further headers, names in lower case; they are signed.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
    /// <summary>Bucket of S3, in the host or in the path as the endpoint wants it; else empty.</summary>
    public string Bucket { get; init; } = "";
    /// <summary>IAM action; empty: service and operation of the target.</summary>
    public string Action { get; init; } = "";

    /// <summary>A call of a REST API whose body, if any, is JSON (bedrock, xray).</summary>
    /// <param name="path">Percent-encoded once.</param>
    /// <param name="action">Exact IAM action: <c>xray:GetTraceSummaries</c>.</param>
    public static AwsCall Rest(
        string service, string region, string method, string path, string action, byte[]? body = null, params IReadOnlyList<(string Name, string Value)> query) =>
        new(service, region, "", body is null ? "" : "application/json", body ?? ReadOnlyMemory<byte>.Empty)
        {
            Method = method, Path = path, Action = action, Query = query,
        };

    /// <summary>A GET of S3: of an object, or of the bucket when <paramref name="key"/> is empty.</summary>
    /// <param name="key">As S3 knows it, not encoded.</param>
    public static AwsCall S3(string region, string bucket, string key, string action, params IReadOnlyList<(string Name, string Value)> query) =>
        new("s3", region, "", "", ReadOnlyMemory<byte>.Empty) { Method = "GET", Bucket = bucket, Path = "/" + Key(key), Action = action, Query = query };

    /// <summary>One segment of a path, encoded: an ARN becomes <c>arn%3Aaws%3A…%2Fid</c>.</summary>
    public static string Segment(string text) => Uri.EscapeDataString(text);

    /// <summary>An S3 key as path: its slashes stay.</summary>
    public static string Key(string key) => string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
}

/// <summary>AWS said no. <see cref="Code"/> is AWS's own; <see cref="MissingAction"/> the IAM action where access was denied.</summary>
public sealed class AwsRefusedException(string code, string message, int status, string? missingAction = null, Exception? inner = null)
    : Exception(message, inner)
{
    public string Code { get; } = code;
    public int Status { get; } = status;
    public string? MissingAction { get; } = missingAction;
    public bool IsAccessDenied => MissingAction is not null;
    /// <summary>Region in which S3 says the bucket is; null when it did not say.</summary>
    public string? BucketRegion { get; init; }
}

/// <summary>
/// The way to AWS for one connection: signed HTTP (AWSSDK.Core), or the sample organisation's made answers. The one seam where
/// AWSSDK.CostExplorer and friends could be swapped in.
/// </summary>
public interface IAwsApi
{
    /// <summary>Sends a call and gives the answer's bytes. Retries throttling and connection faults with backoff by itself.</summary>
    /// <exception cref="AwsRefusedException">AWS refused, or throttling went on for too long.</exception>
    Task<byte[]> CallAsync(AwsCall call, CancellationToken cancel = default);

    /// <summary>
    /// The same for answers too large to hold: retries until the answer begins. A connection cut later throws
    /// <see cref="AwsRefusedException"/> out of the stream; whoever reads begins anew.
    /// </summary>
    /// <exception cref="AwsRefusedException">AWS refused, or throttling went on for too long.</exception>
    async Task<Stream> OpenAsync(AwsCall call, CancellationToken cancel = default) => new MemoryStream(await CallAsync(call, cancel), writable: false);
}
