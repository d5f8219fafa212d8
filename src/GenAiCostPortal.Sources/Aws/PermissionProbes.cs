using System.Globalization;
using System.Text;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>One small read per IAM action that shows whether it is allowed. AWS looks at rights before it looks at the request.</summary>
internal static class PermissionProbes
{
    private const string Json10 = "application/x-amz-json-1.0", Json11 = "application/x-amz-json-1.1";
    private static readonly HashSet<string> OnePerPartition = new(StringComparer.Ordinal) { "ce", "organizations", "pricing", "athena" };

    /// <summary>Whether the action belongs to each region on its own.</summary>
    public static bool IsRegional(string action) => !OnePerPartition.Contains(action[..action.IndexOf(':', StringComparison.Ordinal)]);

    /// <summary>What a probe costs, nano-USD: Cost Explorer charges each answer, CloudWatch each metric.</summary>
    public static long CostNanoUsd(string action) => action switch
    {
        "ce:GetCostAndUsage" => AwsRequestTally.CostExplorerPageNanoUsd,
        "cloudwatch:GetMetricData" => AwsRequestTally.MetricNanoUsd,
        "s3:ListBucket" => S3Bucket.ListNanoUsd,
        "s3:GetObject" => S3Bucket.GetNanoUsd,
        _ => 0,
    };

    /// <summary>The read, or null where only a real run can tell.</summary>
    public static AwsCall? Of(string action, string region, AwsConnectionOptions connection, DateTimeOffset now, string feed = "")
    {
        var store = feed is "DataExports" or "Athena" ? connection.DataExports.Bucket : connection.InvocationLogs.Bucket;
        var (today, yesterday) = (Day(now), Day(now.AddDays(-1)));
        var (to, from) = (now.ToUnixTimeSeconds(), now.AddMinutes(-5).ToUnixTimeSeconds());
        return action switch
        {
            "ce:GetCostAndUsage" => Target("ce", region, "AWSInsightsIndexService.GetCostAndUsage", Json11,
                $$"""{"TimePeriod":{"Start":"{{yesterday}}","End":"{{today}}"},"Granularity":"DAILY","Metrics":["UnblendedCost"],"GroupBy":[{"Type":"DIMENSION","Key":"SERVICE"}]}"""),
            "ce:ListCostAllocationTags" => Target("ce", region, "AWSInsightsIndexService.ListCostAllocationTags", Json11, """{"MaxResults":1}"""),
            "cloudwatch:ListMetrics" => Target("monitoring", region, "GraniteServiceVersion20100801.ListMetrics", Json10, """{"Namespace":"AWS/Bedrock"}"""),
            "cloudwatch:GetMetricData" => Target("monitoring", region, "GraniteServiceVersion20100801.GetMetricData", Json10,
                $$$"""{"StartTime":{{{from}}},"EndTime":{{{to}}},"MetricDataQueries":[{"Id":"probe","MetricStat":{"Metric":{"Namespace":"AWS/Bedrock","MetricName":"Invocations"},"Period":300,"Stat":"Sum"}}]}"""),
            "organizations:ListAccounts" => Target("organizations", region, "AWSOrganizationsV20161128.ListAccounts", Json11, """{"MaxResults":1}"""),
            "pricing:GetProducts" => Target("pricing", region, "AWSPriceListService.GetProducts", Json11, """{"ServiceCode":"AmazonBedrock","MaxResults":1}"""),
            "athena:GetTableMetadata" when feed == "AthenaLogs" && connection.Athena is { Logs.Table.Length: > 0 } own => Target("athena", own.Region is { Length: > 0 } home ? home : region, "AmazonAthena.GetTableMetadata", Json11,
                System.Text.Json.JsonSerializer.Serialize(new { CatalogName = "AwsDataCatalog", DatabaseName = own.Logs.Database is { Length: > 0 } database ? database : own.Database, TableName = own.Logs.Table, own.WorkGroup })),
            "athena:GetTableMetadata" when connection.Athena is { Database.Length: > 0, Table.Length: > 0 } own => Target("athena", own.Region is { Length: > 0 } home ? home : region, "AmazonAthena.GetTableMetadata", Json11,
                System.Text.Json.JsonSerializer.Serialize(new { CatalogName = "AwsDataCatalog", DatabaseName = own.Database, TableName = own.Table, own.WorkGroup })),
            "tag:GetResources" => Target("tagging", region, "ResourceGroupsTaggingAPI_20170126.GetResources", Json11, """{"ResourcesPerPage":1}"""),
            "sagemaker:ListEndpoints" => Target("sagemaker", region, "SageMaker.ListEndpoints", Json11, """{"MaxResults":1}"""),
            "logs:FilterLogEvents" when LogGroup(connection) is { } group => Target("logs", region, "Logs_20140328.FilterLogEvents", Json11,
                $$"""{"logGroupName":{{System.Text.Json.JsonSerializer.Serialize(group)}},"startTime":{{from * 1000}},"endTime":{{to * 1000}},"limit":1}"""),
            "bedrock:GetModelInvocationLoggingConfiguration" => AwsCall.Rest("bedrock", region, "GET", "/logging/modelinvocations", action),
            // A profile and a key that are not there: found missing where the right is there, denied where it is not.
            "bedrock:GetInferenceProfile" => AwsCall.Rest("bedrock", region, "GET",
                "/inference-profiles/" + AwsCall.Segment($"arn:aws:bedrock:{region}:{connection.AccountId}:application-inference-profile/portalprobe0"), action),
            "s3:ListBucket" when store is { Length: > 0 } bucket => AwsCall.S3(region, bucket, "", action, ("list-type", "2"), ("max-keys", "1")),
            "s3:GetObject" when store is { Length: > 0 } bucket => AwsCall.S3(region, bucket, "AWSLogs/portal-probe", action),
            "bedrock:ListInferenceProfiles" => Page(region, "/inference-profiles", action),
            "bedrock:ListProvisionedModelThroughputs" => Page(region, "/provisioned-model-throughputs", action),
            "bedrock:ListCustomModels" => Page(region, "/custom-models", action),
            "bedrock:ListGuardrails" => Page(region, "/guardrails", action),
            "xray:GetTraceSummaries" => AwsCall.Rest("xray", region, "POST", "/TraceSummaries", action, Utf8($$"""{"EndTime":{{to}},"StartTime":{{from}} }""")),
            "xray:BatchGetTraces" => AwsCall.Rest("xray", region, "POST", "/Traces", action, Utf8("""{"TraceIds":["1-00000000-000000000000000000000000"]}""")),
            "xray:GetTraceSegmentDestination" => AwsCall.Rest("xray", region, "POST", "/GetTraceSegmentDestination", action, Utf8("{}")),
            _ => null,
        };
    }

    private static string? LogGroup(AwsConnectionOptions connection) =>
        connection.InvocationLogs is { Enabled: true, LogGroup.Length: > 0 } logs ? logs.LogGroup : connection.XRay.Enabled ? "aws/spans" : null;

    private static AwsCall Page(string region, string path, string action) => AwsCall.Rest("bedrock", region, "GET", path, action, null, ("maxResults", "1"));

    private static AwsCall Target(string service, string region, string target, string contentType, string body) => new(service, region, target, contentType, Utf8(body));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
