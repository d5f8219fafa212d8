using System.Globalization;
using System.Text.RegularExpressions;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Settings;

/// <summary>Reads and checks one entry of <c>Aws:Connections</c>.</summary>
internal sealed partial class AwsConnectionReader(IConfigurationSection section, Action<string, string> mistake)
{
    private static readonly string[] Metrics =
        ["UnblendedCost", "NetUnblendedCost", "AmortizedCost", "NetAmortizedCost"];

    public AwsConnectionOptions Read()
    {
        var connection = new AwsConnectionOptions();
        // The binder throws at the first value of a wrong kind; here all are told.
        var wrong = Leaves(section).Where(l => !IsOfItsKind(l)).ToList();
        foreach (var leaf in wrong) mistake(leaf.Path, $"'{leaf.Value}' is {leaf.Key switch { "Enabled" => "neither true nor false", "MonthlyBudgetUsd" or "MaxScannedGb" => "not a number", _ => "not a whole number" }}");
        if (wrong.Count > 0) return connection;
        section.Bind(connection);
        if (string.IsNullOrWhiteSpace(connection.Name)) Mistake("Name", "is missing: give the connection a name people will recognise, such as Payer");
        if (connection.AccountId.Length > 0 && (connection.AccountId.Length != 12 || !connection.AccountId.All(char.IsAsciiDigit)))
            Mistake("AccountId", $"'{connection.AccountId}' is not a 12-digit account id");
        CheckCredentials(connection);
        if (connection.ServiceUrl is { Length: > 0 } url && !Uri.TryCreate(url, UriKind.Absolute, out _))
            Mistake("ServiceUrl", $"'{url}' is not an address such as http://localhost:4566");
        if (connection.CostExplorer.Granularity is not ("Daily" or "Hourly")) Mistake("CostExplorer:Granularity", $"'{connection.CostExplorer.Granularity}' is neither Daily nor Hourly");
        if (!Metrics.Contains(connection.CostExplorer.Metric, StringComparer.Ordinal))
            Mistake("CostExplorer:Metric", $"'{connection.CostExplorer.Metric}' is not one of {string.Join(", ", Metrics)}");
        if (connection.CostExplorer.LookbackDays is < 1 or > 400) Mistake("CostExplorer:LookbackDays", $"{connection.CostExplorer.LookbackDays.ToString(CultureInfo.InvariantCulture)} is not from 1 to 400");
        if (connection.CloudWatch.PeriodSeconds < 60 || connection.CloudWatch.PeriodSeconds % 60 != 0)
            Mistake("CloudWatch:PeriodSeconds", $"{connection.CloudWatch.PeriodSeconds.ToString(CultureInfo.InvariantCulture)} is not a multiple of 60");
        if (connection.CloudWatch.CustomNamespace is { } own && own.StartsWith("AWS/", StringComparison.OrdinalIgnoreCase))
            Mistake("CloudWatch:CustomNamespace", $"'{own}' is a namespace of AWS: name the one your own metrics are in");
        if (string.IsNullOrWhiteSpace(connection.CloudWatch.FeatureDimension)) Mistake("CloudWatch:FeatureDimension", "is empty: name the dimension that holds the feature");
        if (connection.CloudWatch.Enabled && connection.Regions.Count == 0) Mistake("Regions", "is empty: CloudWatch is regional, so name the regions to read, such as us-east-1");
        if (connection.CloudWatch.Enabled && connection.AccountId.Length == 0) Mistake("AccountId", "is missing: CloudWatch does not say whose metrics it returns");
        if (connection.Inventory.Enabled && !connection.CloudWatch.Enabled && connection.Regions.Count == 0) Mistake("Regions", "is empty: resources are regional, so name the regions to list, such as us-east-1");
        if (connection.Inventory.Enabled && !connection.CloudWatch.Enabled && connection.AccountId.Length == 0) Mistake("AccountId", "is missing: the inventory is kept by account");
        if (connection.XRay.Enabled && connection.Regions.Count == 0) Mistake("Regions", "is empty: X-Ray is regional, so name the regions to read, such as us-east-1");
        if (connection.InvocationLogs.Enabled) CheckInvocationLogs(connection);
        if (connection.DataExports.Enabled) CheckDataExports(connection);
        if (connection.Athena.Enabled) CheckAthenaTable(connection);
        if (connection.Athena.Logs.Enabled) CheckAthenaLogs(connection);
        if (connection.Athena.Enabled || connection.Athena.Logs.Enabled) CheckAthena(connection.Athena);
        return connection;
    }

    private void CheckInvocationLogs(AwsConnectionOptions connection)
    {
        var logs = connection.InvocationLogs;
        var isSaid = connection.CloudWatch.Enabled || connection.Inventory.Enabled;
        if (!isSaid && connection.Regions.Count == 0) Mistake("Regions", "is empty: invocation logs lie per region, so name the regions to read, such as us-east-1");
        if (!isSaid && connection.AccountId.Length == 0) Mistake("AccountId", "is missing: invocation logs lie in a folder of their account");
        if (logs is { Bucket.Length: > 0, LogGroup.Length: > 0 }) Mistake("InvocationLogs:LogGroup", "is given beside Bucket: a connection reads one of the two, or neither to follow Bedrock's own setting");
        if (logs is { Prefix.Length: > 0, Bucket: null or "" }) Mistake("InvocationLogs:Prefix", "is given without Bucket");
        if (logs.Bucket is { Length: > 0 } bucket && !BucketName().IsMatch(bucket)) Mistake("InvocationLogs:Bucket", $"'{bucket}' is not a bucket's name: give it without s3:// and without folders");
        if (logs.LogGroup is { Length: > 0 } group && !LogGroupName().IsMatch(group)) Mistake("InvocationLogs:LogGroup", $"'{group}' is not a log group such as /aws/bedrock/invocations");
    }

