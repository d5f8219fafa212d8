namespace GenAiCostPortal.Sources.Aws;

/// <summary>Where a service answers and the region that its signature names (facts: endpoint rules of botocore).</summary>
internal static class AwsEndpoints
{
    /// <summary>Endpoint and signing region; Cost Explorer and other services have one per partition, whatever the region asked for.</summary>
    public static (Uri Url, string SigningRegion) Find(string service, string region, string? serviceUrl)
    {
        var signingRegion = service is "ce" or "organizations" or "pricing" ? HomeOf(region) : region;
        if (!string.IsNullOrEmpty(serviceUrl)) return (new Uri(serviceUrl), signingRegion);
        var suffix = region switch
        {
            _ when region.StartsWith("cn-", StringComparison.Ordinal) => "amazonaws.com.cn",
            _ when region.StartsWith("eusc-", StringComparison.Ordinal) => service == "ce" ? "api.amazonwebservices.eu" : "amazonaws.eu",
            _ => "amazonaws.com",
        };
        var host = service is "pricing" or "sagemaker" ? $"api.{service}" : service;
        return (new Uri($"https://{host}.{signingRegion}.{suffix}/"), signingRegion);
    }

    /// <summary>The same for a call: a bucket is part of the host, unless the host is given or the bucket's dots would break its certificate.</summary>
    public static (Uri Url, string SigningRegion) Find(AwsCall call, string? serviceUrl)
    {
        var (url, region) = Find(call.Service, call.Region, serviceUrl);
        return call.Bucket.Length > 0 && !IsInPath(call.Bucket, serviceUrl) ? (new Uri($"{url.Scheme}://{call.Bucket}.{url.Authority}/"), region) : (url, region);
    }

    /// <summary>Path of a call at its endpoint, percent-encoded once.</summary>
    public static string PathOf(AwsCall call, Uri url, string? serviceUrl)
    {
        var path = call.Bucket.Length > 0 && IsInPath(call.Bucket, serviceUrl) ? $"/{AwsCall.Segment(call.Bucket)}{call.Path}" : call.Path;
        return path == "/" ? url.AbsolutePath : url.AbsolutePath.TrimEnd('/') + path;
    }

    private static bool IsInPath(string bucket, string? serviceUrl) => !string.IsNullOrEmpty(serviceUrl) || bucket.Contains('.', StringComparison.Ordinal);

    private static string HomeOf(string region) => region switch
    {
        _ when region.StartsWith("cn-", StringComparison.Ordinal) => "cn-northwest-1",
        _ when region.StartsWith("us-gov-", StringComparison.Ordinal) => "us-gov-west-1",
        _ when region.StartsWith("eusc-", StringComparison.Ordinal) => "eusc-de-east-1",
        _ => "us-east-1",
    };
}
