using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.InvocationLogs;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>
/// The table over invocation logs where they lie. Each line is one text column, so that nothing of a record is lost or renamed on the
/// way; account, region and hour are folders, found by projection, so that a query scans the hours it asks for and no crawler is needed.
/// </summary>
internal static class LogTable
{
    public const string Record = "record", Hour = "hour";

    /// <summary>Name of an hour's folder, UTC.</summary>
    public static string Folder(DateTime hour) => BucketCursor.HourOf(hour);

    /// <summary>The statement that makes the table, with what is known of the connection; what is not stands in capitals.</summary>
    public static string Ddl(AwsConnectionOptions connection)
    {
        var (own, logs) = (connection.Athena, connection.InvocationLogs);
        var database = own.Logs.Database is { Length: > 0 } named ? named : own.Database is { Length: > 0 } shared ? shared : "DATABASE";
        var root = $"s3://{(logs.Bucket is { Length: > 0 } bucket ? bucket : "BUCKET")}/{(logs.Prefix?.Trim('/') is { Length: > 0 } prefix ? prefix + "/" : "")}AWSLogs/";
        return $$"""
            CREATE EXTERNAL TABLE `{{database}}`.`{{(own.Logs.Table is { Length: > 0 } table ? table : "bedrock_invocations")}}` ({{Record}} string)
            PARTITIONED BY (account string, region string, {{Hour}} string)
            ROW FORMAT DELIMITED FIELDS TERMINATED BY '\001' LINES TERMINATED BY '\n'
            STORED AS TEXTFILE
            LOCATION '{{root}}'
            TBLPROPERTIES (
              'projection.enabled' = 'true',
              'projection.account.type' = 'enum',
              'projection.account.values' = '{{(connection.AccountId.Length > 0 ? connection.AccountId : "ACCOUNT")}}',
              'projection.region.type' = 'enum',
              'projection.region.values' = '{{(connection.Regions.Count > 0 ? string.Join(',', connection.Regions) : "REGION")}}',
              'projection.{{Hour}}.type' = 'date',
              'projection.{{Hour}}.format' = 'yyyy/MM/dd/HH',
              'projection.{{Hour}}.range' = '2023/09/01/00,NOW',
              'projection.{{Hour}}.interval' = '1',
              'projection.{{Hour}}.interval.unit' = 'HOURS',
              'storage.location.template' = '{{root}}${account}/BedrockModelInvocationLogs/${region}/${{{Hour}}}/'
            )
            """;
    }
}
