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

    private static string HomeOf(string region) => region switch
    {
        _ when region.StartsWith("cn-", StringComparison.Ordinal) => "cn-northwest-1",
        _ when region.StartsWith("us-gov-", StringComparison.Ordinal) => "us-gov-west-1",
        _ when region.StartsWith("eusc-", StringComparison.Ordinal) => "eusc-de-east-1",
        _ => "us-east-1",
    };
}