    private void CheckDataExports(AwsConnectionOptions connection)
    {
        var export = connection.DataExports;
        if (connection.AccountId.Length == 0 && !connection.CloudWatch.Enabled && !connection.Inventory.Enabled && !connection.InvocationLogs.Enabled)
            Mistake("AccountId", "is missing: give the account (or payer) whose bill the export is");
        if (export.Bucket is not { Length: > 0 } bucket) Mistake("DataExports:Bucket", "is missing: name the bucket that the export is delivered to");
        else if (!BucketName().IsMatch(bucket)) Mistake("DataExports:Bucket", $"'{bucket}' is not a bucket's name: give it without s3:// and without folders");
        if (export.Format is not ("Cur2" or "Focus")) Mistake("DataExports:Format", $"'{export.Format}' is neither Cur2 nor Focus");
    }

    private void CheckAthenaTable(AwsConnectionOptions connection)
    {
        var athena = connection.Athena;
        if (connection.AccountId.Length == 0 && !connection.DataExports.Enabled) Mistake("AccountId", "is missing: give the account (or payer) whose bill the export is");
        foreach (var (key, name) in new[] { ("Database", athena.Database), ("Table", athena.Table) })
            if (name is not { Length: > 0 }) Mistake($"Athena:{key}", "is missing: name where the export's table is in the Glue catalog");
            else if (!TableName().IsMatch(name)) Mistake($"Athena:{key}", $"'{name}' is not a name of letters, digits and underscores");
        if (!connection.DataExports.Enabled && connection.DataExports.Format is not ("Cur2" or "Focus")) Mistake("DataExports:Format", $"'{connection.DataExports.Format}' is neither Cur2 nor Focus");
    }

    private void CheckAthenaLogs(AwsConnectionOptions connection)
    {
        var logs = connection.Athena.Logs;
        if (logs.Table is not { Length: > 0 } table) Mistake("Athena:Logs:Table", "is missing: name the table over the invocation logs; the Sources page has the statement that makes it");
        else if (!TableName().IsMatch(table)) Mistake("Athena:Logs:Table", $"'{table}' is not a name of letters, digits and underscores");
        if (logs.Database is { Length: > 0 } database && !TableName().IsMatch(database)) Mistake("Athena:Logs:Database", $"'{database}' is not a name of letters, digits and underscores");
        if (logs.Database is null or "" && connection.Athena.Database is null or "") Mistake("Athena:Logs:Database", "is missing, and so is Athena:Database: name where the table is in the Glue catalog");
        if (connection.InvocationLogs.Enabled) Mistake("Athena:Logs:Enabled", "is true beside InvocationLogs:Enabled: both read the same records, so one costs for nothing; turn one of them off");
    }

    private void CheckAthena(AthenaOptions athena)
    {
        if (!WorkGroupName().IsMatch(athena.WorkGroup)) Mistake("Athena:WorkGroup", $"'{athena.WorkGroup}' is not a workgroup's name such as primary");
        if (athena.OutputLocation is { Length: > 0 } place && !place.StartsWith("s3://", StringComparison.Ordinal)) Mistake("Athena:OutputLocation", $"'{place}' is not a folder such as s3://bucket/athena/");
        if (athena.MonthlyBudgetUsd <= 0) Mistake("Athena:MonthlyBudgetUsd", "is not above 0: give what the queries of a month may cost in USD, such as 5");
        if (athena.MaxScannedGb <= 0 || athena.MaxScannedGb > 100_000) Mistake("Athena:MaxScannedGb", "is not from above 0 to 100000: give what one query may scan in GB, such as 100");
    }

    private static IEnumerable<IConfigurationSection> Leaves(IConfigurationSection of) => of.GetChildren().SelectMany(c => c.Value is null ? Leaves(c) : [c]);

    private static bool IsOfItsKind(IConfigurationSection leaf) => leaf.Key switch
    {
        "Enabled" => bool.TryParse(leaf.Value, out _),
        "MonthlyBudgetUsd" or "MaxScannedGb" => decimal.TryParse(leaf.Value, NumberStyles.Number, CultureInfo.InvariantCulture, out _),
        "LookbackDays" or "PeriodSeconds" => int.TryParse(leaf.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        _ => true,
    };

    private void CheckCredentials(AwsConnectionOptions connection)
    {
        if (string.IsNullOrEmpty(connection.AccessKeyId) != string.IsNullOrEmpty(connection.SecretAccessKey))
            Mistake(string.IsNullOrEmpty(connection.AccessKeyId) ? "AccessKeyId" : "SecretAccessKey", "is missing: a key pair needs both halves");
        if (!string.IsNullOrEmpty(connection.ExternalId) && string.IsNullOrEmpty(connection.RoleArn)) Mistake("ExternalId", "is given without RoleArn");
        if (connection.RoleArn is { Length: > 0 } arn && !arn.StartsWith("arn:", StringComparison.Ordinal))
            Mistake("RoleArn", $"'{arn}' is not an ARN such as arn:aws:iam::123456789012:role/GenAiCostPortal");
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    private static partial Regex BucketName();

    [GeneratedRegex("^[A-Za-z0-9_]{1,128}$")]
    private static partial Regex TableName();

    [GeneratedRegex("^[a-zA-Z0-9._-]{1,128}$")]
    private static partial Regex WorkGroupName();

    [GeneratedRegex(@"^([.\-_/#A-Za-z0-9]{1,512}|arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:log-group:[.\-_/#A-Za-z0-9]{1,512})$")]
    private static partial Regex LogGroupName();

    private void Mistake(string key, string what) => mistake($"{section.Path}:{key}", what);
}
