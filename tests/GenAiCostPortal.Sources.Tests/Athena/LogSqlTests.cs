using System.Text.RegularExpressions;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.InvocationLogs;
using Xunit;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>The statement that makes the table of the logs, and the query that sums them.</summary>
public sealed class LogSqlTests
{
    [Fact]
    public void The_statement_names_what_is_known_of_the_connection()
    {
        var ddl = LogTable.Ddl(new AwsConnectionOptions
        {
            AccountId = MadeRecord.Account, Regions = ["us-east-1", "eu-west-1"], InvocationLogs = { Bucket = "acme-logs", Prefix = "bedrock/" }, Athena = { Database = "logs", Logs = { Table = "calls" } },
        });
        Assert.Contains("CREATE EXTERNAL TABLE `logs`.`calls` (record string)", ddl, StringComparison.Ordinal);
        Assert.Contains("'storage.location.template' = 's3://acme-logs/bedrock/AWSLogs/${account}/BedrockModelInvocationLogs/${region}/${hour}/'", ddl, StringComparison.Ordinal);
        Assert.Contains("'projection.region.values' = 'us-east-1,eu-west-1'", ddl, StringComparison.Ordinal);
        // The folder that the template makes is the one that Bedrock writes to.
        Assert.StartsWith("bedrock/AWSLogs/111122223333/BedrockModelInvocationLogs/us-east-1/2026/08/07/02/", MadeRecord.Key(new(2026, 8, 7, 2, 0, 0, DateTimeKind.Utc), "a", prefix: "bedrock/"), StringComparison.Ordinal);
        Assert.Equal("2026/08/07/02", LogTable.Folder(new(2026, 8, 7, 2, 0, 0, DateTimeKind.Utc)));
    }

    [Fact]
    public void The_query_scans_the_hours_asked_for_and_has_the_ledgers_grain()
    {
        var owners = new OwnerKeys();
        var sql = new LogSql(owners).Of("db", "t", new(2026, 11, 20, 22, 0, 0, DateTimeKind.Utc), new(2026, 11, 21, 2, 0, 0, DateTimeKind.Utc));
        Assert.Equal(("2026/11/20/22", "2026/11/21/04", 6d), MadeLogTable.Folders(sql));
        Assert.Equal((new DateTime(2026, 11, 20, 22, 0, 0), new DateTime(2026, 11, 21, 2, 0, 0)), MadeLogTable.Asked(sql));
        Assert.Contains("FROM \"db\".\"t\"", sql, StringComparison.Ordinal);
        Assert.Contains("GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12", sql, StringComparison.Ordinal);
        // The answer's columns are the reader's, in order, and as many keys as are grouped by come first.
        Assert.Equal(LogSql.Columns, Regex.Matches(sql[sql.LastIndexOf("SELECT substr(", StringComparison.Ordinal)..], "AS \"(\\w+)\"").Select(m => m.Groups[1].Value));
        Assert.Equal(MadeLogTable.Columns, LogSql.Columns);
        foreach (var key in (string[])["'genaifeature'", "'feature'", "'team'", "'app'", "'environment'", "'genaiworkload'"]) Assert.Contains(key, sql, StringComparison.Ordinal);
        Assert.DoesNotContain("'userid'", sql, StringComparison.Ordinal);
        Assert.Contains("'' AS \"principal\"", sql, StringComparison.Ordinal);
        Assert.Equal(Count(sql, '('), Count(sql, ')'));
        Assert.Equal(0, Count(sql, '\'') % 2);
        owners.TeamAttributes = ["aws.iam.principal", "cost'; DROP"];
        sql = new LogSql(owners).Of("db", "t", LogBench.Now.Date, LogBench.Now);
        Assert.Contains("caller AS \"principal\"", sql, StringComparison.Ordinal);
        Assert.Contains("'costdrop'", sql, StringComparison.Ordinal);
        static int Count(string text, char sign) => text.Count(c => c == sign);
    }
}
